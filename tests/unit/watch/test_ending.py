"""How a watch ends, goes on after a fault, and calls what was registered."""

import errno
import logging
import os
import shutil
import signal
import threading
import time
from contextlib import suppress

import pytest

from muniment import (
    DocumentChanged,
    HeadMoved,
    InvalidNameError,
    InvalidValueError,
    LedgerGrown,
    NotAStoreError,
    StorageError,
    Store,
    StoreClosedError,
)
from muniment.watch import looker


def test_stop_ends_it_from_any_thread(watch, save):
    """At once, while it waits; what was not given yet stays for the cursor."""
    changes = watch(poll_s=60.0)
    threading.Timer(0.2, changes.stop).start()
    began = time.monotonic()
    assert list(changes) == []
    assert time.monotonic() - began < 30.0
    assert list(changes) == []
    save("top", {"x": 2})
    assert next(watch(since=changes.cursor)).name == "top"


def test_stop_between_two_changes(watch, save):
    """The one that follows is not given, but by whoever resumes."""
    with watch() as changes:
        save("a", {})
        save("b", {})
        assert next(changes).name == "a"
        changes.stop()
        assert list(changes) == []
        assert next(watch(since=changes.cursor)).name == "b"


def test_it_ends_when_nothing_came_for_so_long(watch, save):
    """And may be asked again."""
    changes = watch(timeout_s=0.1)
    assert list(changes) == []
    save("top", {"x": 2})
    assert [change.name for change in changes] == ["top"]
    assert list(watch(timeout_s=0)) == []


def test_it_ends_with_its_block(store, save):
    """No file stays open."""
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with store.watch(debounce_s=0, timeout_s=30.0) as changes:
        save("top", {"x": 2})
        assert next(changes).name == "top"
    assert list(changes) == []
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_store_that_is_closed_says_so(watch, store):
    """At once, though the watch waits in another thread."""
    changes = watch(poll_s=60.0)
    timer = threading.Timer(0.2, store.close)
    timer.start()
    began = time.monotonic()
    with pytest.raises(StoreClosedError):
        next(changes)
    assert time.monotonic() - began < 30.0
    timer.join()
    with pytest.raises(StoreClosedError):
        store.watch()


def deleted(root):
    """Delete all of the store."""
    shutil.rmtree(root)


def moved(root):
    """Give it another name."""
    root.rename(root.with_name("elsewhere"))


def without_its_folder(root):
    """Leave only the documents."""
    (root / ".muniment").rename(root.with_name("control"))


@pytest.mark.parametrize("go", [deleted, moved, without_its_folder])
def test_a_store_that_is_deleted_ends_the_watch(go, watch, root):
    """With a typed error, after what could be told of it."""
    changes = watch(poll_s=60.0)
    timer = threading.Timer(0.3, go, (root,))
    timer.start()
    began = time.monotonic()
    with pytest.raises(NotAStoreError):
        list(changes)
    assert time.monotonic() - began < 30.0
    timer.join()


def test_what_a_fault_interrupted_is_found_again(watch, told, words, store, save, monkeypatch):
    """Whatever it was that failed in the middle of a look, and where."""
    for verb in ("_changed", "_new_tags", "_grown"):
        changes = watch()
        with store.transaction(verb) as step:
            step.write("top", {"verb": verb})
        save("services/web", {"verb": verb})
        monkeypatch.setattr(looker.Looker, verb, broken)
        with pytest.raises(StorageError):
            next(changes)
        monkeypatch.undo()
        assert words(told(changes)) == ["moved main: top", "changed services/web"]


def broken(*_):
    """Stand in for a disk that fails."""
    raise OSError(errno.ENOSPC, "No space left on device", "somewhere")


def test_an_interrupt_loses_nothing(watch, told, words, store, save):
    """Ctrl-C, wherever it comes: whoever resumes behind the last change that it has gets the next one."""
    changes = watch(poll_s=60.0)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            next(changes)
        cursor = changes.cursor
        for delay_us in range(100, 4000, 150):
            save("top", {"delay": delay_us})
            try:
                signal.setitimer(signal.ITIMER_REAL, delay_us / 1e6)
                change = next(changes)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                changes = watch(poll_s=60.0, since=cursor)
                change = next(changes)
            assert change.new == {"delay": delay_us}
            cursor = change.cursor
        save("top", {"delay": 0})
        signal.setitimer(signal.ITIMER_REAL, 0.0001)
        with suppress(KeyboardInterrupt):
            time.sleep(1.0)
        assert next(changes).new == {"delay": 0}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert told(changes) == []


def interrupt(*_):
    """Stand in for Ctrl-C."""
    raise KeyboardInterrupt


def test_callbacks_are_called_in_the_thread_that_runs(store, watch, save, caplog):
    """Each with the changes that concern its documents; one that raises is logged, and keeps no other from it."""
    seen = []

    @store.on_change("services/*")
    def services(change):
        seen.append(("services", change, threading.get_ident()))

    @store.on_change(["top", "zz/*"])
    def broken_one(change):
        raise ValueError("not today")

    @store.on_change()
    def all_of_them(change):
        seen.append(("all", change, threading.get_ident()))
        if isinstance(change, DocumentChanged) and change.name == "zz":
            changes.stop()

    changes = watch()
    save("top", {"x": 2})
    with store.transaction("step") as step:
        step.write("services/mail", {})
    store.ledger("runs").append("a")
    threading.Timer(0.5, save, ("zz", {})).start()
    with caplog.at_level(logging.ERROR, logger="muniment"):
        changes.run()
    told = [(who, type(change)) for who, change, _ in seen]
    assert told == [
        ("services", HeadMoved), ("all", HeadMoved), ("all", DocumentChanged), ("all", LedgerGrown),
        ("all", DocumentChanged),
    ]  # fmt: skip
    assert {thread for _, _, thread in seen} == {threading.get_ident()}
    (record,) = caplog.records
    assert "changed top" in record.getMessage()
    assert "not today" in caplog.text
    assert services.__name__ == "services"


BAD = [
    {"names": ""}, {"names": "a//b"}, {"names": "***"}, {"names": []}, {"names": 7}, {"names": b"a"},
    {"names": ["a", 7]}, {"names": "/top"}, {"branches": "main"}, {"branches": ["a..b"]}, {"branches": 7},
]  # fmt: skip


@pytest.mark.parametrize("options", BAD, ids=str)
def test_names_that_are_none_are_refused(options, store):
    """Before anything is looked at."""
    with pytest.raises(InvalidNameError):
        store.watch(**options)
    if "names" in options:
        with pytest.raises(InvalidNameError):
            store.on_change(options["names"])


@pytest.mark.parametrize("poll_s", [0, 0.0, 0.009])
def test_nobody_polls_without_a_pause(poll_s, store):
    """It would keep a core busy, and find nothing sooner that the system tells of."""
    with pytest.raises(InvalidValueError, match=r"0\.01 at the least"):
        store.watch(poll_s=poll_s)
    store.watch(poll_s=0.01).stop()


def test_what_was_registered_is_taken_back(store, watch, save):
    """From the next change on, for whichever documents it was; methods are told apart by what they are bound to."""
    seen = []

    class Service:
        def reload(self, change):
            seen.append((self, change.name))
            store.off_change(self.reload)

    one, other = Service(), Service()
    for service in (one, other):
        store.on_change("top")(service.reload)
        store.on_change(["top", "services/*"])(service.reload)
    store.off_change(other.reload)
    store.off_change(other.reload)
    changes = watch(timeout_s=0.0)
    save("services/web", {"port": 2})
    changes.run()
    save("top", {"x": 2})
    changes.run()
    assert seen == [(one, "services/web")]


@pytest.mark.parametrize("time_s", [-1, "1", True, float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("option", ["debounce_s", "poll_s", "timeout_s"])
def test_times_that_are_none_are_refused(option, time_s, store):
    """They are numbers of seconds."""
    with pytest.raises(InvalidValueError, match=option):
        store.watch(**{option: time_s})


def test_a_pattern_that_matches_nothing_is_fine(watch):
    """Something may come that it does."""
    assert list(watch(names="nothing/**", timeout_s=0)) == []


def test_the_store_may_be_forgotten(root, store, save, told, words):
    """A watch whose store nobody holds any more goes on."""
    changes = Store.open(root).watch(debounce_s=0, timeout_s=30.0)
    save("top", {"x": 2})
    (change,) = told(changes)
    assert change.old == {"x": 1}
    with store.transaction("step") as step:
        step.write("new", {})
    assert words(told(changes)) == ["moved main: new"]
    changes.stop()
