"""Stop a program that appends to a ledger at each call that changes the disk, and let the power fail there.

What was acknowledged is there, what was not is there whole or not at all, and the next program goes on.
"""

import os
import shutil
from errno import EIO, ENOSPC

import pytest
from disk_calls import CHANGES, WRITES, At, die, die_after, fail, intercepted
from medium import Cuts
from power_cuts import cut_between
from promises import opened
from quick_stores import SWEEP
from stops import each_stop

from muniment import Store
from muniment.errors import StorageError
from muniment.files import disk
from muniment.ledger import appending, own_segment
from muniment.ledger.ledger import Ledger
from muniment.values import entry_line


def one(ledger):
    """One entry behind others."""
    ledger.append("one", 1)


def batch(ledger):
    """Three entries together."""
    ledger.append_many([{"kind": "batch", "payload": number} for number in range(3)])


def large(ledger):
    """A batch that is too large for the redo log."""
    ledger.append_many([{"kind": "large", "payload": "x" * 400} for _ in range(3)])
    ledger.append_many([{"kind": "large", "payload": [number, "x" * 400]} for number in range(6)])


def several(ledger):
    """Some entries one after the other, so many that the redo log is emptied between them."""
    for number in range(4):
        ledger.append("several", [number, "x" * 300])


def close(ledger):
    """No entry: everything is made durable."""
    ledger.close()


PREPARED = 2
WORKS = {one: [1], batch: [3], large: [1, 6], several: [1, 1, 1, 1], close: []}
"""How many entries each step of a work adds."""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Keep the redo log small, so that it is passed by and emptied within a few entries."""
    monkeypatch.setattr(own_segment, "_DIRECT_BYTES", 2000)
    monkeypatch.setattr(own_segment, "_CHECKPOINT_BYTES", 1000)


def sums(steps):
    """Give how many entries there may be after each step."""
    counts = [0]
    for step in steps:
        counts.append(counts[-1] + step)
    return counts


def check(root, least, allowed):
    """Check that there are as many entries as may be, at least those acknowledged, and that everything goes on."""
    with opened(root) as store:
        ledger = store.ledger("runs")
        entries = list(ledger)
        assert len(entries) in allowed
        assert len(entries) >= least
        assert [entry.clock for entry in entries] == list(range(1, len(entries) + 1))
        assert [ledger.get(entry.id) for entry in entries] == entries
        last = ledger.append("next", len(entries))
        assert ledger.append("next", len(entries)) == last
        assert list(ledger) == [*entries, last]
        assert last.clock == last.offset == len(entries) + 1
        check_batches(entries)
    with opened(root) as store:
        ledger = store.ledger("runs")
        assert list(ledger) == [*entries, last]
        assert ledger.get(last.id) == last
        assert {finding.code for finding in ledger.verify().findings} <= {"torn-tail"}
    for path in (root / ".muniment/ledgers/runs").glob("*.jsonl"):
        assert all(entry_line.check(str(path), line) for line in path.read_bytes().splitlines())
    return len(entries)


def check_batches(entries):
    """Check that of no batch a part is missing."""
    position = 0
    while position < len(entries):
        size = entries[position].batch[1] if entries[position].batch else 1
        if size > 1:
            assert [entry.batch for entry in entries[position : position + size]] == [(n, size) for n in range(size)]
        position += size


def stopped_everywhere(place, begun, work, decision, calls, steps, first):
    """Stop a work on a copy of a store at every call in turn; gives how many entries each left."""
    counts = []
    allowed = [first + count for count in sums(steps)]

    def working(root, at, tell):
        ledger = opened(root).ledger("runs")
        ledger.append("mine", 0)
        with intercepted(at):
            work(ledger)
        tell("done")

    for root, was_stopped, told in each_stop(begun, place, decision, calls, working):
        assert was_stopped or told == ["done"]
        counts.append(check(root, allowed[0] if was_stopped else allowed[-1], allowed))
    return counts


HOW = pytest.mark.parametrize(
    ("decision", "calls"),
    [(die, CHANGES), (die_after(lambda size: size // 2), WRITES), (die_after(lambda size: max(size - 1, 0)), WRITES)],
    ids=["before", "half", "all but one byte"],
)


@HOW
@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
@pytest.mark.usefixtures("quick_disk")
def test_a_program_may_be_stopped_at_any_call(place, work, decision, calls):
    """What it was appending is there whole or not at all; and the next program just goes on."""
    begun = place / "begun"
    with Store.init(begun, author="Ada <ada@example.org>") as store:
        for number in range(PREPARED):
            store.ledger("runs").append("before", number)
    counts = stopped_everywhere(place, begun, work, decision, calls, WORKS[work], PREPARED + 1)
    assert counts == sorted(counts)
    assert counts[-1] == PREPARED + 1 + sum(WORKS[work])


@HOW
@pytest.mark.usefixtures("quick_disk")
def test_the_first_entry_of_all(place, decision, calls):
    """A program may be stopped while it makes the ledger, at any call."""
    begun = place / "begun"
    Store.init(begun, author="Ada <ada@example.org>").close()

    def beginning(root, at, _):
        ledger = opened(root).ledger("runs")
        with intercepted(at):
            ledger.append_many([{"kind": "first", "payload": number} for number in range(2)])

    counts = [
        check(root, 0 if was_stopped else 2, [0, 2])
        for root, was_stopped, _ in each_stop(begun, place, decision, calls, beginning)
    ]
    assert counts[0] == 0
    assert counts[-1] == 2
    assert len(counts) > 5


@HOW
@pytest.mark.usefixtures("quick_disk")
def test_behind_a_full_segment(place, monkeypatch, decision, calls):
    """A program may be stopped while it begins the next segment, at any call."""
    begun = place / "begun"
    with Store.init(begun, author="Ada <ada@example.org>") as store:
        for number in range(PREPARED):
            store.ledger("runs").append("before", number)
    monkeypatch.setattr(appending, "LARGEST_BYTES", 1)
    counts = stopped_everywhere(place, begun, several, decision, calls, WORKS[several], PREPARED + 1)
    assert counts[-1] == PREPARED + 5


def steps():
    """What is done until the power fails: a ledger begins, fills a segment, and another."""
    return [
        lambda ledger: ledger.append("a", 1),
        lambda ledger: ledger.append("a", 2),
        lambda ledger: ledger.append_many([{"kind": "b", "payload": number} for number in range(3)]),
        lambda ledger: ledger.append_many([{"kind": "c", "payload": [number, "x" * 300]} for number in range(8)]),
        lambda ledger: ledger.append("a", 3),
        lambda ledger: ledger.append("a", "x" * 900),
        lambda ledger: ledger.append("a", 4),
        lambda ledger: ledger.close(),
        lambda ledger: ledger.append("a", 5),
    ]


COUNTS = [1, 2, 5, 13, 14, 15, 16, 16, 17]


@pytest.mark.parametrize("all_names", [False, True], ids=["synced names", "all names"])
@pytest.mark.parametrize("largest", [64 << 20, 3000], ids=["one segment", "many"])
def test_the_power_may_fail_at_any_moment(place, monkeypatch, largest, all_names):
    """Whatever of files and names is durable then: every acknowledged entry is there, and no half of any."""
    monkeypatch.setattr(appending, "LARGEST_BYTES", largest)
    held: list[Ledger] = []

    def stepping(step):
        def take(store):
            if not held:
                held.append(store.ledger("runs"))
            step(held[0])

        return take

    counts = iter(COUNTS)
    cuts = cut_between(
        [stepping(step) for step in steps()],
        lambda _: next(counts),
        place,
        monkeypatch,
        all_names=all_names,
        limit=1 << 20,
    )
    moments = cuts.moments if SWEEP else cuts.moments[:: max(1, len(cuts.moments) // 60)]
    assert len(cuts.moments) > 10
    for root, acknowledged in moments:
        least = cuts.acknowledged[acknowledged - 1] if acknowledged else 0
        check(root / "store", least, [0, *COUNTS])


def test_a_failed_sync_loses_nothing(place):
    """Where a segment cannot be made durable, another is begun; what the redo log has of the first stays safe."""
    Store.init(place / "top/store", author="Ada <ada@example.org>").close()
    cuts = Cuts(place / "top", place / "left", all_names=False)
    failing = False

    def decide(call):
        if failing and call.name == "fdatasync" and os.readlink(f"/proc/self/fd/{call.arguments[0]}").endswith("jsonl"):
            raise OSError(EIO, os.strerror(EIO))
        return cuts(call)

    with intercepted(decide), opened(place / "top/store") as store:
        ledger = store.ledger("runs")
        for number in range(3):
            ledger.append("a", number)
        failing = True
        with pytest.raises(StorageError):
            ledger.append_many([{"kind": "c", "payload": [number, "x" * 300]} for number in range(8)])
        failing = False
        for number in range(3, 10):
            ledger.append("a", [number, "x" * 300])
        cuts.acknowledged.append(10)
        cuts.look()
    cuts.close()
    for root, _ in cuts.moments:
        check(root / "store", 10, [10])


def test_a_failed_call_leaves_the_ledger_usable(place, monkeypatch):
    """Whichever call the system refuses once, what it was for can be appended again, and is there once."""
    syncs = {"fsync", "fdatasync", "sync_file_system"}
    for name in syncs:
        monkeypatch.setattr(disk, name, lambda _: None)
    nth, failed, at = 0, 0, None
    while at is None or at.reached is not None:
        nth += 1
        root = place / f"case-{nth}"
        with Store.init(root, author="Ada <ada@example.org>") as store:
            ledger = store.ledger("runs")
            ledger.append("before", 0)
            at = At(nth, fail(ENOSPC), CHANGES - syncs - {"unlink", "truncate"})
            with intercepted(at):
                try:
                    large(ledger)
                except StorageError:
                    failed += 1
            large(ledger)
            assert len(ledger) == 8
        check(root, 8, [8])
        shutil.rmtree(root)
    assert failed > 3
