"""Ctrl-C at any moment: what a program held then, others can have."""

import gc
import os
import random
import signal
import time

from children import Child
from promises import AUTHOR, opened

from muniment import LockTimeoutError, Store
from muniment.files.layout import Layout
from muniment.files.lock import LockFile

STORM_S = 2.0
LONGEST_S = 0.003
MOST_LEFT_OPEN = 40


def use(store, turn):
    """Use each kind of block that holds locks."""
    with store.edit("edited") as value:
        value["turn"] = turn
    with store.snapshot() as snapshot:
        assert snapshot["read"] == snapshot.read("read")
    with store.transaction("turn") as change:
        change.write("changed", change.read("changed") + 1)


def storm(root):
    """Interrupt such uses at random moments; count the interrupts, and how often something stayed locked.

    That may happen where a block was about to end; it is over when the store is let go.
    """
    armed = False

    def interrupt(*_):
        if armed:
            raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, interrupt)
    store = opened(root, lock_timeout_s=1.0)
    end = time.monotonic() + STORM_S
    turn = interrupts = refused = 0
    while time.monotonic() < end:
        turn += 1
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
            refused += 1
            store.close()
            del store
            gc.collect()
            store = opened(root, lock_timeout_s=1.0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    store.close()
    return interrupts, refused


def test_after_a_storm_of_interrupts_everything_is_free(place):
    """The locks can be had at once by another, and hardly a file was left open."""
    root = place / "store"
    with Store.init(root, author=AUTHOR) as store:
        for name, value in (("edited", {}), ("read", 1), ("changed", 0)):
            store.write(name, value)
        store.commit("first")

    def work(tell):
        before = len(os.listdir("/dev/fd"))
        tell(storm(root))
        gc.collect()
        tell(len(os.listdir("/dev/fd")) - before)
        for entry in os.scandir(Layout(root).locks):
            if not entry.name.endswith(".queue"):
                with LockFile(entry.path, entry.name).exclusive(0.0):
                    pass
        tell("all free")

    (interrupts, refused), left_open, end = Child(work).told()
    assert interrupts > 0
    assert refused * 10 <= interrupts
    assert left_open < MOST_LEFT_OPEN
    assert end == "all free"
