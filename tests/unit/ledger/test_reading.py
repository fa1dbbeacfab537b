"""`tail`: in which order entries come, which of them, and where a reader can resume."""

import shutil
from itertools import islice
from pathlib import Path

import pytest

from muniment.errors import InvalidCursorError, MalformedError
from muniment.ledger import reading
from muniment.ledger.unwritten import BLOCK
from muniment.values import entry_line
from muniment.values.cursor import Cursor, Reach


def causal(entry):
    """The place of an entry in the causal order."""
    return entry.clock, entry.id


@pytest.fixture
def mixed(ledger, elsewhere, bring):
    """A ledger with what two copies appended apart and then together, in many small turns."""
    for turn in range(4):
        ledger.append_many([{"kind": f"k{n % 3}", "payload": [turn, n], "stream": f"s{n % 2}"} for n in range(60)])
        elsewhere.append_many([{"kind": f"k{n % 4}", "payload": [turn, n], "stream": "t"} for n in range(45)])
        bring()
        if turn % 2:
            bring(back=True)
    return ledger


def test_entries_come_in_causal_order(mixed, again):
    """By clock and then by id, whatever segment they stand in; in every copy the same."""
    found = list(mixed)
    assert len(found) == 420 == len(mixed)
    assert found == sorted(found, key=causal) == list(again())
    assert sorted(entry.offset for entry in found) == list(range(1, 421))


def test_all_copies_tell_the_same_order(ledger, elsewhere, bring):
    """Once both have everything, both tell it in the same order, though each has offsets of its own."""
    for number in range(10):
        ledger.append("a", number)
        elsewhere.append("b", number)
    bring()
    bring(back=True)
    assert list(ledger) == list(elsewhere)
    assert [entry.offset for entry in ledger] != [entry.offset for entry in elsewhere]


FILTERS: list[dict[str, object]] = [
    {"kinds": "k1"},
    {"kinds": ["k1", "k3"]},
    {"actors": "Bo <bo@example.org>"},
    {"streams": frozenset(["t"]), "kinds": ("k0", "k2")},
    {"streams": "t", "actors": ["nobody"]},
    {"streams": ""},
    {"kinds": []},
]


@pytest.mark.parametrize("filters", FILTERS, ids=range(len(FILTERS)))
@pytest.mark.parametrize("index", [("stream", "kind", "actor"), ("kind",), ()], ids=str)
def test_filters(mixed, again, filters, index):
    """What is wanted comes in order, with an index of all fields, of one, or of none."""

    def fits(entry):
        for field, wanted in filters.items():
            if getattr(entry, field[:-1]) not in ([wanted] if isinstance(wanted, str) else wanted):
                return False
        return True

    opened = again(index=index)
    expected = [entry for entry in mixed if fits(entry)]
    assert list(opened.tail(**filters)) == expected
    cursor = mixed.tail()
    list(islice(cursor, 200))
    rest = set(mixed.tail(after=cursor.cursor))
    assert list(opened.tail(after=cursor.cursor, **filters)) == [entry for entry in expected if entry in rest]
    assert [entry.offset for entry in opened.tail(after=100, **filters)] == [
        entry.offset for entry in expected if entry.offset > 100
    ]


def test_an_index_lets_a_reader_skip(store, monkeypatch):
    """Of a long ledger only the blocks are read that hold what is wanted."""
    ledger = store.ledger("runs")
    count = 60 * BLOCK
    ledger.append_many(
        [{"kind": "rare" if number in (5, 20 * BLOCK) else "often", "payload": number} for number in range(count)]
    )
    decoded = []
    decode = entry_line.decode_lines

    def counting(path, data, count=None):
        entries = decode(path, data, count)
        decoded.append(len(entries))
        return entries

    monkeypatch.setattr(entry_line, "decode_lines", counting)
    assert [entry.payload for entry in ledger.tail(kinds="rare")] == [5, 20 * BLOCK]
    assert sum(decoded) <= 3 * BLOCK
    assert ledger.latest(kind="rare").payload == 20 * BLOCK


def test_after_an_offset_an_entry_or_nothing(ledger, elsewhere, bring):
    """An offset means this copy's order of arrival: what came later comes, and nothing else."""
    made = [ledger.append("a", number) for number in range(3)]
    late = [elsewhere.append("b", number) for number in range(5)]
    bring()
    made.append(ledger.append("c"))
    assert {entry.offset for entry in ledger.tail(after=3)} == {4, 5, 6, 7, 8, 9}
    assert [entry.id for entry in ledger.tail(after=made[2])] == [entry.id for entry in ledger.tail(after=3)]
    assert list(ledger.tail(after=5)) == [*late[2:], made[3]]
    assert list(ledger.tail(after=9)) == []
    assert list(ledger.tail(after=1000)) == []
    assert list(ledger.tail(after=0)) == list(ledger.tail()) == list(ledger)


def test_a_tail_is_what_was_there_when_it_began(ledger, again):
    """Nothing that is appended while it is read comes; its cursor goes on with that."""
    other = again()
    before = [ledger.append("a", number) for number in range(5)]
    tail = ledger.tail()
    first = next(tail)
    late = [other.append("b"), ledger.append("c")]
    assert [first, *tail] == before
    assert next(tail, None) is None
    assert list(ledger.tail(after=tail.cursor)) == late
    assert list(ledger.tail(after=ledger.cursor())) == []


def test_a_cursor_at_each_place(mixed, monkeypatch):
    """Wherever a reader stops, what it was given and what comes behind its cursor is everything, each once."""
    monkeypatch.setattr(reading, "PART_BYTES", 2000)
    everything = list(mixed)
    for filters in ({}, {"streams": "t"}, {"kinds": ["k0", "k1"]}):
        wanted = list(mixed.tail(**filters))
        for stop in [*range(0, len(wanted), 23), len(wanted)]:
            tail = mixed.tail(**filters)
            taken = list(islice(tail, stop))
            cursor = Cursor.parse("runs", str(tail.cursor))
            assert cursor == tail.cursor
            assert taken + list(mixed.tail(after=str(cursor), **filters)) == wanted
            if not filters:
                assert taken + list(mixed.tail(after=cursor)) == everything


def test_a_cursor_of_a_copy_is_good_in_the_other(ledger, elsewhere, bring):
    """A cursor tells what was given, so it means the same wherever the segments are."""
    made = [ledger.append("a", number) for number in range(6)]
    bring(back=True)
    tail = ledger.tail()
    list(islice(tail, 2))
    new = elsewhere.append("b")
    assert list(elsewhere.tail(after=tail.cursor)) == [*made[2:], new]
    ahead = ledger.tail(after=elsewhere.cursor())
    assert list(ahead) == []
    bring()
    assert list(ledger.tail(after=ahead.cursor)) == []
    assert list(ledger.tail(after=ledger.tail().cursor)) == [*made, new]


WRONG = [-1, True, 1.5, None, "", "nonsense", "ü", "e30", b"x", b"0"]


@pytest.mark.parametrize("after", WRONG, ids=range(len(WRONG)))
def test_what_is_no_cursor(ledger, after):
    """Anything else than an offset, a cursor or an entry is refused."""
    ledger.append("a")
    with pytest.raises(InvalidCursorError) as caught:
        ledger.tail(after=after)
    assert caught.value.of == "runs"


def test_a_cursor_of_another_ledger_or_format(ledger, store):
    """It is refused, however it is given."""
    store.ledger("other").append("a")
    cursor = store.ledger("other").cursor()
    for after in (cursor, str(cursor), Cursor("runs", {}, format=2), str(Cursor("runs", {}, format=2))):
        with pytest.raises(InvalidCursorError):
            ledger.tail(after=after)


def test_a_cursor_that_nobody_made(ledger):
    """One that points into the middle of a line is an error, or nothing; never an entry that is none."""
    ledger.append_many([{"kind": "a", "payload": number} for number in range(3)])
    (segment,) = ledger.cursor().reached
    for reach in (Reach(1, 5), Reach(0, 1 << 40), Reach(1 << 40, 1), Reach(2, 1)):
        try:
            assert list(ledger.tail(after=Cursor("runs", {segment: reach}))) == []
        except MalformedError:
            continue
    assert len(list(ledger.tail(after=Cursor("runs", {"unheard of": Reach(1, 1)})))) == 3


def test_garbage_in_the_middle_is_told(ledger, layout, again, store):
    """A reader is told which file a line that is no entry stands in; what is indexed is still found, and goes on."""
    made = [ledger.append("a", "x" * 1000) if number == 5 else ledger.append("a", number) for number in range(10)]
    store.close()
    (path,) = Path(layout.root).glob("*.jsonl")
    rows = path.read_bytes().splitlines(keepends=True)
    rows[5] = b"#" * (len(rows[5]) - 1) + b"\n"
    path.write_bytes(b"".join(rows))
    opened = again()
    with pytest.raises(MalformedError) as caught:
        list(opened)
    assert caught.value.path == str(path)
    assert opened.get(made[9].id) == made[9] == opened.append("a", 9)
    assert opened.get(made[0].id) == made[0]
    assert len(opened) == 10
    last = opened.append("b")
    assert (last.above, last.clock) == (made[9].id, 11)
    shutil.rmtree(Path(layout.cache))
    with pytest.raises(MalformedError):
        again().append("c")


def test_a_segment_that_is_taken_away_and_brought_back(ledger, elsewhere, bring, layout, tmp_path, monkeypatch):
    """Its readers end where they are; behind their cursors comes what they were not given."""
    monkeypatch.setattr(reading, "PART_BYTES", 1000)
    there = [elsewhere.append("a", number) for number in range(30)]
    bring()
    ledger.append("b")
    (path,) = (path for path in Path(layout.root).glob("*.jsonl") if b'"a"' in path.read_bytes())
    for is_noticed in (False, True):
        for change in (Path.unlink, lambda one: one.write_bytes(one.read_bytes()[:1500])):
            tail = ledger.tail()
            taken = [next(tail)]
            shutil.copy(path, tmp_path / "away")
            change(path)
            if is_noticed:
                assert len(ledger) < 31
            taken += list(tail)
            assert len(taken) < 31
            path.unlink(missing_ok=True)
            shutil.copy(tmp_path / "away", path)
            taken += list(ledger.tail(after=tail.cursor))
            assert sorted(taken, key=causal) == list(ledger)
            assert set(there) < set(taken)


def test_latest_streams_heads(mixed):
    """Each is what one finds by reading everything."""
    everything = list(mixed)
    assert mixed.latest() == everything[-1]
    for filters in ({"kind": "k3"}, {"stream": "s1", "kind": "k2"}, {"actor": "Bo <bo@example.org>"}):
        fits = [entry for entry in everything if all(getattr(entry, name) == one for name, one in filters.items())]
        assert mixed.latest(**filters) == fits[-1]
    assert mixed.latest(kind="k9") is None
    assert mixed.streams() == list(dict.fromkeys(entry.stream for entry in everything))
    assert mixed.heads() == tuple(entry.id for entry in everything)
    last = mixed.append("end", prev=everything[1:])
    assert mixed.heads() == (everything[0].id, last.id)
    assert mixed.latest() == last


def test_a_ledger_without_entries(ledger, layout):
    """Everything can be asked of it, and nothing is made by asking."""
    assert bool(ledger)
    assert len(ledger) == 0
    assert list(ledger) == list(ledger.tail(kinds="x")) == ledger.streams() == []
    assert ledger.heads() == ()
    assert ledger.latest() is None
    assert ledger.by_key("x") is None
    assert "0" * 64 not in ledger
    assert ledger.fold(0, lambda state, _: state + 1) == 0
    assert str(ledger.cursor()) == str(Cursor("runs", {}))
    assert not Path(layout.root).exists()


def test_lines_longer_than_what_is_read_at_once(ledger, again, monkeypatch):
    """Entries larger than a part of a file are found and read as others are, and those behind them too."""
    monkeypatch.setattr(reading, "PART_BYTES", 1000)
    made = [ledger.append("a", "x" * (number * 700)) for number in range(8)]
    made += ledger.append_many([{"kind": "a", "payload": ["y" * 3000, number]} for number in range(BLOCK + 3)])
    for opened in (ledger, again()):
        assert list(opened) == made
        assert [opened.get(entry.id).payload for entry in made] == [entry.payload for entry in made]
        assert list(opened.tail(after=5)) == made[5:]
        assert list(opened.tail(after=BLOCK + 4)) == made[BLOCK + 4 :]
        assert [opened.append("a", "x" * (number * 700)) for number in range(8)] == made[:8]
