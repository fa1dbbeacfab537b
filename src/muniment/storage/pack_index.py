"""The index of one pack: where its blocks lie, and which object has which number.

It is columns of numbers, searched where they lie: in a part of the file that was read, or in a map of it.

Format: docs/format/packs.md, "Index".
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple

from muniment.errors import MalformedError
from muniment.storage.pack_layout import (
    BLOCK_BYTES,
    HEADER,
    KEY_BYTES,
    NO_BASE,
    OBJECT_BYTES,
    SHARED_BYTES,
    is_bounded,
)

MOST_KEY = (1 << 8 * KEY_BYTES) - 1


class BlockPlace(NamedTuple):
    """A block: where it lies, its size there and unpacked, its first object, how many it has, and its base, if any."""

    offset: int
    packed_bytes: int
    unpacked_bytes: int
    first: int
    objects: int
    base: int | None


class PackIndex:
    """The index of the pack at `path`, in `data`, which is not copied; the blocks end at `blocks_end`.

    A number that leads nowhere is found when it is needed.
    """

    __slots__ = ("_bases", "_end", "_firsts", "_keys", "_numbers", "_offsets", "_path", "_sizes", "blocks", "count")

    def __init__(self, path: str, data: memoryview, blocks_end: int, blocks: int, count: int) -> None:
        self._path, self._end = path, blocks_end
        self.blocks, self.count = blocks, count
        columns = iter(
            _columns(data, [("Q", blocks), ("Q", blocks), ("I", blocks), ("I", blocks), ("Q", count), ("I", count)])
        )
        self._offsets, self._sizes, self._firsts, self._bases, self._keys, self._numbers = columns

    def numbers(self, key: int) -> list[int]:
        """Give the numbers of the objects with a key: one, but for the rarest chance."""
        position = bisect_left(self._keys, key)
        found = []
        while position < self.count and self._keys[position] == key:
            found.append(self._number(position))
            position += 1
        return found

    def between(self, first: int, last: int) -> list[tuple[int, int]]:
        """Give the keys from `first` to `last`, that included, ascending, with the numbers of their objects."""
        positions = range(bisect_left(self._keys, first), bisect_right(self._keys, last))
        return [(self._keys[position], self._number(position)) for position in positions]

    def keys(self) -> list[int]:
        """Give the key of each object, by number."""
        found = [0] * self.count
        for key, number in self.between(0, MOST_KEY):
            found[number] = key
        return found

    def known_keys(self) -> set[int]:
        """Give the keys, wherever they lead: also of an index that is damaged."""
        return set(self._keys)

    def block_of(self, number: int) -> int:
        """Give the number of the block in which an object lies."""
        return max(0, bisect_right(self._firsts, number) - 1)

    def place(self, block: int) -> BlockPlace:
        """Tell where a block lies.

        Raises:
            MalformedError: The index is damaged.
        """
        is_last = block + 1 == self.blocks
        offset, first, base = self._offsets[block], self._firsts[block], self._bases[block]
        end = self._end if is_last else self._offsets[block + 1]
        count = (self.count if is_last else self._firsts[block + 1]) - first
        unpacked = self._sizes[block]
        is_whole = HEADER.size <= offset <= end <= self._end and count > 0 and is_bounded(end - offset, unpacked)
        is_small = count == 1 or unpacked <= SHARED_BYTES
        if not is_whole or not is_small or (base != NO_BASE and (base >= block or self._bases[base] != NO_BASE)):
            raise MalformedError(self._path, f"block {block} of the index is not where it can be")
        return BlockPlace(offset, end - offset, unpacked, first, count, None if base == NO_BASE else base)

    def check(self) -> None:
        """Look at the whole index.

        Raises:
            MalformedError: Whoever wrote it broke the format.
        """
        places = [self.place(block) for block in range(self.blocks)]
        if places and (places[0].offset, places[0].first) != (HEADER.size, 0):
            raise MalformedError(self._path, "its first block is not at the beginning")
        if not places and (self._end, self.count) != (HEADER.size, 0):
            raise MalformedError(self._path, "it has no blocks, and something in their place")
        keys = list(self._keys)
        if keys != sorted(keys):
            raise MalformedError(self._path, "its keys are out of order")
        if sorted(self._numbers) != list(range(self.count)):
            raise MalformedError(self._path, "its keys do not lead to each object once")

    def _number(self, position: int) -> int:
        number = self._numbers[position]
        if number >= self.count:
            raise MalformedError(self._path, f"place {position} of the index leads to no object")
        return number


def size_of(blocks: int, count: int) -> int:
    """Give how many bytes the index of so many blocks and objects has."""
    return blocks * BLOCK_BYTES + count * OBJECT_BYTES


def _columns(data: memoryview, shapes: Sequence[tuple[Literal["I", "Q"], int]]) -> list[Sequence[int]]:
    found: list[Sequence[int]] = []
    start = 0
    for code, count in shapes:
        end = start + count * array(code).itemsize
        found.append(_column(data[start:end], code))
        start = end
    return found


def _column(data: memoryview, code: Literal["I", "Q"]) -> Sequence[int]:
    if sys.byteorder == "little":
        return data.cast(code)
    swapped = array(code, data.tobytes())
    swapped.byteswap()
    return swapped


def column_bytes(code: Literal["I", "Q"], numbers: Sequence[int]) -> bytes:
    """Write a column."""
    column = array(code, numbers)
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()
