"""A large batch goes past the redo log: what a crash leaves of it is all of it, or nothing."""

import itertools
import os
import shutil

import pytest
from disk_calls import intercepted
from promises import opened

from muniment import Store
from muniment.files import journal_note
from muniment.ledger import own_segment

BATCH = [{"kind": "large", "payload": [number, "x" * 400]} for number in range(6)]


@pytest.fixture
def left(place, monkeypatch):
    """A ledger with one entry and a batch that was written and not yet synced; every store sees another boot."""
    boots = itertools.count(1)
    monkeypatch.setattr(journal_note, "boot_id", lambda: next(boots).to_bytes(16, "big"))
    monkeypatch.setattr(own_segment, "_DIRECT_BYTES", 2000)
    root = place / "store"
    Store.init(root).close()

    def copied(call):
        if call.name == "fdatasync" and os.readlink(f"/proc/self/fd/{call.arguments[0]}").endswith(".jsonl"):
            shutil.copytree(root, place / "left")
        return call.go_on()

    with opened(root) as store:
        ledger = store.ledger("runs")
        ledger.append("first", 1)
        with intercepted(copied):
            ledger.append_many(BATCH)
    (segment,) = (place / "left" / ".muniment" / "ledgers" / "runs").glob("*.jsonl")
    (path,) = (root / ".muniment" / "ledgers" / "runs").glob("*.jsonl")
    held = place / "left" / ".muniment" / "local" / "ledgers" / "runs" / "segment.jsonl"
    held.unlink()
    os.link(segment, held)
    writer = held.with_name("writer.json")
    writer.write_text(writer.read_text().replace(str(path.stat().st_ino), str(segment.stat().st_ino)))
    return place / "left", segment


def test_a_hole_in_it_is_no_damage(left):
    """Pages of it that were not written are zeros: then it is set aside as a whole, and the ledger goes on."""
    root, segment = left
    data = bytearray(segment.read_bytes())
    data[1000:1500] = bytes(500)
    segment.write_bytes(data)
    with opened(root) as store:
        ledger = store.ledger("runs")
        assert [entry.payload for entry in ledger] == [1]
        ledger.append("next", 2)
        assert [entry.payload for entry in ledger] == [1, 2]
        assert ledger.verify().findings == ()


def test_what_is_whole_of_a_stopped_program_is_made_durable(left):
    """Before anything is acknowledged that stands behind it."""
    root, segment = left
    synced = []

    def note(call):
        if call.name in {"fsync", "fdatasync"}:
            synced.append(os.path.basename(os.readlink(f"/proc/self/fd/{call.arguments[0]}")))
        return call.go_on()

    with opened(root) as store, intercepted(note):
        ledger = store.ledger("runs")
        ledger.append("next", 2)
        assert len(ledger) == 8
        assert synced.index(segment.name) < synced.index("journal")
