"""`archive` moves old segments out of the way; nothing that anybody knows of them changes."""

import gzip
import json
from pathlib import Path

import pytest

from muniment.errors import HashMismatchError, KeyReusedError, MalformedError
from muniment.ledger import archive_file, archiving


@pytest.fixture
def archived(ledger):
    """Twelve entries, all archived; gives them and the report."""
    entries = [ledger.append("turn", {"n": number}, key=f"k{number}", stream=f"s{number % 2}") for number in range(12)]
    return entries, ledger.archive(before=ledger.cursor())


def test_a_new_run_does_not_see_them(ledger, archived):
    """Reading from the beginning begins behind them; asked for, they are there, at their places."""
    entries, report = archived
    assert report.entries == 12
    assert list(ledger.tail()) == []
    assert [(one.offset, one.id) for one in ledger.tail(archived=True)] == [(one.offset, one.id) for one in entries]
    assert [one.id for one in ledger] == [one.id for one in entries]


def test_ids_keys_and_counts_stay(ledger, archived, again):
    """For this program and the next."""
    entries, _ = archived
    for one in (ledger, again()):
        assert len(one) == 12
        assert one.get(entries[3].id).payload == {"n": 3}
        assert one.by_key("k7") == entries[7]
        assert one.latest(stream="s1") == entries[11]
        assert one.append("turn", {"n": 5}, key="k5", stream="s1") == entries[5]
        with pytest.raises(KeyReusedError):
            one.append("turn", "else", key="k5", stream="s1")


def test_a_cursor_from_before_goes_on_exactly(ledger):
    """What it was not given yet comes from the archive."""
    entries = [ledger.append("turn", number) for number in range(10)]
    tail = ledger.tail()
    for _ in range(4):
        next(tail)
    ledger.archive(before=ledger.cursor())
    entries.append(ledger.append("turn", "new"))
    assert list(ledger.tail(after=tail.cursor)) == entries[4:]
    assert list(ledger.tail(after=6)) == entries[6:]


def test_appending_goes_on_in_another_segment(ledger, archived, layout):
    """With clock and offset going on."""
    entry = ledger.append("turn", "new")
    assert (entry.offset, entry.clock) == (13, 13)
    assert list(ledger.tail()) == [entry]
    assert len(list(Path(layout.root).glob("*.jsonl"))) == 1
    assert ledger.verify().ok


def test_what_lies_behind_the_cursor_stays(ledger):
    """A segment is moved whole, and only if it lies wholly before."""
    ledger.append("turn", 1)
    cursor = ledger.cursor()
    ledger.append("turn", 2)
    assert ledger.archive(before=cursor).path is None
    assert len(list(ledger.tail())) == 2


def test_another_copys_segment_is_left(ledger, elsewhere, bring):
    """It may be appended to in another branch of the host's git, unless the caller knows better."""
    elsewhere.append("there", 1)
    bring()
    report = ledger.archive(before=ledger.cursor())
    assert (report.path, report.entries, len(report.left)) == (None, 0, 1)
    assert ledger.archive(before=ledger.cursor(), all_writers=True).entries == 1
    elsewhere.append("there", 2)
    bring()
    assert [entry.payload for entry in ledger.tail(archived=True)] == [1, 2]
    assert [entry.payload for entry in ledger.tail()] == [2]


def test_an_archive_can_be_read_by_other_programs(archived):
    """It is one gzip file: a line that tells what it holds, then the lines as they were."""
    entries, report = archived
    header, *lines = gzip.decompress(Path(report.path).read_bytes()).splitlines()
    assert json.loads(header)["archive"] == 1
    assert [json.loads(line)["id"] for line in lines] == [entry.id for entry in entries]


def test_a_damaged_archive_is_found(ledger, archived):
    """By its name, which is its hash; reading what is damaged is an error that says so."""
    _, report = archived
    path = Path(report.path)
    data = bytearray(path.read_bytes())
    data[-30] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(data)
    assert "archive-damaged" in [finding.code for finding in ledger.verify().findings]
    with pytest.raises(HashMismatchError):
        archive_file.check(str(path))
    with pytest.raises(MalformedError):
        list(ledger.tail(archived=True))


def test_a_small_archive_does_not_fill_the_memory(tmp_path):
    """A member that claims to hold more than it can is refused before it is unpacked."""
    header = json.dumps({"archive": 1, "stretches": [["0" * 32, [0, 0], [1, 1 << 50], 1, [[1 << 50, 40]]]]})
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(header.encode() + b"\n") + gzip.compress(b"x"))
    with pytest.raises(MalformedError, match="larger than it can be"):
        archive_file.contents(str(path))


@pytest.mark.parametrize(
    "data", [b"", b"nothing", gzip.compress(b"{}", mtime=0), gzip.compress(b'{"archive":9,"stretches":[]}', mtime=0)]
)
def test_what_is_no_archive_is_told(tmp_path, data):
    """Whatever lies there."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(MalformedError):
        archive_file.contents(str(path))


def test_large_parts_are_read_in_place(ledger, monkeypatch):
    """An archive of many members gives each entry, from any cursor."""
    monkeypatch.setattr(archive_file, "MEMBER_BYTES", 700)
    entries = [ledger.append("turn", {"n": number}) for number in range(40)]
    tail = ledger.tail()
    cursors = [(next(tail), tail.cursor)[1] for _ in entries]
    ledger.archive(before=ledger.cursor())
    for number in range(0, 40, 7):
        assert list(ledger.tail(after=cursors[number])) == entries[number + 1 :]


def test_what_a_stopped_program_left_beside_an_archive_is_removed(ledger, layout, monkeypatch):
    """It was stopped between the two: the entries are there once, and the next archive tidies up."""
    entries = [ledger.append("turn", number) for number in range(4)]
    with monkeypatch.context() as patched:
        patched.setattr(archiving, "_remove", lambda *_: None)
        ledger.archive(before=ledger.cursor())
    assert list(ledger.tail(archived=True)) == entries
    assert list(ledger.tail()) == []
    ledger.archive(before=ledger.cursor())
    assert list(Path(layout.root).glob("*.jsonl")) == []
    assert list(ledger.tail(archived=True)) == entries
    assert ledger.verify().ok
