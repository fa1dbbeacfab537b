"""Events are hints: with none, with some lost, with those of another library, the same is told."""

import json
import logging
import os
import shutil
import sys
import time

import pytest

from muniment.files import disk, events, hints
from muniment.files.observed import Observed
from muniment.watch import agenda, due, sweep, trust

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the queue is Linux's")


@pytest.fixture
def no_events(monkeypatch):
    """A system that tells nothing."""

    def refuse(_):
        raise OSError(24, "no more queues on this machine")

    monkeypatch.setattr(events, "_of_the_system", refuse)


def all_sorts(watch, told, words, save, root, store, **options):
    """Do all sorts of things and check what is told."""
    changes = watch(poll_s=0.05, **options)
    assert told(changes) == []
    save("new", {"a": 1})
    (root / "services" / "web.json").write_text('{"port": 2}')
    assert sorted(words(told(changes, 2))) == ["changed services/web", "created new"]
    (root / "services" / "web.json").write_text('{"port": 3}')
    os.rename(root / "services", root / "programs")
    assert sorted(words(told(changes, 2))) == ["created programs/web", "removed services/web"]
    shutil.rmtree(root / "programs")
    (root / "programs" / "deep").mkdir(parents=True)
    (root / "programs" / "deep" / "web.json").write_text("{}")
    assert sorted(words(told(changes, 2))) == ["created programs/deep/web", "removed programs/web"]
    with store.transaction("step") as step:
        step.write("top", {"x": 2})
    assert words(told(changes, 1)) == ["moved main: top"]


def test_a_system_that_tells_nothing_is_polled(no_events, watch, told, words, save, root, store, caplog):
    """And the reason is logged."""
    with caplog.at_level(logging.WARNING, logger="muniment"):
        all_sorts(watch, told, words, save, root, store)
    assert "no more queues" in caplog.text
    assert "polled" in caplog.text


def test_a_wait_without_events_can_be_ended(no_events, watch):
    """`stop` from another thread, or a wake-up."""
    waiting = hints.NoEvents()
    waiting.wake()
    began = time.monotonic()
    assert not waiting.wait(60.0)
    assert time.monotonic() - began < 30.0
    waiting.forget("folder")
    waiting.close()


@LINUX
def test_a_limit_that_is_reached(watch, told, words, save, root, store, monkeypatch, caplog):
    """Some folders cannot be watched any more: all is polled, and the reason is logged, once."""
    from muniment.files.inotify import Inotify

    def watch_few(self, folder):
        return False if "services" in folder or "programs" in folder else self_watch(self, folder)

    self_watch = Inotify.watch
    monkeypatch.setattr(Inotify, "watch", watch_few)
    with caplog.at_level(logging.WARNING, logger="muniment"):
        all_sorts(watch, told, words, save, root, store)
    assert caplog.text.count("limit is reached") == 1


@pytest.mark.filterwarnings("ignore:Callback with id")  # its own
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it is polled then
def test_the_events_of_watchdog(watch, told, words, save, root, store, monkeypatch):
    """As on systems other than Linux."""
    monkeypatch.setattr(events, "_of_the_system", Observed)
    all_sorts(watch, told, words, save, root, store)


def test_watchdog_tells_at_once(watch, told, save, monkeypatch):
    """Long before anything is looked at by itself; and a root that is told of by another path."""
    monkeypatch.setattr(events, "_of_the_system", Observed)
    changes = watch(poll_s=60.0)
    assert told(changes) == []
    save("services/web", {"port": 2})
    began = time.monotonic()
    assert next(changes).name == "services/web"
    assert time.monotonic() - began < 30.0


@LINUX
def test_what_the_queue_lost_is_found(watch, told, words, root, monkeypatch):
    """The kernel says that something was lost: all is looked at, folders that came meanwhile are watched."""
    from muniment.files.inotify import Inotify

    changes = watch(poll_s=60.0)
    assert told(changes) == []
    (root / "lost").mkdir()
    (root / "lost" / "one.json").write_text("{}")
    (root / "services" / "web.json").write_text('{"port": 2}')
    real, is_lost = Inotify.wait, [True]

    def overflowing(self, timeout_s):
        found = real(self, timeout_s)
        return hints.Hints(set(), set(), is_lost=True) if is_lost and is_lost.pop() else found

    monkeypatch.setattr(Inotify, "wait", overflowing)
    assert words([next(changes), next(changes)]) == ["created lost/one", "changed services/web"]
    (root / "lost" / "one.json").write_text('{"x": 1}')
    assert words(told(changes))[-1] == "changed lost/one"


@LINUX
def test_what_is_not_told_makes_it_poll(watch, told, words, root, monkeypatch, caplog):
    """As on a network mount, where others change files in place: found by looking, and from then on often."""
    from muniment.files.inotify import Inotify

    monkeypatch.setattr(trust, "TOLD_BY_S", 0.1)
    changes = watch(poll_s=0.05, timeout_s=1.0)
    assert told(changes) == []
    monkeypatch.setattr(Inotify, "wait", silent)
    monkeypatch.setattr(changes, "_timeout_s", 60.0)
    (root / "services" / "web.json").write_text('{"port": 2}')
    assert words([next(changes)]) == ["changed services/web"]
    monkeypatch.setattr(changes, "_timeout_s", 0.5)
    with caplog.at_level(logging.WARNING, logger="muniment"):
        assert list(changes) == []  # looking again, after so long that it would have been told by then
    assert caplog.text.count("was not told") == 1
    monkeypatch.setattr(changes, "_timeout_s", 60.0)
    monkeypatch.setattr(agenda, "WALK_SHARE", 1e9)  # found by nothing but rounds through all files
    (root / "services" / "web.json").write_text('{"port": 3}')
    assert words([next(changes)]) == ["changed services/web"]


@LINUX
def test_a_reader_that_is_slow_doubts_nothing(watch, told, words, save, monkeypatch, caplog):
    """What it finds before it has read the event that waits for it was told all the same."""
    monkeypatch.setattr(trust, "TOLD_BY_S", 0.05)
    changes = watch(poll_s=0.05)
    assert told(changes) == []
    with caplog.at_level(logging.WARNING, logger="muniment"):
        for count in range(2, 5):
            save("top", {"x": count})
            time.sleep(0.15)
            assert words([next(changes)]) == ["changed top"]
    assert caplog.text == ""


def test_a_watchdog_that_died_is_replaced_by_looking(watch, told, words, save, monkeypatch, caplog):
    """However it came: nobody tells anything any more, and the reason is logged, once."""
    monkeypatch.setattr(events, "_of_the_system", Observed)
    changes = watch(poll_s=0.05)
    assert told(changes) == []
    changes._events._observer.stop()
    changes._events._observer.join()
    with caplog.at_level(logging.WARNING, logger="muniment"):
        for count in range(2, 4):
            save("services/web", {"port": count})
            assert words([next(changes)]) == ["changed services/web"]
    assert caplog.text.count("what watched it has ended") == 1


def silent(_, timeout_s):
    """Stand in for a system that tells nothing, though it said that it would."""
    time.sleep(min(timeout_s, 0.05))
    return hints.Hints(set(), set())


def test_a_folder_that_may_not_be_read(watch, told, words, root, monkeypatch):
    """Nothing can be said of its documents, and the others are told of all the same."""
    changes = watch()
    assert told(changes) == []
    real = disk.scandir

    def refused(path):
        if str(path).endswith("services"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(disk, "scandir", refused)
    (root / "services" / "web.json").rename(root / "services" / "mail.json")
    (root / "top.json").write_text(json.dumps({"x": 9}))
    found = words(told(changes))
    assert "changed top" in found
    monkeypatch.undo()
    assert {"created services/mail", "removed services/web"} <= {*found, *words(told(changes))}


def test_many_files_are_looked_at_a_few_at_a_time(watch, told, words, root, monkeypatch):
    """What is told meanwhile comes first, and at last all is found."""
    monkeypatch.setattr(sweep, "SLICE_S", 0.0)
    monkeypatch.setattr(due, "AT_ONCE", 7)
    changes = watch()
    for count in range(300):
        (root / f"many-{count % 3}").mkdir(exist_ok=True)
        (root / f"many-{count % 3}" / f"d{count:03}.json").write_text("{}")
    found = words(told(changes))
    rest = [] if len(found) == 300 else words(next(changes) for _ in range(300 - len(found)))
    assert sorted({*found, *rest}) == sorted(f"created many-{count % 3}/d{count:03}" for count in range(300))
