"""Tags in their canonical form: the bytes that name them."""

import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import InvalidValueError, MalformedError
from muniment.values import note
from muniment.values.ids import TagId
from muniment.values.objects import decode_tag, encode_commit, encode_tag

FORMAT = Path(__file__).resolve().parents[3] / "docs/format"
ID: Any = "0123456789abcdef" * 4
FIELDS: dict[str, Any] = {
    "name": "v1",
    "target": ID,
    "author": "Ada <ada@example.org>",
    "time": datetime(2026, 11, 20, 15, 4, 5, 123456, tzinfo=UTC),
    "message": "as delivered",
}
TEXT = (
    '{"author":"Ada <ada@example.org>","message":"as delivered","name":"v1",'
    f'"target":"{ID}","time":"2026-11-20T15:04:05.123456Z","type":"tag"}}'
)


def shown(page):
    """Give the texts on a page of the format that are named by a hash, each with it."""
    text = (FORMAT / page).read_text(encoding="utf-8")
    return re.findall(r"^\$ printf %s '(.*)' \| sha256sum\n(\w+)  -$", text, re.MULTILINE)


def test_a_tag_is_written_as_the_format_says():
    """Members in canonical order, no spaces, the time in UTC to the microsecond."""
    assert encode_tag(**FIELDS) == TEXT.encode()


def test_the_tag_on_the_page_is_real():
    """The example has the id that is shown, and is what this program writes."""
    ((text, tag_id),) = shown("tags.md")
    assert hashlib.sha256(text.encode()).hexdigest() == tag_id
    tag = decode_tag(tag_id, text.encode())
    fields = {name: getattr(tag, name) for name in FIELDS}
    assert (tag.id, encode_tag(**fields)) == (tag_id, text.encode())


def test_the_notes_on_the_page_are_real():
    """The note and the tombstone that deletes it have the ids that are shown, and are what this program writes."""
    (text, note_id), (grave, grave_id) = shown("notes.md")
    for data, data_id in ((text, note_id), (grave, grave_id)):
        assert hashlib.sha256(data.encode()).hexdigest() == data_id
        assert note.encode(note.decode(note.NoteId(data_id), data.encode())) == data.encode()
    found = note.decode(note.NoteId(grave_id), grave.encode())
    assert isinstance(found, note.Tombstone)
    assert found.deletes == note_id


@given(message=st.text(st.characters(exclude_categories=["Cs"])), hours=st.integers(-12, 12))
def test_a_tag_is_read_as_it_was_written(message, hours):
    """Its fields come back, the moment in UTC; the bytes are canonical by another program's word."""
    time = datetime(2026, 11, 20, 15, 4, 5, 7, tzinfo=timezone(timedelta(hours=hours)))
    data = encode_tag(**{**FIELDS, "message": message, "time": time})
    tag = decode_tag(TagId(ID), data)
    assert (tag.message, tag.time, tag.id) == (message, time, ID)
    assert tag.time.utcoffset() == timedelta(0)
    body = {"author": tag.author, "message": message, "name": "v1", "target": ID, "type": "tag"}
    assert data == rfc8785.dumps({**body, "time": data.decode().rpartition('"time":"')[2].partition('"')[0]})


def test_half_a_surrogate_pair_is_refused():
    """It says where the text is that UTF-8 has no bytes for."""
    with pytest.raises(InvalidValueError) as caught:
        encode_tag(**{**FIELDS, "message": "\ud800"})
    assert caught.value.pointer == "/message"


COMMIT = encode_commit(tree=ID, parents=(), author="Ada", time=FIELDS["time"], message="", generation=1, meta={})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1",
        COMMIT,
        TEXT.encode().replace(b',"type":"tag"', b""),
        TEXT.encode().replace(b"123456Z", b"123456"),
        TEXT.encode().replace(b'"message":"as delivered",', b""),
    ],
    ids=["nothing", "a number", "a commit", "no type", "no zone", "no message"],
)
def test_what_is_no_tag_is_refused(data):
    """Whole bytes of another object are never taken for a tag."""
    with pytest.raises(MalformedError, match="not a tag"):
        decode_tag(TagId(ID), data)
