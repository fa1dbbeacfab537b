"""`Ledger.verify` finds whatever was done to the files, and tells which line."""

from pathlib import Path

import pytest

PAYLOADS = [{"n": number} for number in range(6)]


@pytest.fixture
def lines(ledger, layout):
    """Append six entries; gives the lines, and what writes others in their place."""
    for payload in PAYLOADS:
        ledger.append("turn", payload, stream="run-1")
    [path] = Path(layout.root).glob("*.jsonl")

    def rewrite(changed):
        path.write_bytes(b"".join(changed))

    return path.read_bytes().splitlines(keepends=True), rewrite


def codes(ledger):
    """Verify, and give the codes of what is found."""
    return [finding.code for finding in ledger.verify().findings]


def test_nothing_is_found_where_nothing_was_done(ledger, lines):
    """A report counts what was checked."""
    report = ledger.verify()
    assert report.ok
    assert (report.entries, report.segments, report.archives, report.payloads, report.signed) == (6, 1, 0, 0, 0)


def test_a_changed_line_is_found(ledger, lines):
    """The finding names the file and the number of the line, and says what to do."""
    before, rewrite = lines
    rewrite([*before[:2], before[2].replace(b'"n":2', b'"n":7'), *before[3:]])
    finding = ledger.verify().findings[0]
    assert finding.code == "entry-damaged"
    assert finding.path.endswith(".jsonl:3")
    assert "restore" in finding.remedy


def test_a_removed_line_is_found(ledger, lines):
    """The entry below it tells what it stood behind."""
    before, rewrite = lines
    rewrite([*before[:2], *before[3:]])
    finding = ledger.verify().findings[0]
    assert finding.code == "entry-missing"
    assert finding.path.endswith(":3")


def test_lines_that_changed_places_are_found(ledger, lines):
    """Whichever two."""
    before, rewrite = lines
    rewrite([before[0], before[2], before[1], *before[3:]])
    assert {"entry-missing", "entry-out-of-order"} & set(codes(ledger))


def test_a_line_that_stands_twice_is_found(ledger, lines):
    """The second is the one that is told."""
    before, rewrite = lines
    rewrite([*before[:3], before[1], *before[3:]])
    findings = [finding for finding in ledger.verify().findings if finding.code == "entry-duplicated"]
    assert findings[0].path.endswith(":4")


def test_a_made_up_line_is_found(ledger, lines):
    """What is no entry at all, too."""
    before, rewrite = lines
    rewrite([*before[:3], b'{"hello":"world"}\n', *before[3:]])
    assert "entry-damaged" in codes(ledger)


def test_a_segment_that_was_cut_is_found(ledger, layout, lines):
    """Lines that are missing at its end: this copy knows how many it appended."""
    [path] = Path(layout.root).glob("*.jsonl")
    whole = path.read_bytes().splitlines(keepends=True)
    with path.open("r+b") as file:
        file.truncate(sum(map(len, whole[:4])))
    [finding] = [one for one in ledger.verify().findings if one.code == "segment-shortened"]
    assert "2 entries" in finding.detail


def test_appending_goes_on_after_a_cut(ledger, layout, lines, again):
    """In another segment, with the offsets that were given before left free, and the loss put on record."""
    [path] = Path(layout.root).glob("*.jsonl")
    with path.open("r+b") as file:
        file.truncate(len(path.read_bytes().splitlines(keepends=True)[0]))
    entry = ledger.append("turn", "after")
    assert entry.offset == 7
    assert len(ledger) == 2
    assert len(list(Path(layout.root).glob("*.jsonl"))) == 2
    assert [one.payload for one in again().tail()] == [PAYLOADS[0], "after"]
    assert ledger.verify().set_aside == 1


def test_what_an_entry_follows_on_has_to_be_there(ledger, elsewhere, bring, layout):
    """A segment that refers to one that nobody brought."""
    first = elsewhere.append("turn", 1)
    elsewhere._parts.own.abandon()
    elsewhere.append("turn", 2, prev=[first.id])
    bring()
    for path in Path(layout.root).glob("*.jsonl"):
        if first.id.encode() in path.read_bytes().split(b",")[0]:
            path.unlink()
    assert "reference-dangling" in codes(ledger)


def test_two_meanings_of_a_key_are_found(ledger, elsewhere, bring):
    """Copies that were apart may use one key twice; the same meaning twice is no finding."""
    ledger.append("turn", 1, key="a")
    elsewhere.append("turn", 2, key="a")
    ledger.append("turn", 3, key="b", actor="both")
    elsewhere.append("turn", 3, key="b", actor="both")
    bring()
    assert codes(ledger) == ["key-reused"]
