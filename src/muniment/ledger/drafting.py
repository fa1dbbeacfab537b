"""Check what a caller says of entries, and write it as the bytes that their bodies are put together from."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from muniment.errors import InvalidValueError
from muniment.ledger.parts import Codec
from muniment.values import canonical, entry_line
from muniment.values.entry import check_prev, check_text
from muniment.values.entry_line import Content, fingerprint_of_content, fingerprint_of_key

AT_A_TIME = 512
"""So many entries are made at a time, as the processor's caches hold."""
_MEMBERS = frozenset({"kind", "payload", "actor", "stream", "key", "prev", "attributes", "time"})


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
        InvalidNameError, InvalidValueError: One cannot be an entry; it says why.
    """
    made: list[Draft] = []
    for start in range(0, len(given), AT_A_TIME):
        some = given[start : start + AT_A_TIME]
        heads = _heads(some, author)
        tails = [_tail(one, codec) for one in some]
        for one, head, tail, written in zip(some, heads, tails, canonical.encode_lines(tails), strict=True):
            content, key, time = Content(head, written[1:-1]), tail.get("key"), one.get("time")
            number = fingerprint_of_content(content) if key is None else fingerprint_of_key(key)
            made.append(Draft(content, key, number, tail.get("prev", ()), None if time is None else _aware(time)))
    return made


def check(given: Mapping[str, Any]) -> None:
    """Check, as `append` does, that something can be an entry of a ledger without schemas.

    Raises:
        InvalidNameError, InvalidValueError: It cannot; it says why.
    """
    canonical.encode(_tail(given, None))
    list(_heads([given], None))
    if (time := given.get("time")) is not None:
        _aware(time)


def _heads(given: Sequence[Mapping[str, Any]], author: str | None) -> Iterator[bytes]:
    """Write the members that stand before the ledger's own; those that say nothing are left out."""
    known: dict[str | None, bytes] = {}
    for one in given:
        if not _MEMBERS.issuperset(one):
            raise InvalidValueError(f"an entry has no member {min(map(repr, set(one) - _MEMBERS))}", pointer="")
        actor, attributes = one.get("actor") or author, one.get("attributes")
        if attributes or not isinstance(actor, str | None) or actor not in known:
            checked = check_text("actor", actor) if actor else ""
            head = entry_line.head(checked, _plain_object(attributes) if attributes else {})
            if not attributes:
                known[actor] = head
            yield head
        else:
            yield known[actor]


def _tail(given: Mapping[str, Any], codec: Codec | None) -> dict[str, Any]:
    """Check the members that stand behind the ledger's own; those that say nothing are left out."""
    if type(given) is not dict and not isinstance(given, Mapping):
        raise InvalidValueError('an entry is a mapping, such as {"kind": "turn"}', pointer="")
    get = given.get
    kind, payload = check_text("kind", get("kind", ""), empty=False), get("payload")
    tail: dict[str, Any] = {"kind": kind, "payload": payload if codec is None else codec.encode(kind, payload)}
    if (key := get("key")) is not None:
        tail["key"] = check_text("key", key, empty=False)
    if prev := get("prev"):
        tail["prev"] = check_prev(prev)
    if stream := get("stream"):
        tail["stream"] = check_text("stream", stream)
    return tail


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
