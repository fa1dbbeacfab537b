"""Ctrl-C at any moment: what a program held then, others can have."""

import gc
import os
import random
import signal
import time
from contextlib import suppress

from children import Child
from promises import AUTHOR, opened

from muniment import LockTimeoutError, Store
from muniment.files.layout import Layout
from muniment.files.lock import LockFile

STORM_S = 2.0
LONGEST_S = 0.003
MOST_LEFT_OPEN = 20


def use(store, turn):
    """Use each kind of block that holds locks."""
    with store.edit("edited") as value:
        value["turn"] = turn
    with store.snapshot() as snapshot:
        assert snapshot["read"] == snapshot.read("read")
    with store.transaction("turn") as change:
        change.write("changed", change.read("changed") + 1)


def is_swallowed(frame):
    """Tell whether Python would swallow an interrupt, and cut a destructor short: no program can heed that."""
    while frame is not None:
        if frame.f_code.co_name in {"__del__", "let_go"}:
            return True
        frame = frame.f_back
    return False


def storm(root):
    """Interrupt such uses at random moments; count the interrupts, and how often something stayed locked.

    That may happen where a block was about to end; it is over when the store is let go: not within the `except`, whose
    traceback keeps the store alive until the next storm, and an interrupt of its end would be swallowed.
    """
    armed = False

    def interrupt(_, frame):
        if armed and not is_swallowed(frame):
            raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, interrupt)
    store = opened(root, lock_timeout_s=1.0)
    end = time.monotonic() + STORM_S
    turn = interrupts = refused = 0
    while time.monotonic() < end:
        turn += 1
        is_stuck = False
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, LONGEST_S))
        try:
            armed = True
            use(store, turn)
            armed = False
        except KeyboardInterrupt:
            armed = False
            interrupts += 1
        except LockTimeoutError:
            armed = False
            is_stuck = True
        if is_stuck:
            refused += 1
            store.close()
            del store
            gc.collect()
            store = opened(root, lock_timeout_s=1.0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    store.close()
    return interrupts, refused


def count_open(folder):
    """Count this process's descriptors of files in a folder."""
    inodes = {entry.inode() for entry in os.scandir(folder)}
    count = 0
    for fd in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # the listing's own
            count += os.fstat(fd).st_ino in inodes
    return count


def test_after_a_storm_of_interrupts_everything_is_free(place):
    """The locks can be had at once by another, and hardly a lock file was left open."""
    root = place / "store"
    with Store.init(root, author=AUTHOR) as store:
        for name, value in (("edited", {}), ("read", 1), ("changed", 0)):
            store.write(name, value)
        store.commit("first")

    def work(tell):
        tell(storm(root))
        gc.collect()
        tell(count_open(Layout(root).locks))
        for entry in os.scandir(Layout(root).locks):
            if not entry.name.endswith(".queue"):
                with LockFile(entry.path, entry.name).exclusive(0.0):
                    pass
        tell("all free")

    (interrupts, refused), left_open, end = Child(work).told()
    assert interrupts > 0
    assert refused * 4 <= interrupts
    assert left_open < MOST_LEFT_OPEN
    assert end == "all free"
