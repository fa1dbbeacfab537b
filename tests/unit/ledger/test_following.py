"""`subscribe`: entries as they come, from any process and thread, until it is stopped."""

import threading
from itertools import islice
from pathlib import Path

import pytest
from children import Child, kill_all
from promises import opened

from muniment.files import wakeup


@pytest.fixture(autouse=True)
def no_child_left():
    """End what a failed test left running."""
    yield
    kill_all()


def test_what_was_there_and_what_comes(ledger, again):
    """Behind a cursor everything is given, and then what is appended while it waits."""
    before = [ledger.append("a", number) for number in range(3)]
    with again().subscribe(after=0, timeout_s=60) as entries:
        assert list(islice(entries, 3)) == before
        late = ledger.append("b")
        assert next(entries) == late
        many = ledger.append_many([{"kind": "c", "payload": number} for number in range(5)])
        assert list(islice(entries, 5)) == many


def test_only_new_ones(ledger):
    """Without a place to begin, only what comes after it was asked for."""
    ledger.append("a")
    entries = ledger.subscribe(timeout_s=60, poll_s=0.05)
    late = ledger.append("b")
    assert next(entries) == late
    assert list(ledger.tail(after=entries.cursor)) == []


def test_only_what_is_wanted(ledger):
    """Filters hold for what comes too; the cursor passes over what is not wanted."""
    with ledger.subscribe(kinds=["b", "c"], streams="s", timeout_s=0.0) as entries:
        ledger.append("a", stream="s")
        ledger.append("b")
        assert list(entries) == []
    with ledger.subscribe(after=0, kinds=["b", "c"], timeout_s=60, poll_s=0.05) as entries:
        wanted = ledger.append("c")
        assert [entry.kind for entry in islice(entries, 2)] == ["b", "c"]
        assert list(ledger.tail(after=entries.cursor)) == []
        assert wanted.kind == "c"


def test_it_ends_when_nothing_comes(ledger):
    """After `timeout_s` without an entry it ends, and its cursor goes on from there."""
    made = ledger.append("a")
    entries = ledger.subscribe(after=0, timeout_s=0.01)
    assert list(entries) == [made]
    late = ledger.append("b")
    assert list(entries) == []
    assert list(ledger.subscribe(after=entries.cursor, timeout_s=0.0)) == [late]


@pytest.mark.parametrize("has_events", [True, False], ids=["events", "polling"])
def test_another_process_appends(ledger, root, monkeypatch, has_events):
    """What other processes append is given once each, also where the system tells of no changes."""
    if not has_events:

        def refused(*_):
            raise OSError(28, "no watches left")

        monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", refused)
        monkeypatch.setattr(wakeup, "_POLL_S", 0.01)

    def work(tell):
        with opened(root) as store:
            for number in range(20):
                tell(store.ledger("runs").append("a", number).id)

    child = Child(work)
    with ledger.subscribe(after=0, timeout_s=60, poll_s=60 if has_events else 0.01) as entries:
        found = [entry.id for entry in islice(entries, 20)]
    assert found == child.told()


def test_another_thread_stops_it(ledger):
    """`stop` wakes the one that waits; what was not given stays for the cursor."""
    entries = ledger.subscribe(poll_s=60)
    waiting = threading.Event()
    seen = []

    def follow():
        waiting.set()
        seen.extend(entries)

    thread = threading.Thread(target=follow)
    thread.start()
    waiting.wait(60)
    entries.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert seen == []
    late = ledger.append("a")
    assert list(entries) == []
    assert list(ledger.tail(after=entries.cursor)) == [late]


def test_stopped_between_two(ledger):
    """Whoever stops after an entry is given no other, and resumes with the next."""
    made = ledger.append_many([{"kind": "a", "payload": number} for number in range(5)])
    with ledger.subscribe(after=0) as entries:
        taken = []
        for entry in entries:
            taken.append(entry)
            if len(taken) == 2:
                entries.stop()
    assert taken == made[:2]
    assert list(ledger.tail(after=str(entries.cursor))) == made[2:]


def test_following_a_ledger_that_is_not_there_yet(store):
    """It may be waited for; that alone makes no ledger."""
    ledger = store.ledger("later")
    assert list(ledger.subscribe(after=0, timeout_s=0.01)) == []
    assert store.ledgers() == []
    with ledger.subscribe(timeout_s=60, poll_s=0.05) as entries:
        made = ledger.append("a")
        assert next(entries) == made
    assert store.ledgers() == ["later"]


def test_what_git_brings_is_followed(ledger, elsewhere, bring, layout):
    """Entries that a merge brings are new ones, though they come before others in causal order."""
    ledger.append("a")
    ledger.append("b")
    with ledger.subscribe(timeout_s=60, poll_s=0.05) as entries:
        brought = elsewhere.append("c")
        bring()
        assert next(entries) == brought
    assert len(list(Path(layout.root).glob("*.jsonl"))) == 2
