"""Lay objects out in blocks: those that are alike together, against the first block of their kind.

Objects come in the order in which they shall lie, which is the writer's to choose: the nearer alike objects are, the
smaller the pack. A *run* of objects that are alike, as the versions of one document, and do not fit one block, is laid
out in blocks of its own, which all but the first have that as their *base*. Others share blocks without a base. So
whoever reads an object unpacks two blocks at most, and one if the base is remembered.

Format: docs/format/packs.md, "Blocks". Why: docs/decisions/0017-packs-are-blocks-against-a-base.md.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from typing import NamedTuple

from muniment.storage import pack_block

BLOCK_BYTES = 24 << 10
"""A block takes no more objects when it would be larger: what a reader unpacks for one object."""
GROUP_BYTES = 256 << 10
"""After so many bytes a run gets another base: what is far from a base is hardly like it any more."""
_SMALLEST_BASE = 8


class PackedBlock(NamedTuple):
    """A block as it lies in the file, and what the index tells of it."""

    data: bytes
    unpacked_bytes: int
    first: int
    base: int | None


class Blocks:
    """One pack's blocks, compressed at `level`."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._made = self._packed = 0

    def packed(self, objects: Iterable[tuple[str, bytes]], alike: Callable[[str], str]) -> Iterator[PackedBlock]:
        """Give the blocks of objects, as soon as each is full; `alike` gives the same for the ids of alike objects."""
        shared: list[bytes] = []
        for _, run in groupby(objects, key=lambda one: alike(one[0])):
            blocks = _in_blocks(data for _, data in run)
            first, second = next(blocks), next(blocks, None)
            if shared and (second or not _fits(shared, first)):
                yield self._pack(shared)
                shared = []
            if second:
                yield from self._against_the_first(chain([first, second], blocks))
            else:
                shared += first
        if shared:
            yield self._pack(shared)

    def _against_the_first(self, blocks: Iterator[list[bytes]]) -> Iterator[PackedBlock]:
        base, base_data, group_bytes = 0, b"", GROUP_BYTES
        for objects in blocks:
            if group_bytes >= GROUP_BYTES or len(base_data) < _SMALLEST_BASE:
                base, base_data, group_bytes = self._made, pack_block.join(objects), 0
                yield self._pack(objects)
            else:
                yield self._pack(objects, base, base_data)
            group_bytes += sum(map(len, objects))

    def _pack(self, objects: list[bytes], base: int | None = None, base_data: bytes | None = None) -> PackedBlock:
        data = pack_block.join(objects)
        block = PackedBlock(pack_block.pack(data, base_data, self._level), len(data), self._packed, base)
        self._made += 1
        self._packed += len(objects)
        return block


def _in_blocks(objects: Iterator[bytes]) -> Iterator[list[bytes]]:
    waiting: list[bytes] = []
    for data in objects:
        if waiting and not _fits(waiting, [data]):
            yield waiting
            waiting = []
        waiting.append(data)
    yield waiting


def _fits(waiting: list[bytes], more: list[bytes]) -> bool:
    return sum(map(len, waiting)) + sum(map(len, more)) <= BLOCK_BYTES
