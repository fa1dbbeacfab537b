"""Entries as lines: what is hashed, what is read, and that no byte of it can be changed unnoticed."""

import hashlib
import json
from datetime import UTC, datetime

import msgspec
import pytest

from muniment.errors import MalformedError
from muniment.values import canonical, entry_line
from muniment.values.entry import ERASED
from muniment.values.entry_line import Content

TIME = entry_line.written_time(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC))
CONTENT = Content(
    entry_line.head("Ada", {"x": [1]}), b'"key":"k","kind":"turn","payload":{"a":"\xc3\xbc"},"stream":"s"'
)


def made(content=CONTENT, above="0" * 64, batch=(1, 3), signature=None):
    """Make a line, without its line feed."""
    data = entry_line.body(content, 7, TIME, above, batch)
    return entry_line.line(canonical.digest(data), data, signature)[:-1]


SHAPES = [
    made(),
    made(above=None),
    made(batch=None),
    made(Content(b"", b'"kind":"a","payload":null'), above=None, batch=None),
    made(Content(b"", b'"kind":"a","payload":null'), batch=(0, 2)),
    made(signature="-----BEGIN SSH SIGNATURE-----\nabc\n-----END"),
]


@pytest.mark.parametrize("text", SHAPES, ids=range(len(SHAPES)))
def test_a_line_is_its_body_with_the_hash_before_it(text):
    """Whoever cuts id and signature out of the bytes has canonical JSON whose hash is the id."""
    plain = json.loads(text)
    entry_id, signature = plain.pop("id"), plain.pop("signature", None)
    data = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert hashlib.sha256(data).hexdigest() == entry_id
    assert entry_line.body_of(text, signature) == data
    assert entry_line.line(entry_id, data, signature) == text + b"\n"
    entry = entry_line.check("x", text)
    assert (entry.id, entry.clock, entry.signature) == (entry_id, 7, signature)
    assert entry.payload == plain["payload"]


@pytest.mark.parametrize("text", [text for text in SHAPES if b"signature" not in text], ids=range(5))
def test_each_byte_counts(text):
    """Whatever byte is changed, left out or put in between, the line is found out."""
    entry_line.check("x", text)
    for place in range(len(text)):
        for other in {text[place] ^ 1, text[place] ^ 0x20, 0, 0x20, 0x22}:
            if other != text[place]:
                changed = text[:place] + bytes([other]) + text[place + 1 :]
                with pytest.raises(MalformedError):
                    entry_line.check("x", changed)
        for changed in (text[:place] + text[place + 1 :], text[:place] + b" " + text[place:], text[:place]):
            with pytest.raises(MalformedError):
                entry_line.check("x", changed)


def test_a_signature_is_no_part_of_the_id():
    """It can be put to an entry, and taken away; what it says is for those to check who know the signer."""
    signed = made(signature="a")
    assert entry_line.check("x", signed).id == entry_line.check("x", made()).id
    for changed in (signed[:-4] + b'"b"}', made()):
        assert entry_line.check("x", changed).id == entry_line.check("x", signed).id
    for changed in (signed.replace(b',"signature":"a"', b' ,"signature":"a"'), signed.replace(b':"a"}', b':"a" }')):
        with pytest.raises(MalformedError):
            entry_line.check("x", changed)


def forged(**members):
    """Make a line whose id is right, of a body that need not be one."""
    data = json.dumps({"clock": 1, "kind": "a", "payload": 1, "time": "2026-01-01T00:00:00Z", **members}).encode()
    return entry_line.line(hashlib.sha256(data).hexdigest(), data)[:-1]


def test_a_body_that_is_not_canonical():
    """A right hash is not enough: two writers would give the same entry two ids."""
    with pytest.raises(MalformedError, match="canonical"):
        entry_line.check("x", forged())


WRONG = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b"\xff",
    b'{"id":"' + b"0" * 64 + b'"}',
    forged(clock=0),
    forged(clock=1 << 53),
    forged(clock=1.5),
    forged(kind=7),
    forged(time="2026-01-01T00:00:00"),
    forged(time="yesterday"),
    forged(prev="x"),
    forged(batch=[1]),
    forged(attributes=[]),
]


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_no_entry(text):
    """It is refused, by those that check the hash and by those that only read."""
    for read in (entry_line.check, entry_line.decode):
        with pytest.raises(MalformedError) as caught:
            read("some file", text)
        assert caught.value.path == "some file"


@pytest.mark.parametrize("between", [b"\n", b"  \n", b"null\n", SHAPES[1] + b" " + SHAPES[1] + b"\n", b"\r\n"])
def test_many_lines_are_one_entry_each(between):
    """An empty line, or one of two entries, is garbage as any other is: else whatever comes behind is misnumbered."""
    rows = SHAPES[0] + b"\n" + SHAPES[1] + b"\n"
    assert len(entry_line.decode_lines("x", rows)) == 2
    for data in (between + rows, rows + between, SHAPES[0] + b"\n" + between + SHAPES[1] + b"\n"):
        with pytest.raises(MalformedError):
            entry_line.decode_lines("x", data)


def test_what_was_said():
    """The content of an entry is what its caller gave: the place, the time and the signature are no part of it."""
    entry = entry_line.check("x", made(signature="s"))
    assert entry_line.content_of(entry) == CONTENT
    other = entry_line.check("x", made(above=None, batch=None))
    assert entry_line.content_of(other) == CONTENT
    assert entry_line.fingerprint_of_content(CONTENT) == entry_line.fingerprint_of_content(entry_line.content_of(other))


def test_an_erased_payload_is_equal_to_none():
    """Nothing can be said again by guessing what was erased."""
    data = entry_line.body(Content(b"", b'"erasable":"' + b"1" * 64 + b'","kind":"a"'), 1, TIME, None)
    entry = entry_line.decode("x", entry_line.line(canonical.digest(data), data))
    assert entry_line.content_of(entry).tail == b'"kind":"a","payload":null'
    msgspec.structs.force_setattr(entry, "payload", ERASED)
    assert entry_line.content_of(entry).tail == b'"kind":"a","payload":{"erased":"' + b"1" * 64 + b'"}'
