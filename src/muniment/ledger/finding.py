"""Find entries: behind a cursor, by id and key, the latest, the heads."""

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, TypeAlias

from muniment.errors import (
    AmbiguousRevisionError,
    EntryNotFoundError,
    InvalidCursorError,
    InvalidValueError,
    StorageError,
)
from muniment.ledger import indexing, places, reading
from muniment.ledger.filters import EVERYTHING, Filters, can_be_kept
from muniment.ledger.index_database import asking_again
from muniment.ledger.parts import LedgerParts
from muniment.ledger.reading import Part, Span
from muniment.ledger.tail import Pick, Tail
from muniment.ledger.unwritten import BLOCK
from muniment.values import ids
from muniment.values.cursor import AFRESH, NOTHING, Cursor, Reach, furthest, nearest
from muniment.values.entry import Entry
from muniment.values.entry_line import fingerprint_of_key

After: TypeAlias = int | str | Cursor | Entry
"""From where to read: behind an offset, a cursor, or what a cursor was written as."""


_erasable = attrgetter("erasable")


@asking_again
def tail(parts: LedgerParts, after: Any, filters: Filters, *, archived: bool = False, plain: bool = False) -> Tail:
    """Give the entries behind `after` that are wanted, in causal order, as they are now.

    `plain` ones are as they stand there: not as the program's schemas want them, and without what is kept apart.
    """
    with parts.seeing():
        begins = starts(parts, after, archived=archived)
        ends = dict(parts.copy.present)
        spans = _spans(parts, begins, ends, filters)
        reached = {name: furthest(end, begins.get(name, NOTHING)) for name, end in ends.items()}
        return Tail(
            parts.layout.name, _read(parts, spans, reached), begins, reached, _pick(parts, filters, plain=plain)
        )


def _read(parts: LedgerParts, spans: Mapping[str, list[Span]], ends: dict[str, Reach]) -> Iterator[Part]:
    found = reading.parts(parts.copy, spans, ends)
    while True:
        try:
            with parts.shared_by_threads():
                part = next(found, None)
        except OSError as error:
            raise StorageError.of(error, "read", f"ledger {parts.layout.name}") from error
        if part is None:
            return
        yield part


def _pick(parts: LedgerParts, filters: Filters, *, plain: bool) -> Pick | None:
    wants_all = not filters.wanted

    def pick(part: Part) -> list[Entry]:
        entries = part.entries if wants_all else [entry for entry in part.entries if filters.fits(entry)]
        if not plain and any(map(_erasable, entries)):
            for entry in entries:
                parts.payloads.filled(entry)
        return entries if plain else parts.shown(entries)

    return pick


def starts(parts: LedgerParts, after: Any, *, archived: bool = True) -> dict[str, Reach]:
    """Give how much of each segment lies before a cursor, an offset or an entry; from 0 on, what is not `archived`."""
    if isinstance(after, Entry):
        after = after.offset
    if isinstance(after, str):
        after = Cursor.parse(parts.layout.name, after)
    if isinstance(after, Cursor):
        return dict(after.checked(parts.layout.name).reached)
    if isinstance(after, bool) or not isinstance(after, int) or after < 0:
        raise InvalidCursorError(parts.layout.name, "it is neither a cursor nor an offset", AFRESH)
    if after == 0:
        return {} if archived else parts.copy.archived()
    return _behind(parts, after)


def _behind(parts: LedgerParts, offset: int) -> dict[str, Reach]:
    """Give how much of each segment has offsets up to one."""
    indexing.catch_up(parts)
    starts: dict[str, Reach] = {}
    for run in parts.copy.arrivals.runs:
        if run.offset > offset:
            break
        if run.offset + run.entries - 1 <= offset:
            starts[run.segment] = run.end
        else:
            starts[run.segment] = places.place_of(parts, offset + 1) or run.end
    return starts


def _spans(
    parts: LedgerParts, starts: Mapping[str, Reach], ends: Mapping[str, Reach], filters: Filters
) -> dict[str, list[Span]]:
    whole = {name: [(starts.get(name, NOTHING), end)] for name, end in ends.items()}
    if not filters.wanted:
        return whole
    indexing.catch_up(parts)
    parts.write_index()
    blocks = parts.index.blocks_with(filters.wanted)
    if blocks is None:
        return whole
    spans: dict[str, list[Span]] = {}
    for first, last in _stretches(blocks):
        for name, span in _places(parts, first * BLOCK, last * BLOCK + BLOCK - 1):
            start, end = starts.get(name, NOTHING), ends.get(name, NOTHING)
            begins = furthest(span[0], start)
            stops = nearest(span[1], end)
            if begins.entries < stops.entries:
                spans.setdefault(name, []).append((begins, stops))
    return spans


def _stretches(blocks: list[int]) -> Iterator[tuple[int, int]]:
    """Give the first and the last of each series of blocks that follow each other."""
    first = last = -1
    for block in blocks:
        if block != last + 1 or first < 0:
            if first >= 0:
                yield first, last
            first = block
        last = block
    if first >= 0:
        yield first, last


def _places(parts: LedgerParts, first: int, last: int) -> Iterator[tuple[str, Span]]:
    """Give the parts of segments that hold the entries with offsets between two, as far as they are here."""
    offset = max(first, 1)
    while (run := parts.copy.arrivals.run_at(offset)) is not None and offset <= last:
        behind = run.offset + run.entries
        begins = places.place_of(parts, offset)
        stops = places.place_of(parts, last + 1) if last + 1 < behind else run.end
        if begins is not None:
            present = parts.copy.present[run.segment]
            yield run.segment, (begins, nearest(stops or present, present))
        offset = behind


def here(parts: LedgerParts) -> Cursor:
    """Give the cursor of somebody who was given everything."""
    with parts.seeing():
        return Cursor(parts.layout.name, dict(parts.copy.present))


def is_here(parts: LedgerParts, cursor: Cursor) -> bool:
    """Tell whether all is here that somebody with a cursor was given: the host's git may have taken some away."""
    with parts.seeing():
        present = parts.copy.present
        return all(reach.entries <= present.get(name, NOTHING).entries for name, reach in cursor.reached.items())


@asking_again
def by_id(parts: LedgerParts, entry_id: object, *, plain: bool = False) -> Entry | None:
    """Find an entry by its id; `plain`, as it is kept."""
    if not isinstance(entry_id, str) or not ids.is_id(entry_id):
        return None
    with parts.seeing():
        indexing.catch_up(parts)
        found = places.find(parts, entry_id)
        return parts.shown([found])[0] if found is not None and not plain else found


@asking_again
def whole_id(parts: LedgerParts, prefix: object) -> str:
    """Give the id of the one entry whose id begins so.

    Raises:
        EntryNotFoundError: None is here, or these are no hex digits, or fewer than 8.
        AmbiguousRevisionError: There are several.
    """
    if not isinstance(prefix, str) or not ids.is_prefix(prefix):
        raise EntryNotFoundError(parts.layout.name, str(prefix))
    with parts.seeing():
        indexing.catch_up(parts)
        found = sorted({entry.id for entry in places.beginning_with(parts, prefix)})
    if not found:
        raise EntryNotFoundError(parts.layout.name, prefix)
    if len(found) > 1:
        raise AmbiguousRevisionError(prefix, found)
    return found[0]


@asking_again
def by_key(parts: LedgerParts, key: str) -> Entry | None:
    """Find the first entry with a key."""
    found = with_key(parts, key)
    return parts.shown(found[:1])[0] if found else None


def with_key(parts: LedgerParts, key: str) -> list[Entry]:
    """Find the entries with a key, as they are kept, in causal order: several if copies used it apart."""
    if not isinstance(key, str):
        raise InvalidValueError("a key is text", pointer="")
    if not can_be_kept(key):
        return []
    with parts.seeing():
        indexing.catch_up(parts)
        entries = [places.entry_at(parts, offset) for offset in parts.index.find(fingerprint_of_key(key))]
        return sorted((entry for entry in entries if entry is not None and entry.key == key), key=_causal)


def _causal(entry: Entry) -> tuple[int, str]:
    return entry.clock, entry.id


@asking_again
def latest(parts: LedgerParts, filters: Filters) -> Entry | None:
    """Find the last entry in causal order that is wanted."""
    with parts.seeing():
        indexing.catch_up(parts)
        offset = parts.index.latest(filters.wanted)
        found = places.entry_at(parts, offset) if offset is not None else None
        if found is not None:
            return parts.shown([found])[0]
        if offset is None:
            return None
    return max(tail(parts, 0, filters, archived=True), key=_causal, default=None)  # the host's git took the last away


@asking_again
def streams(parts: LedgerParts) -> list[str]:
    """List the streams in order of their first entries."""
    with parts.seeing():
        if not parts.copy.is_any_away():
            indexing.catch_up(parts)
            return [stream for stream in parts.index.streams() if stream]
    entries = tail(parts, 0, EVERYTHING, archived=True, plain=True)
    return list(dict.fromkeys(entry.stream for entry in entries if entry.stream))


def heads(parts: LedgerParts) -> tuple[str, ...]:
    """Give the ids of the entries that no other follows on."""
    found: dict[str, None] = {}
    followed: set[str] = set()
    for entry in tail(parts, 0, EVERYTHING, archived=True, plain=True):
        found[entry.id] = None
        for before in entry.prev:
            if found.pop(before, 0) == 0:
                followed.add(before)
    return tuple(entry_id for entry_id in found if entry_id not in followed)


def count(parts: LedgerParts) -> int:
    """Count the entries."""
    with parts.seeing():
        return sum(reached.entries for reached in parts.copy.present.values())
