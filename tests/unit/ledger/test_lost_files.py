"""What a ledger does without its index, without `local/`, and with segments that somebody cut or tore."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from muniment.errors import NotAStoreError
from muniment.ledger.unwritten import BLOCK
from muniment.values import entry_line

COUNT = 2 * BLOCK + 10

FIELDS = ("actor", "kind", "stream")


@pytest.fixture
def filled(store, layout):
    """A ledger with some blocks of entries, closed; gives them."""
    ledger = store.ledger("runs")
    made = [ledger.append(f"k{number % 7}", number, stream=f"s{number // 50}") for number in range(COUNT - 9)]
    made += [ledger.append("single", number, key=f"key-{number}") for number in range(9)]
    store.close()
    assert os.path.exists(layout.index(FIELDS))
    return made


def check_all(ledger, made):
    """Check that every way to find entries finds just these."""
    assert list(ledger) == made
    assert len(ledger) == len(made)
    assert [ledger.get(entry.id).payload for entry in made[::37]] == [entry.payload for entry in made[::37]]
    assert ledger.by_key("key-3") == next(entry for entry in made if entry.key == "key-3")
    assert list(ledger.tail(kinds=["k3", "single"])) == [entry for entry in made if entry.kind in ("k3", "single")]
    assert list(ledger.tail(after=BLOCK + 1)) == [entry for entry in made if entry.offset > BLOCK + 1]
    assert ledger.latest(stream="s2") == [entry for entry in made if entry.stream == "s2"][-1]
    assert ledger.streams() == list(dict.fromkeys(entry.stream for entry in made if entry.stream))
    assert ledger.append("single", 3, key="key-3") == ledger.by_key("key-3")
    assert ledger.append("k3", 3, stream="s0") == made[3]
    assert len(ledger) == len(made)


def segment_of(layout):
    """Give the one file of the ledger."""
    (path,) = Path(layout.root).glob("*.jsonl")
    return path


def half(path):
    """Leave the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeroed(path):
    """Overwrite the middle of a file with zeros: its first page is as it was."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(len(data) - 4096))


DAMAGES = {
    "deleted": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"this is no database" * 1000),
    "half": half,
    "zeros": zeroed,
    "folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_index_may_be_lost(filled, layout, again, damage):
    """Whatever happens to its file, everything is found; the next program finds it quickly again."""
    DAMAGES[damage](Path(layout.index(FIELDS)))
    check_all(again(), filled)
    check_all(again(), filled)


@pytest.mark.parametrize("damage", ["deleted", "text", "zeros"])
def test_the_index_may_be_lost_under_a_program(filled, layout, again, damage):
    """A program that has it open goes on, and so do those that come later."""
    ledger = again()
    assert ledger.get(filled[0].id) == filled[0]
    DAMAGES[damage](Path(layout.index(FIELDS)))
    check_all(ledger, filled)
    last = ledger.append("more")
    check_all(again(), [*filled, last])
    check_all(ledger, [*filled, last])


def test_an_index_that_somebody_locks(filled, layout, again, monkeypatch):
    """While another program holds the database, entries are appended and found; later it is brought up to date."""
    monkeypatch.setattr(sqlite3, "connect", _impatient(sqlite3.connect))
    ledger = again()
    check_all(ledger, filled)
    holder = sqlite3.connect(layout.index(FIELDS), isolation_level=None)
    holder.execute("begin exclusive")
    made = [*filled, ledger.append("a"), *ledger.append_many([{"kind": "b", "payload": n} for n in range(3)])]
    check_all(ledger, made)
    check_all(again(), made)
    holder.execute("rollback")
    holder.close()
    check_all(ledger, made)
    check_all(again(), made)


def _impatient(connect):
    return lambda path, **options: connect(path, **{**options, "timeout": 0.0})


def test_local_may_be_deleted(filled, layout, root, again):
    """Without what is this copy's own, all entries are there, a new segment is begun, and offsets are given anew."""
    shutil.rmtree(root / ".muniment/local")
    ledger = again()
    check_all(ledger, filled)
    assert [entry.offset for entry in ledger] == list(range(1, COUNT + 1))
    last = ledger.append("after")
    assert (last.offset, last.above, last.clock) == (COUNT + 1, None, COUNT + 1)
    assert len(os.listdir(layout.root)) == 2


def test_local_may_be_deleted_under_a_program(filled, layout, root, again):
    """A program that is at it loses nothing, and those that come later begin another segment, which it goes on in."""
    ledger = again()
    made = [*filled, ledger.append("before")]
    ledger._parts.copy.pieces._seen = ledger._parts.copy.pieces._stamp()  # long ago: nothing there has changed since
    shutil.rmtree(root / ".muniment/local")
    made.append(ledger.append("after"))
    check_all(ledger, made)
    other = again()
    for program in (other, ledger, other, ledger):
        made.append(program.append("together", len(made)))
        check_all(ledger, made)
        check_all(other, made)
    assert len(os.listdir(layout.root)) == 2


@pytest.mark.parametrize("torn", [b"{", b'{"id":"' + b"0" * 70, b"\x00" * 300, b"half a line of text"])
def test_a_torn_tail_is_set_aside(filled, layout, again, torn):
    """What stands behind the last line feed is no entry; the next entry is appended where it stood, and it is kept."""
    reader = again()
    path = segment_of(layout)
    with path.open("ab") as file:
        file.write(torn)
    check_all(reader, filled)
    ledger = again()
    last = ledger.append("after")
    assert list(reader.tail(after=filled[-1])) == [last]
    (kept,) = Path(layout.set_aside).iterdir()
    assert kept.read_bytes() == torn
    assert path.stem in kept.name
    assert all(entry_line.check("x", line) for line in path.read_bytes().splitlines())
    check_all(again(), [*filled, last])


def test_half_a_batch_at_the_end_is_set_aside(filled, layout, again):
    """Whole lines of a batch that is not whole are no entries either."""
    path = segment_of(layout)
    whole = path.read_bytes()
    again().append_many([{"kind": "batch", "payload": n} for n in range(5)])
    rows = path.read_bytes()[len(whole) :].splitlines(keepends=True)
    ledger = again()
    for torn in (b"".join(rows[:3]), b"".join(rows[:4]) + rows[4][:-1]):
        for name in (layout.journal, layout.cache, layout.set_aside):
            shutil.rmtree(name, ignore_errors=True)
            Path(name).unlink(missing_ok=True)
        with path.open("r+b") as file:
            file.write(whole + torn)
            file.truncate()
        ledger = again()
        assert len(ledger) == COUNT
        assert ledger.append("single", 0, key="key-0") == filled[-9]
        (kept,) = Path(layout.set_aside).iterdir()
        assert kept.read_bytes() == torn
        assert path.read_bytes() == whole
    made = ledger.append_many([{"kind": "batch", "payload": n} for n in range(5)])
    check_all(ledger, [*filled, *made])


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
@pytest.mark.parametrize("cut", [1, 30, BLOCK + 20])
def test_a_segment_that_somebody_cut(filled, layout, again, is_open, cut):
    """Where whole entries are missing at its end, the file is continued no more; what is left is found, and goes on."""
    ledger = again() if is_open else None
    if ledger is not None:
        assert len(ledger) == COUNT
    path = segment_of(layout)
    rows = path.read_bytes().splitlines(keepends=True)
    os.truncate(path, len(b"".join(rows[:-cut])))
    ledger = ledger or again()
    kept = filled[:-cut]
    assert list(ledger) == kept
    assert filled[-1] not in ledger
    new = [ledger.append("new", number) for number in range(5)]
    assert [entry.offset for entry in new] == list(range(COUNT + 1, COUNT + 6))
    assert len(os.listdir(layout.root)) == 2
    for opened in (ledger, again()):
        assert list(opened) == sorted([*kept, *new], key=lambda one: (one.clock, one.id))
        assert [opened.get(entry.id) for entry in new] == new
        assert opened.append("new", 0) == new[0]
        assert list(opened.tail(kinds="new")) == new
        assert filled[-1] not in opened
    assert ledger.append("single", 8, key="key-8").payload == 8
    assert len(ledger) == len(kept) + 6


def test_a_store_that_is_gone(filled, root, again):
    """A program whose store was deleted is told so, and makes nothing of it anew."""
    ledger = again()
    assert len(ledger) == COUNT
    shutil.rmtree(root)
    for verb in (lambda: ledger.append("a"), lambda: len(ledger), lambda: list(ledger), ledger.heads):
        with pytest.raises(NotAStoreError):
            verb()
    assert not root.exists()


def test_a_ledger_whose_only_segment_is_away(filled, layout, again, tmp_path):
    """A new program finds nothing, appends behind the offsets that were given, and finds all when it is back."""
    path = segment_of(layout)
    shutil.move(path, tmp_path / "away")
    os.utime(layout.root, ns=(10**18, 10**18))  # long ago, so that nothing has to be looked at twice
    ledger = again()
    assert list(ledger) == []
    assert len(ledger) == 0
    new = ledger.append("new")
    assert new.offset == COUNT + 1
    assert list(again()) == [new]
    shutil.move(tmp_path / "away", path)
    for opened in (ledger, again()):
        assert list(opened) == [filled[0], new, *filled[1:]] or list(opened) == [new, *filled]
        assert {entry.id: entry.offset for entry in opened} == {entry.id: entry.offset for entry in [*filled, new]}


def test_programs_that_index_other_fields_leave_each_other_alone(filled, layout, again):
    """Each has an index of its own, and finds the same."""
    for _ in range(2):
        for index in ((), ("kind",), FIELDS):
            ledger = again(index=index)
            check_all(ledger, filled)
            ledger.close()
    assert len([name for name in os.listdir(layout.cache) if name.endswith(".sqlite")]) == 3
