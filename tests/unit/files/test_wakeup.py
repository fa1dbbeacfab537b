"""Being woken by what changes in a folder, without a word to anybody who did not ask."""

import errno
import logging
import subprocess
import sys
import time

import pytest

from muniment.files import events, inotify
from muniment.files.hints import Hints, NoEvents
from muniment.files.inotify import Inotify
from muniment.files.wakeup import Wakeup


def test_a_change_wakes_and_a_wake_up_does(tmp_path):
    """Long before the time is over; what came between two waits counts."""
    with Wakeup(str(tmp_path / "folder")) as wakeup:
        (tmp_path / "folder" / "file").write_text("x")
        began = time.monotonic()
        wakeup.wait(60.0)
        wakeup.wake()
        wakeup.wait(60.0)
        assert time.monotonic() - began < 60.0


@pytest.mark.skipif(sys.platform != "linux", reason="the queue is Linux's")
def test_a_limit_that_is_reached_makes_it_poll(tmp_path, monkeypatch, caplog):
    """The reason is logged, and a wait returns soon."""
    monkeypatch.setattr(Inotify, "watch", lambda *_: False)
    with Wakeup(str(tmp_path / "folder")) as wakeup:
        began = time.monotonic()
        wakeup.wait(60.0)
        assert time.monotonic() - began < 60.0
    assert "limit" in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="the queue is Linux's")
def test_the_queue_tells_folders_from_files(tmp_path):
    """What came, what went, and what is watched no more because it has another name."""
    queue = Inotify()
    assert queue.watch(str(tmp_path))
    assert queue.watch(str(tmp_path / "not there"))
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    assert queue.wait(60.0) == Hints({f"{tmp_path}/file"}, {f"{tmp_path}/folder"})
    assert queue.watch(f"{tmp_path}/folder")
    (tmp_path / "folder").rename(tmp_path / "other")
    assert queue.wait(60.0).folders == {f"{tmp_path}/folder", f"{tmp_path}/other"}
    (tmp_path / "other" / "file").write_text("x")
    assert not queue.wait(0.0)
    queue.close()
    queue.close()
    queue.wake()


@pytest.mark.skipif(sys.platform != "linux", reason="the queue is Linux's")
def test_no_queue_is_to_be_had(monkeypatch, tmp_path, caplog):
    """The limit of queues is reached: it is polled, and the reason is logged."""

    def refuse():
        raise OSError(errno.EMFILE, "Too many open files", "inotify")

    monkeypatch.setattr(inotify, "Inotify", refuse)
    assert isinstance(events.open_events(str(tmp_path)), NoEvents)
    assert "Too many open files" in caplog.text


def test_what_watchdog_logs_while_it_ends_is_no_word_to_the_user(tmp_path):
    """A program that has set up no logging hears nothing of it; one that has, does."""
    code = (
        "import logging, sys; from muniment.files.observed import Observed\n"
        "Observed(sys.argv[1]); logging.getLogger('watchdog.observers.inotify').error('inactive')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert logging.getLogger("watchdog").propagate
