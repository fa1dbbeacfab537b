"""An entry as one line of a ledger's file.

The line is the entry's body, canonical JSON without id and signature, with its hash put before it as the member `id`,
and the signature, if it is signed, put behind it as the member `signature`. So whoever cuts these two out of the
line's bytes has what was hashed and signed, and needs no canonical encoder to check it.

Format: docs/format/ledgers.md, "Lines".
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

import msgspec

from muniment.errors import MalformedError
from muniment.values import canonical
from muniment.values.entry import ERASED, Entry
from muniment.values.objects import format_time

_ID_END = 73  # {"id":"<64 hex digits>",
_SIGNATURE = b',"signature":'

_decoder = msgspec.json.Decoder(Entry)
_quote = msgspec.json.Encoder().encode


class Content(msgspec.Struct, frozen=True, gc=False):
    """What the caller said of an entry, as the canonical bytes that its body is put together from.

    `head` holds the members that stand before the ledger's own (`actor`, `attributes`), `tail` those behind.
    """

    head: bytes
    tail: bytes


def head(actor: str, attributes: Mapping[str, Any]) -> bytes:
    """Write the members of a content that stand before the ledger's own; those that say nothing are left out.

    Raises:
        InvalidValueError: An attribute is no JSON; it says where.
    """
    if not attributes:
        return b'"actor":' + _quote(actor) if actor else b""
    members = {"actor": actor, "attributes": dict(attributes)} if actor else {"attributes": dict(attributes)}
    return canonical.encode(members)[1:-1]


def body(content: Content, clock: int, time: bytes, above: str | None, batch: tuple[int, int] | None = None) -> bytes:
    """Put the canonical bytes together that are hashed and signed.

    `time` is the wall clock's, as `written_time` gives it; `above` the entry that stands before it in its file.
    """
    before, tail = content.head, content.tail
    if above and before and batch:  # as most are that come many at a time
        shape = b'{"above":"%b",%b,"batch":[%d,%d],"clock":%d,%b,"time":"%b"}'
        return shape % (above.encode(), before, *batch, clock, tail, time)
    members = [b'"above":"%b"' % above.encode()] if above else []
    if before:
        members.append(before)
    if batch:
        members.append(b'"batch":[%d,%d]' % batch)
    members.append(b'"clock":%d,%b,"time":"%b"}' % (clock, tail, time))
    return b"{" + b",".join(members)


def line(entry_id: str, data: bytes, signature: str | None = None) -> bytes:
    """Make the line of a body, with its line feed."""
    if signature is None:
        return b"".join((b'{"id":"', entry_id.encode(), b'",', data[1:], b"\n"))  # half of what `%` would take
    return b'{"id":"%b",%b%b%b}\n' % (entry_id.encode(), data[1:-1], _SIGNATURE, _quote(signature))


def chain(
    contents: Sequence[Content],
    times: Sequence[bytes],
    clock: int,
    above: str | None,
    sign: Callable[[bytes], str] | None = None,
) -> list[bytes]:
    """Make the lines of entries that are appended together behind the entry `above`, the first with that clock.

    One says what it is in a batch only where there are several.
    """
    count, lines, digest = len(contents), [], canonical.digest
    for index, (content, time) in enumerate(zip(contents, times, strict=True)):
        data = body(content, clock + index, time, above, (index, count) if count > 1 else None)
        above = digest(data)
        lines.append(line(above, data) if sign is None else line(above, data, sign(data)))
    return lines


def body_of(text: bytes, signature: str | None) -> bytes:
    """Give the body out of a line: what its id is the hash of."""
    end = len(text)
    if signature is not None:
        end -= len(_SIGNATURE) + len(_quote(signature)) + 1
        return b"{" + text[_ID_END:end] + b"}"
    return b"{" + text[_ID_END:end]


def decode(path: str, text: bytes) -> Entry:
    """Read one line, without checking its id.

    Raises:
        MalformedError: It is no entry.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(path, f"not an entry: {error}") from error


def decode_lines(path: str, data: bytes, count: int | None = None) -> list[Entry]:
    """Read whole lines, without checking their ids; of these there are `count`, for who knows.

    Raises:
        MalformedError: One of them is no entry.
    """
    try:
        entries = _decoder.decode_lines(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(path, f"not entries: {error}") from error
    if len(entries) != (data.count(b"\n") if count is None else count):
        raise MalformedError(path, "not entries: a line is empty, or holds several")
    return entries


def check(path: str, text: bytes) -> Entry:
    """Read one line, and check that its id is the hash of its body and that the body is canonical.

    Raises:
        MalformedError: It was changed, or never was an entry; it says how.
    """
    entry = decode(path, text)
    data = body_of(text, entry.signature)
    if not text.startswith(b'{"id":"%b",' % entry.id.encode()) or canonical.digest(data) != entry.id:
        raise MalformedError(path, f"entry {entry.id[:16]} was changed: its id is not the hash of its content")
    try:
        is_canonical = canonical.encode(canonical.decode(data)) == data
    except Exception as error:
        raise MalformedError(path, f"entry {entry.id[:16]} is not canonical JSON: {error}") from error
    if not is_canonical:
        raise MalformedError(path, f"entry {entry.id[:16]} is not canonical JSON")
    return entry


def are_entries(path: str, lines: bytes) -> bool:
    """Tell whether each of some whole lines is an entry that nobody changed."""
    try:
        for line in lines.splitlines():
            check(path, line)
    except MalformedError:
        return False
    return True


def content_of(entry: Entry) -> Content:
    """Give what the caller once said of an entry: equal for two entries if they say the same.

    That of an erasable entry holds its payload, as it was given; without it, it is equal to no other.
    """
    payload = {"erased": entry.erasable} if entry.payload is ERASED else entry.payload
    tail: dict[str, Any] = {"kind": entry.kind, "payload": payload}
    tail |= {name: item for name in ("key", "prev", "stream") if (item := getattr(entry, name))}
    return Content(head(entry.actor, entry.attributes), canonical.encode(tail)[1:-1])


_FINGERPRINT = (1 << 31) - 1


def fingerprint_of_id(entry_id: str) -> int:
    """Give the number of 31 bits under which an index finds an entry by its id; one that is none is found under 0."""
    try:
        return (int(entry_id[:8], 16) >> 1) & _FINGERPRINT
    except ValueError:  # `verify` tells of it
        return 0


def fingerprint_of_key(key: str) -> int:
    """Give the number of 31 bits under which an index finds an entry by its key."""
    return crc32(key.encode()) >> 1


def fingerprint_of_content(content: Content) -> int:
    """Give the number of 31 bits under which an index finds an entry without a key by what it says."""
    return crc32(content.tail, crc32(content.head)) >> 1


def written_time(moment: datetime) -> bytes:
    """Write a moment as an entry tells it."""
    return format_time(moment).encode()
