"""Append entries: each said once, all of a batch or none.

Format: docs/format/ledgers.md, "Appending".
"""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from muniment.errors import (
    ClockError,
    DanglingReferenceError,
    InvalidValueError,
    KeyReusedError,
    MalformedError,
    MunimentError,
)
from muniment.ledger import drafting, indexing, places
from muniment.ledger.drafting import AT_A_TIME, Draft
from muniment.ledger.index_database import asking_again
from muniment.ledger.own_segment import LARGEST_BYTES
from muniment.ledger.parts import LedgerParts
from muniment.ledger.reading import Part
from muniment.values import canonical, entry_line
from muniment.values.cursor import NOTHING, Reach
from muniment.values.entry import ERASED, MAX_CLOCK, Entry
from muniment.values.entry_line import Content


@asking_again
def append(
    parts: LedgerParts, given: Sequence[Mapping[str, Any]], *, erasable: bool = False, plain: bool = False
) -> list[Entry]:
    """Append what was not said before, and give the entry of each: the one that is there, or the new one.

    What is `plain` has a payload that is as it shall be kept, whatever the program's schemas say.

    Raises:
        InvalidNameError, InvalidValueError: One cannot be an entry; it says why.
        KeyReusedError: A key names an entry already that says something else.
        DanglingReferenceError: One is to follow on an entry that is not here.
        BadSignatureError: The ledger requires signatures, and nobody signs, or somebody who may not.
        LockTimeoutError: Another program appends for too long: retry.
    """
    codec = None if plain else parts.settings.codec
    drafts = drafting.drafts(given, parts.settings.author, codec)
    if not drafts:
        return []
    with parts.writing():
        indexing.catch_up(parts)
        once = _each_once(parts, drafts)
        entries = _already_said(parts, once)
        fresh = [draft for draft in once if draft.said not in entries] if entries else once
        new = _appended(parts, fresh, erasable=erasable) if fresh else []
        if len(new) == len(drafts):
            return new if plain else parts.shown(new)
        entries.update((draft.said, entry) for draft, entry in zip(fresh, new, strict=True))
        if not plain:
            parts.shown(list(entries.values()))
        return [entries[draft.said] for draft in drafts]


def _each_once(parts: LedgerParts, drafts: list[Draft]) -> list[Draft]:
    """Give the drafts without those that say what an earlier one does."""
    if len(drafts) == 1 or len({draft.said for draft in drafts}) == len(drafts):
        return drafts
    once: dict[str | Content, Draft] = {}
    for draft in drafts:
        first = once.setdefault(draft.said, draft)
        if first is not draft and first.content != draft.content:
            raise KeyReusedError(parts.layout.name, str(draft.said), "another of the batch")
    return list(once.values())


def _already_said(parts: LedgerParts, drafts: Sequence[Draft]) -> dict[str | Content, Entry]:
    """Find the entries that say what drafts want to say."""
    numbers = [draft.number for draft in drafts]
    if len(numbers) == 1:  # the usual case, for which the index has a quicker way
        offsets = {number: parts.index.find(number) for number in numbers}
    else:
        offsets = parts.index.find_many(numbers)
    if not offsets:
        return {}
    found: dict[str | Content, Entry] = {}
    for draft in drafts:
        entries = [places.entry_at(parts, offset) for offset in offsets.get(draft.number, ())]
        if (same := _same(parts, draft, [entry for entry in entries if entry is not None])) is not None:
            found[draft.said] = same
    return found


def _same(parts: LedgerParts, draft: Draft, entries: Sequence[Entry]) -> Entry | None:
    """Find the entry that a draft would become among some; if its key names only others, it is refused."""
    named = [entry for entry in entries if entry.key == draft.key]
    for entry in named:
        if entry_line.content_of(_upgraded(parts, entry)) == draft.content or (
            draft.key is not None and entry.payload is ERASED
        ):
            return entry
    if draft.key is None or not named:
        return None
    raise KeyReusedError(parts.layout.name, draft.key, named[0].id)


def _upgraded(parts: LedgerParts, entry: Entry) -> Entry:
    """Give an entry as it would be appended now: what a step has changed since is no difference."""
    codec = parts.settings.codec
    if codec is None or entry.payload is ERASED:
        return entry
    try:
        payload = codec.encode(entry.kind, codec.decode(entry.kind, entry.payload))
    except MunimentError:  # it fits no schema of this program: then it is what it is
        return entry
    return msgspec.structs.replace(entry, payload=payload)


def _appended(parts: LedgerParts, drafts: Sequence[Draft], *, erasable: bool) -> list[Entry]:
    for entry_id in dict.fromkeys(one for draft in drafts for one in draft.prev):
        if places.find(parts, entry_id) is None:
            raise DanglingReferenceError(parts.layout.name, entry_id)
    if parts.copy.clock + len(drafts) > MAX_CLOCK:
        raise ClockError(parts.layout.name, "", parts.copy.clock)
    sign = parts.settings.signing.signer()  # who refuses does so before anything is written
    contents = [_kept_apart(parts, draft) if erasable else draft.content for draft in drafts]
    try:
        segment = _segment(parts)
        reached = parts.copy.present.get(segment, NOTHING)
        lines = _lines(parts, drafts, contents, _last_id(parts, segment, reached), sign)
        part = Part(segment, reached, b"".join(lines), _decoded(parts.layout.segment(segment), lines))
        parts.own.append(part.data)
    except MunimentError:
        _drop_payloads(parts, contents if erasable else ())
        raise
    except BaseException:
        parts.look_next_time()
        raise
    _note(parts, part, [draft.number for draft in drafts])
    return [parts.payloads.filled(entry) for entry in part.entries] if erasable else part.entries


def _note(parts: LedgerParts, part: Part, numbers: Sequence[int]) -> None:
    """Take note of entries that were just appended; one who is interrupted here looks for them next time."""
    try:
        end = part.reached(len(part.entries))
        parts.copy.grown(part.segment, end, part.entries[-1].clock)
        first = parts.copy.arrivals.offset_of(part.segment, part.begins.entries)
        for offset, entry in enumerate(part.entries, first):
            msgspec.structs.force_setattr(entry, "offset", offset)
        parts.last_id = (part.segment, end, part.entries[-1].id)
        indexing.note_own(parts, part, numbers)
    except BaseException:
        parts.look_next_time()
        raise


def _drop_payloads(parts: LedgerParts, contents: Sequence[Content]) -> None:
    """Remove payloads whose entries were refused: nothing would ever name them."""
    for content in contents:
        parts.payloads.remove(msgspec.json.decode(b"{" + content.tail + b"}")["erasable"])


def _segment(parts: LedgerParts) -> str:
    """Give the segment to append to, begun if there is none that can be continued."""
    segment = parts.own.segment
    if segment is None or parts.own.size_bytes >= LARGEST_BYTES:
        before = segment
        segment = os.urandom(16).hex()
        parts.own.begin(segment)
        parts.copy.arrivals.begin(segment)
        parts.open_index()
        if before is not None:
            parts.last_id = (segment, NOTHING, _last_id(parts, before, parts.copy.present[before]))
    elif parts.copy.arrivals.open != segment:
        parts.copy.arrivals.begin(segment, parts.copy.present.get(segment, NOTHING))
    return segment


def _last_id(parts: LedgerParts, segment: str, reached: Reach) -> str | None:
    """Give the id of the entry that the next one of a segment stands behind."""
    noted = parts.last_id
    if noted[:2] == (segment, reached):
        return noted[2]
    if not reached.entries:
        return None
    return parts.copy.entry_before(segment, reached.size_bytes).id


def _kept_apart(parts: LedgerParts, draft: Draft) -> Content:
    """Give a content whose payload lies in a file of its own."""
    tail = msgspec.json.decode(b"{" + draft.content.tail + b"}", type=dict[str, Any])
    tail["erasable"] = parts.payloads.put(tail.pop("payload"))
    return Content(draft.content.head, canonical.encode(tail)[1:-1])


def _lines(
    parts: LedgerParts,
    drafts: Sequence[Draft],
    contents: Sequence[Content],
    above: str | None,
    sign: Callable[[bytes], str] | None,
) -> list[bytes]:
    now = entry_line.written_time(datetime.now(UTC))
    times = [now if draft.time is None else entry_line.written_time(draft.time) for draft in drafts]
    return entry_line.chain(contents, times, parts.copy.clock + 1, above, sign)


def _decoded(path: str, lines: Sequence[bytes]) -> list[Entry]:
    """Read entries as everybody will; what nobody could read again is refused before it is written."""
    entries: list[Entry] = []
    try:
        for start in range(0, len(lines), AT_A_TIME):
            some = lines[start : start + AT_A_TIME]
            entries += entry_line.decode_lines(path, b"".join(some), len(some))
    except MalformedError as error:
        raise InvalidValueError(f"an entry could not be read again: {error.reason}", pointer="") from error
    return entries
