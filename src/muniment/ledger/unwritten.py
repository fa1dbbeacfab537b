"""What an index of a ledger knows, and has not written down yet.

Format: docs/format/ledgers.md, "The index".
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from muniment.values import entry_line
from muniment.values.cursor import Reach
from muniment.values.entry import Entry

BLOCK = 128
"""How many offsets a block has."""

SORT = ("stream", "kind", "actor")
Sort: TypeAlias = tuple[str, str, str]
Range: TypeAlias = tuple[tuple[int, str], tuple[int, str], int]
"""The first and the last entry of a stream, kind and actor, by clock and id, and the offset of the last."""

_id = attrgetter("id")
_sort_of = attrgetter(*SORT)


class Unwritten:
    """Numbers of entries with their offsets, and of which blocks, streams, kinds and actors they are."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = fields
        self._offsets: dict[int, int] = {}
        self._twice: list[tuple[int, int]] = []
        """Numbers that mean several entries, with the offsets that are not in `_offsets`."""
        self.count = 0
        self.blocks: dict[int, tuple[str, int, int]] = {}
        self.marks: dict[tuple[str, str, int], None] = {}
        self.sorts: dict[Sort, Range] = {}

    def add(self, entries: Sequence[Entry], numbers: Iterable[int]) -> None:
        """Take note of entries by their offsets, which follow each other; `numbers` are those of keys or contents."""
        first, self.count = entries[0].offset, self.count + len(entries)
        if len(entries) == 1:  # the usual case, which need not pay for the others
            for number in (entry_line.fingerprint_of_id(entries[0].id), *numbers):
                self._add_pair(number, first)
            self._add_alike(entries[0], entries[0])
            return
        offsets = range(first, first + len(entries))
        self._add_pairs(list(map(entry_line.fingerprint_of_id, map(_id, entries))), offsets)
        self._add_pairs(list(numbers), offsets)
        for start in range(-(first % BLOCK), len(entries), BLOCK):
            for _, alike in groupby(entries[max(start, 0) : start + BLOCK], key=_sort_of):
                self._add_alike(*_ends(alike))

    def _add_pairs(self, numbers: list[int], offsets: range) -> None:
        known = self._offsets
        if len(set(numbers)) == len(numbers) and known.keys().isdisjoint(numbers):  # as nearly always
            known.update(zip(numbers, offsets, strict=True))
            return
        for number, offset in zip(numbers, offsets, strict=True):
            self._add_pair(number, offset)

    def _add_pair(self, number: int, offset: int) -> None:
        if number in self._offsets:
            self._twice.append((number, offset))
        else:
            self._offsets[number] = offset

    def _add_alike(self, first: Entry, last: Entry) -> None:
        """Take note of entries of one stream, kind and actor that follow each other in one block."""
        for field in self._fields:
            self.marks[field, getattr(first, field), first.offset // BLOCK] = None
        sort = (first.stream, first.kind, first.actor)
        begins, ends = (first.clock, first.id), (last.clock, last.id)
        seen = self.sorts.get(sort)
        if seen is None:
            self.sorts[sort] = (begins, ends, last.offset)
        else:
            self.sorts[sort] = (min(seen[0], begins), *max(seen[1:], (ends, last.offset)))

    def add_block(self, block: int, segment: str, begins: Reach) -> None:
        """Take note of where the first entry of a block begins."""
        self.blocks[block] = (segment, begins.entries, begins.size_bytes)

    def offsets_of(self, number: int) -> list[int]:
        """Give the offsets of entries that may be meant by a number."""
        if number not in self._offsets:
            return []
        return [self._offsets[number], *(offset for other, offset in self._twice if other == number)]

    def numbers(self) -> Collection[int]:
        """Give every number that means an entry."""
        return self._offsets.keys()

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Give all numbers with the offsets of what they mean."""
        yield from self._offsets.items()
        yield from self._twice


def _ends(entries: Iterator[Entry]) -> tuple[Entry, Entry]:
    """Give the first and the last of some entries, of which there is one at least."""
    first = last = next(entries)
    for last in entries:  # noqa: B007 - the last one is wanted
        pass
    return first, last
