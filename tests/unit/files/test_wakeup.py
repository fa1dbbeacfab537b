"""Being woken by what changes in a folder, without a word to anybody who did not ask."""

import logging
import subprocess
import sys
import time

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


def test_what_watchdog_logs_while_it_ends_is_no_word_to_the_user(tmp_path):
    """A program that has set up no logging hears nothing of it; one that has, does."""
    code = (
        "import logging, sys; from muniment.files.wakeup import Wakeup\n"
        "with Wakeup(sys.argv[1]): logging.getLogger('watchdog.observers.inotify').error('inactive')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert logging.getLogger("watchdog").propagate
