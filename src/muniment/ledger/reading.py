"""Read many segments as one ledger, in causal order.

Each segment is in that order itself, so what comes next is the earliest of their next entries; and as long as it is
the same segment's turn, its entries are handed on many at a time.

Format: docs/format/ledgers.md, "Order".
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from heapq import heapify, heappop, heapreplace
from operator import attrgetter
from typing import NamedTuple, TypeAlias

import msgspec

from muniment.ledger.copy import Copy
from muniment.values import entry_line
from muniment.values.cursor import Reach
from muniment.values.entry import Entry

PART_BYTES = 1 << 17

Span: TypeAlias = tuple[Reach, Reach]
"""A part of a segment, from where to where."""

Key: TypeAlias = tuple[int, str]

_key = attrgetter("clock", "id")
_clock = attrgetter("clock")


class Part(NamedTuple):
    """Some entries that follow each other in a segment and in the ledger, and what they were decoded from."""

    segment: str
    begins: Reach
    data: bytes
    entries: list[Entry]

    def reached(self, taken: int) -> Reach:
        """Give how far in the segment somebody is who has taken so many of the entries."""
        if taken == len(self.entries):
            return self.begins + Reach(taken, len(self.data))
        return next(self.places([taken]))

    def places(self, positions: Iterable[int]) -> Iterator[Reach]:
        """Give where some entries of it begin, by their numbers from 0, ascending."""
        count, size = 0, 0
        for position in positions:
            while count < position:
                size = self.data.index(b"\n", size) + 1
                count += 1
            yield self.begins + Reach(count, size)

    def cut(self, count: int) -> tuple["Part", "Part"]:
        """Give the first entries, so many of them, and the others."""
        middle = self.reached(count)
        size = middle.size_bytes - self.begins.size_bytes
        first = Part(self.segment, self.begins, self.data[:size], self.entries[:count])
        return first, Part(self.segment, middle, self.data[size:], self.entries[count:])


def parts(copy: Copy, spans: Mapping[str, Sequence[Span]], ends: MutableMapping[str, Reach]) -> Iterator[Part]:
    """Give the entries of some spans of each segment in causal order, with their offsets.

    A segment that the host's git takes away meanwhile ends where it was read to, and has no end in `ends` any more.

    Raises:
        MalformedError: A line is no entry: `verify` tells which.
    """
    turns = [_Turn(copy, segment, parts, ends) for segment, parts in spans.items()]
    heap = [(key, number, turn) for number, turn in enumerate(turns) if (key := turn.first_key()) is not None]
    heapify(heap)
    while heap:
        _, number, turn = heap[0]
        if len(heap) == 1:
            yield from turn.rest()
            return
        limit = min(heap[1:3])[0]
        yield from turn.up_to(limit)
        if (key := turn.first_key()) is not None:
            heapreplace(heap, (key, number, turn))
        else:
            heappop(heap)


class _Turn:
    """One segment, read from its first span on."""

    def __init__(self, copy: Copy, segment: str, spans: Sequence[Span], ends: MutableMapping[str, Reach]) -> None:
        self._copy = copy
        self._segment = segment
        self._ends = ends
        self._spans = [span for span in spans if span[0].entries < span[1].entries][::-1]
        self._part: Part | None = None

    def first_key(self) -> Key | None:
        """Give the place in the causal order of the next entry; None where there is none."""
        if self._part is not None:
            return _key(self._part.entries[0])
        if not self._spans:
            return None
        entry = self._copy.entry_at(self._segment, self._spans[-1][0].size_bytes)
        if entry is None:
            self._give_up()
            return None
        return _key(entry)

    def _give_up(self) -> None:
        self._spans.clear()
        self._ends.pop(self._segment, None)

    def rest(self) -> Iterator[Part]:
        """Read everything that is left."""
        while (part := self._next()) is not None:
            yield part

    def up_to(self, limit: Key) -> Iterator[Part]:
        """Read what comes before a place in the causal order, in this part of the segment."""
        part = self._next()
        if part is None:
            return
        if _key(part.entries[-1]) > limit:
            count = bisect_left(part.entries, limit[0], key=_clock)
            while count < len(part.entries) and _key(part.entries[count]) < limit:
                count += 1
            part, self._part = part.cut(max(count, 1))
        yield part

    def _next(self) -> Part | None:
        if self._part is not None:
            part, self._part = self._part, None
            return part
        if not self._spans:
            return None
        begins, end = self._spans.pop()
        data = self._whole_lines(begins.size_bytes, end.size_bytes)
        if not data:
            self._give_up()
            return None
        entries = entry_line.decode_lines(self._copy.layout.segment(self._segment), data)
        part = Part(self._segment, begins, data, entries)
        self._number(part)
        reached = part.reached(len(entries))
        if reached.size_bytes < end.size_bytes:
            self._spans.append((reached, end))
        return part

    def _whole_lines(self, start: int, end: int) -> bytes:
        """Read some lines from a position on, one at least, however long; none where they are not there any more."""
        size = PART_BYTES
        while True:
            data = self._copy.read(self._segment, start, min(end, start + size))
            whole = data.rfind(b"\n") + 1
            if whole or len(data) < size:
                return data[:whole]
            size *= 8

    def _number(self, part: Part) -> None:
        index, position = part.begins.entries, 0
        setter = msgspec.structs.force_setattr
        while position < len(part.entries):
            offset, count = self._copy.arrivals.run_of(self._segment, index + position)
            stop = min(position + count, len(part.entries))
            for number, entry in enumerate(part.entries[position:stop], offset):
                setter(entry, "offset", number)
            position = stop
