"""Check what a caller says of entries, and write it as the bytes that their bodies are put together from.

Entries come many at a time, so each member is checked and written for all of them at once, at the speed of C.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from muniment.errors import InvalidNameError, InvalidValueError
from muniment.ledger.parts import Codec
from muniment.values import canonical, entry_line
from muniment.values.entry import are_plain_texts, check_prev, check_text
from muniment.values.entry_line import Content

AT_A_TIME = 512
"""So many entries are made at a time, as the processor's caches hold."""
_MEMBERS = frozenset({"kind", "payload", "actor", "stream", "key", "prev", "attributes", "time"})

_HEAD, _KEY, _KIND, _PREV, _STREAM = (
    b'"actor":%b',
    b'"key":%b,',
    b'"kind":%b,"payload":',
    b',"prev":%b',
    b',"stream":%b',
)
"""The members of an entry's body that its content is put together from."""

_quote = msgspec.json.Encoder().encode


class Draft(msgspec.Struct, frozen=True, gc=False):
    """What a caller wants to append, checked."""

    content: Content
    key: str | None
    number: int
    """What an index finds it by: its key, or else its content."""
    prev: tuple[str, ...] = ()
    time: datetime | None = None

    @property
    def said(self) -> str | Content:
        """What makes it the same as another: its key, or else its content."""
        return self.content if self.key is None else self.key


def drafts(given: Sequence[Mapping[str, Any]], author: str | None, codec: Codec | None) -> list[Draft]:
    """Check what a caller wants to append, and write it down.

    Raises:
        InvalidNameError, InvalidValueError: One cannot be an entry; it says of the first of those what it says
            of that one alone.
    """
    if len(given) == 1:  # the usual case, which is quicker alone
        return [_draft(given[0], author, codec)]
    made: list[Draft] = []
    for start in range(0, len(given), AT_A_TIME):
        stretch = given[start : start + AT_A_TIME]
        try:
            made += _drafts(stretch, author, codec)
        except (InvalidNameError, InvalidValueError):  # of which entry first, the members at once do not tell
            made += [_draft(one, author, codec) for one in stretch]
    return made


def _draft(given: Mapping[str, Any], author: str | None, codec: Codec | None) -> Draft:
    _check_members([given])
    get = given.get
    kind = check_text("kind", get("kind") or "", empty=False)
    payload = get("payload") if codec is None else codec.encode(kind, get("payload"))
    actor, attributes, key, prev = get("actor") or author, get("attributes"), get("key"), get("prev")
    head = _HEAD % _quote(check_text("actor", actor)) if actor else b""
    if attributes:
        head = entry_line.head(actor or "", _plain_object(attributes))
    following = check_prev(prev) if prev else ()
    tail = [
        b"" if key is None else _KEY % _quote(check_text("key", key, empty=False)),
        _KIND % _quote(kind),
        *_written_payloads([payload]),
        _PREV % _quote(following) if following else b"",
        _STREAM % _quote(check_text("stream", stream)) if (stream := get("stream")) else b"",
    ]
    content, time = Content(head, b"".join(tail)), get("time")
    return Draft(content, key, _number(key, content), following, None if time is None else _aware(time))


def check(given: Mapping[str, Any]) -> None:
    """Check, as `append` does, that something can be an entry of a ledger without schemas.

    Raises:
        InvalidNameError, InvalidValueError: It cannot; it says why.
    """
    _draft(given, None, None)


def _drafts(given: Sequence[Mapping[str, Any]], author: str | None, codec: Codec | None) -> list[Draft]:
    _check_members(given)
    kinds = [one.get("kind") or "" for one in given]
    written_kinds = _written("kind", kinds, _KIND, empty=False)
    payloads = [one.get("payload") for one in given]
    if codec is not None:
        payloads = list(map(codec.encode, kinds, payloads))
    keys = [one.get("key") for one in given]
    prevs = [check_prev(prev) if (prev := one.get("prev")) else () for one in given]
    tails = map(
        b"".join,
        zip(
            _written("key", keys, _KEY, empty=False),
            written_kinds,
            _written_payloads(payloads),
            [_PREV % _quote(prev) if prev else b"" for prev in prevs],
            _written("stream", [one.get("stream") or None for one in given], _STREAM),
            strict=True,
        ),
    )
    contents = list(map(Content, _heads(given, author), tails))
    times = [None if (time := one.get("time")) is None else _aware(time) for one in given]
    return list(map(Draft, contents, keys, map(_number, keys, contents), prevs, times))


def _check_members(given: Sequence[Any]) -> None:
    for one in given:
        if type(one) is not dict and not isinstance(one, Mapping):
            raise InvalidValueError('an entry is a mapping, such as {"kind": "turn"}', pointer="")
    if unknown := frozenset[Any]().union(*given) - _MEMBERS:
        raise InvalidValueError(f"an entry has no member {min(map(repr, unknown))}", pointer="")


def _written(what: str, texts: Sequence[Any], shape: bytes, *, empty: bool = True) -> list[bytes]:
    """Check texts, and write each as a member; None is left out."""
    if not are_plain_texts(texts):
        for text in texts:
            if text is not None:
                check_text(what, text, empty=empty)
    known = {text: shape % _quote(text) for text in set(texts)}
    if None in known:
        known[None] = b""
    return list(map(known.__getitem__, texts))


def _written_payloads(values: Sequence[Any]) -> list[bytes]:
    """Write payloads as an entry holds them: one level down."""
    try:
        return [line[1:-1] for line in canonical.encode_lines([[value] for value in values])]
    except InvalidValueError as error:
        pointer = (error.pointer or "").removeprefix("/0")
        raise InvalidValueError(error.reason, pointer=f"/payload{pointer}") from error


def _number(key: str | None, content: Content) -> int:
    return entry_line.fingerprint_of_content(content) if key is None else entry_line.fingerprint_of_key(key)


def _heads(given: Sequence[Mapping[str, Any]], author: str | None) -> list[bytes]:
    """Write the members that stand before the ledger's own; those that say nothing are left out."""
    actors = [one.get("actor") or author for one in given]
    heads = _written("actor", [actor or None for actor in actors], _HEAD)
    for index, one in enumerate(given):
        if attributes := one.get("attributes"):
            heads[index] = entry_line.head(actors[index] or "", _plain_object(attributes))
    return heads


def _plain_object(attributes: object) -> dict[str, Any]:
    if not isinstance(attributes, Mapping):
        raise InvalidValueError("attributes are a JSON object", pointer="/attributes")
    return dict(attributes)


def _aware(time: object) -> datetime:
    if not isinstance(time, datetime) or time.tzinfo is None:
        raise InvalidValueError("the time of an entry is a datetime with a time zone", pointer="/time")
    try:
        return time.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise InvalidValueError("the time of an entry lies, in UTC, in the years 1 to 9999", pointer="/time") from error
