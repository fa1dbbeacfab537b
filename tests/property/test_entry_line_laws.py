"""Lines of ledgers and cursors: what is written is read again, for any entry."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from json_strategies import json_values
from muniment.errors import InvalidCursorError, MalformedError
from muniment.values import canonical, entry_line
from muniment.values.cursor import Cursor, Reach
from muniment.values.entry import MAX_CLOCK
from muniment.values.entry_line import Content

texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)
ids = st.integers(0, (1 << 256) - 1).map(lambda number: f"{number:064x}")
times = st.datetimes(timezones=st.just(UTC))
batches = st.none() | st.integers(2, 1000).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))
said = st.fixed_dictionaries(
    {"kind": texts, "payload": json_values()},
    optional={"key": texts, "stream": texts, "prev": st.lists(ids, min_size=1, max_size=3, unique=True)},
)
heads = st.fixed_dictionaries({}, optional={"actor": texts, "attributes": st.dictionaries(texts, json_values())})


@given(said, heads, st.integers(1, MAX_CLOCK), times, st.none() | ids, batches, st.none() | st.text(max_size=30))
def test_any_entry_is_read_as_it_was_written(tail, before, clock, time, above, batch, signature):
    """All its members come back, its id is the hash of its canonical body, and so does what its caller said."""
    content = Content(
        entry_line.head(before.get("actor", ""), before.get("attributes", {})), canonical.encode(tail)[1:-1]
    )
    data = entry_line.body(content, clock, entry_line.written_time(time), above, batch)
    assert canonical.encode(canonical.decode(data)) == data
    line = entry_line.line(canonical.digest(data), data, signature)
    assert line.count(b"\n") == 1
    entry = entry_line.check("x", line[:-1])
    assert entry_line.decode_lines("x", line * 2) == [entry, entry]
    assert (entry.id, entry.signature) == (canonical.digest(data), signature)
    assert (entry.clock, entry.time, entry.above, entry.batch) == (clock, time, above, batch)
    assert entry.actor == before.get("actor", "")
    assert canonical.encode(entry.attributes) == canonical.encode(before.get("attributes", {}))
    assert (entry.kind, entry.key, entry.stream) == (tail["kind"], tail.get("key"), tail.get("stream", ""))
    assert canonical.encode(entry.payload) == canonical.encode(tail["payload"])
    assert entry.prev == tuple(tail.get("prev", ()))
    assert entry_line.content_of(entry) == content


@given(said, st.data())
def test_any_change_of_a_byte_is_found(tail, data):
    """Wherever a byte of a line is changed, left out or doubled."""
    body = entry_line.body(Content(b"", canonical.encode(tail)[1:-1]), 1, b"2026-01-01T00:00:00.000000Z", None)
    line = entry_line.line(canonical.digest(body), body)[:-1]
    place = data.draw(st.integers(0, len(line) - 1))
    new = data.draw(st.binary(max_size=2).filter(lambda one: one != line[place : place + 1]))
    with pytest.raises(MalformedError):
        entry_line.check("x", line[:place] + new + line[place + 1 :])


reaches = st.builds(Reach, st.integers(0, (1 << 62) - 1), st.integers(0, (1 << 62) - 1))
cursors = st.builds(Cursor, texts, st.dictionaries(st.text(max_size=40), reaches, max_size=5))


@given(cursors)
def test_any_cursor_is_read_as_it_was_written(cursor):
    """As one word; and it is the same word whenever it is the same place."""
    read = Cursor.parse(cursor.ledger, str(cursor))
    assert read == cursor
    assert str(read) == str(cursor)
    assert hash(read) == hash(cursor)


@given(st.text(max_size=60))
def test_any_other_text_is_no_cursor(text):
    """It is refused by an error of its own."""
    with pytest.raises(InvalidCursorError):
        Cursor.parse("runs", text)
