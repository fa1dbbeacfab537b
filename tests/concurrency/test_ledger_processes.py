"""Many processes append to one ledger at once, some of them killed: nothing is lost, doubled or out of order.

By default a few hundred entries each. `MUNIMENT_SWEEP=1` lets eight processes append 10,000 each:

    MUNIMENT_SWEEP=1 .venv/bin/python -m pytest tests/concurrency/test_ledger_processes.py
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from children import Child, run_all
from promises import opened
from quick_stores import SWEEP

from muniment import Store
from muniment.files.layout import Layout
from muniment.ledger import appending
from muniment.values import entry_line

PROCESSES = 8
EACH = 10_000 if SWEEP else 400
KILLS = 100 if SWEEP else 12
SMALL = 1 << 20 if SWEEP else 20_000
"""A segment that is full after so many bytes, so that there are several."""

pytestmark = pytest.mark.usefixtures("quick_disk")


def check_chain(root):
    """Check every line, and that each stands behind the one it names; gives the entries by their ids."""
    found = {}
    for path in Path(Layout(root).ledger("runs").root).glob("*.jsonl"):
        before, clock = None, 0
        for line in path.read_bytes().splitlines():
            entry = entry_line.check(str(path), line)
            assert clock < entry.clock
            if before is not None:
                assert entry.above == before
            before, clock = entry.id, entry.clock
            found[entry.id] = entry
    return found


def check_all(root, keys):
    """Check that there is one entry of each of these keys, in causal order, and that all ways to find it agree."""
    lines = check_chain(root)
    with opened(root) as store:
        ledger = store.ledger("runs")
        entries = list(ledger)
        assert sorted(entry.key for entry in entries) == sorted(keys)
        assert {entry.id for entry in entries} == set(lines)
        assert [entry.clock for entry in entries] == list(range(1, len(entries) + 1))
        assert sorted(entry.offset for entry in entries) == list(range(1, len(entries) + 1))
        assert ledger.verify().ok
        for entry in entries[:: max(1, len(entries) // 200)]:
            assert ledger.by_key(entry.key) == ledger.get(entry.id) == entry
    return entries


def appending_to(root, name, count):
    """Make work that appends so many entries, alone and in batches, and tells the keys of each when it is durable."""

    def work(tell):
        chance = random.Random(name)
        ledger = opened(root).ledger("runs")
        number = 0
        while number < count:
            size = min(chance.choice([1, 1, 1, 2, 7, 40]), count - number)
            keys = [f"{name}-{number + one}" for one in range(size)]
            drafts = [{"kind": "turn", "payload": "x" * chance.randrange(300), "key": key} for key in keys]
            made = ledger.append_many(drafts) if size > 1 else [ledger.append(**drafts[0])]
            assert [entry.key for entry in made] == keys
            number += size
            tell(keys)

    return work


def reading_until(root, count):
    """Make work that reads with a cursor until it was given so many entries; tells their keys."""

    def work(tell):
        ledger = opened(root).ledger("runs")
        chance = random.Random(count)
        seen: list[str] = []
        cursor: object = 0
        while len(seen) < count:
            tail = ledger.tail(after=cursor)
            stop = chance.randrange(1, 60)
            for entry in tail:
                seen.append(entry.key)
                stop -= 1
                if not stop:
                    break
            cursor = str(tail.cursor)
        tell(seen)

    return work


@pytest.mark.parametrize("largest", [64 << 20, SMALL], ids=["one segment", "many"])
def test_writers_and_readers_together(place, monkeypatch, largest):
    """Eight writers: each entry is there once, in one order; readers beside them are given each once."""
    monkeypatch.setattr(appending, "LARGEST_BYTES", largest)
    Store.init(place / "store").close()
    keys = [f"{name}-{number}" for name in range(PROCESSES) for number in range(EACH)]
    readers = [Child(reading_until(place / "store", len(keys))) for _ in range(2)]
    told = run_all(*(appending_to(place / "store", str(name), EACH) for name in range(PROCESSES)))
    assert sorted(key for one in told for some in one for key in some) == sorted(keys)
    for reader in readers:
        (seen,) = reader.told()
        assert sorted(seen) == sorted(keys)
    check_all(place / "store", keys)
    segments = len(os.listdir(Layout(place / "store").ledger("runs").root))
    assert segments == 1 if largest > 1 << 20 else segments > 3


def test_all_say_the_same(place):
    """Eight writers with the same entries: each is there once, and all were given the same."""
    Store.init(place / "store", author="Ada").close()

    def work(tell):
        ledger = Store.open(place / "store", author="Ada").ledger("runs")
        tell([ledger.append("turn", number).id for number in range(60)])
        tell([entry.id for entry in ledger.append_many([{"kind": "turn", "payload": n} for n in range(50, 90)])])

    told = run_all(*[work] * PROCESSES)
    assert all(one == told[0] for one in told)
    with opened(place / "store") as store:
        assert sorted(entry.payload for entry in store.ledger("runs")) == list(range(90))


@pytest.mark.parametrize("largest", [64 << 20, SMALL], ids=["one segment", "many"])
def test_killed_writers_lose_nothing(place, monkeypatch, largest):
    """Writers that are killed at any moment: what they acknowledged is there once, batches whole, and it goes on."""
    monkeypatch.setattr(appending, "LARGEST_BYTES", largest)
    root = place / "store"
    Store.init(root).close()
    chance = random.Random(7)
    acknowledged: list[list[str]] = []
    running: list[Child] = []
    for number in range(KILLS):
        running.append(Child(appending_to(root, f"w{number}", 1 << 30)))
        if len(running) == 4:
            acknowledged.append(running[0].hear())
            time.sleep(chance.uniform(0, 0.02))
            victim = running.pop(chance.randrange(4))
            victim.kill()
            acknowledged += victim.told()
    for child in running:
        child.kill()
        acknowledged += child.told()
    keys = [key for some in acknowledged for key in some]
    assert len(keys) == len(set(keys))
    with opened(root) as store:
        ledger = store.ledger("runs")
        last = ledger.append("last", key="last")
        found = [entry.key for entry in ledger]
    assert last.key == found[-1]
    assert set(keys) <= set(found)
    assert len(found) == len(set(found))
    batches = Counter((entry.clock - entry.batch[0], entry.batch[1]) for entry in check_all(root, found) if entry.batch)
    assert all(count == size for (_, size), count in batches.items())


def test_a_child_goes_on_with_its_parents_ledger(place):
    """After a fork both append through what they had open, also while the parent reads; each sees the other's."""
    root = place / "store"
    with Store.init(root, author="Ada") as store:
        ledger = store.ledger("runs")
        ledger.append("before", 0)
        tail = ledger.tail()
        ledger.append("before", 1)

        def work(tell):
            tell([entry.payload for entry in tail])
            for number in range(20):
                ledger.append("child", number)
            tell(len(ledger) >= 22)

        child = Child(work)
        for number in range(20):
            ledger.append("parent", number)
        assert child.told() == [[0], True]
        assert [entry.payload for entry in tail] == [0]
        assert len(ledger) == 42
        assert [entry.clock for entry in ledger] == list(range(1, 43))
        assert ledger.append("child", 7).kind == "child"
        assert len(ledger) == 42
    check_chain(root)
