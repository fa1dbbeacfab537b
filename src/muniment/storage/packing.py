"""Gather loose objects, and small packs, into one pack.

Packs are kept in a geometric progression: a pack is taken into the new one if it has less than twice as many objects as
all that is taken so far. So there are few packs, each at least twice as large as all smaller ones together, and an
object is written anew O(log n) times.

Nothing is deleted before what takes its place is durable and was read again. Readers and writers may go on meanwhile,
but not whoever removes objects, nor another that packs: see `storage.packer`.

Format: docs/format/packs.md, "Writing".
"""

import os
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress

import msgspec

from muniment.errors import CorruptionError, ObjectNotFoundError
from muniment.files import atomic, disk
from muniment.files.layout import OBJECT_SUFFIX, Layout
from muniment.storage.objects import LocalObjects
from muniment.storage.pack_file import PackFile, check_pack
from muniment.storage.pack_order import PackOrder
from muniment.storage.pack_writer import QUICK, SMALL, pack_pieces, write_pack

GROWTH = 2
_KEPT_BYTES = 16 << 20


class PackReport(msgspec.Struct, frozen=True):
    """What was packed: how many objects lay loose, how many packs were taken in, and bytes before and after."""

    loose: int = 0
    packs: int = 0
    objects: int = 0
    before_bytes: int = 0
    after_bytes: int = 0


def rewrite(layout: Layout, objects: LocalObjects, packs: Iterable[PackFile], wanted: Container[str]) -> str:
    """Write some objects of packs into a new one, durably, and give its name; needs to be alone.

    Raises:
        CorruptionError: One of the packs is damaged, or the new one was written wrongly.
    """
    source = _Source(objects)
    given = list(packs)
    return _written(layout, source, _order(source, given, wanted), given)


def put_aside(layout: Layout, objects: LocalObjects, loose: Iterable[str]) -> tuple[str, set[str]]:
    """Move loose objects into a pack of their own, quickly; needs to be alone, and one at least that is whole.

    Gives the pack's name, and the objects that it has: not those of which a stopped program left half.

    Raises:
        CorruptionError: The pack was written wrongly; nothing was deleted.
    """
    source = _Source(objects)
    name = write_pack(layout.packs, layout.temporary, source.each(loose, []), level=QUICK)
    _check(layout, name)
    _delete([layout.object(one) for one in source.loose])
    return name, set(source.loose)


def rewritten_bytes(objects: LocalObjects, packs: Iterable[PackFile], wanted: Container[str]) -> int:
    """Tell how large the pack would be that `rewrite` makes; touches nothing."""
    source = _Source(objects)
    order = _order(source, packs, wanted)
    return sum(map(len, pack_pieces(source.in_order(order), order.alike, SMALL)))


def _order(source: "_Source", packs: Iterable[PackFile], wanted: Container[str]) -> PackOrder:
    return PackOrder((one for one in source.each([], packs) if one[0] in wanted), source.read)


def pack(layout: Layout, objects: LocalObjects, *, everything: bool = False) -> PackReport:
    """Gather what should be gathered, or `everything`; needs to be alone. Packs of a newer program stay as they are.

    Raises:
        CorruptionError: A pack that was to be taken in is damaged; nothing was deleted.
        OSError: The disk refused; nothing was deleted that is not packed.
    """
    atomic.sweep(layout.packs)
    loose_ids = list(objects.loose.ids())
    known = objects.packs.opened(newer=False)
    taken = known if everything else _taken(known, len(loose_ids))
    source = _Source(objects)
    order = PackOrder(source.each(loose_ids, taken), source.read)
    if not order.count:
        return PackReport()
    path = layout.pack(_written(layout, source, order, taken))
    objects.packs.refresh()
    before_bytes = source.loose_bytes + sum(disk.stat(one.path).st_size for one in taken)
    _delete([one.path for one in taken if one.path != path])
    _delete([layout.object(object_id) for object_id in source.loose])
    return PackReport(len(source.loose), len(taken), order.count, before_bytes, disk.stat(path).st_size)


def _written(layout: Layout, source: "_Source", order: PackOrder, packs: Iterable[PackFile]) -> str:
    """Write the pack that takes the place of others, and read it again."""
    name = write_pack(layout.packs, layout.temporary, source.in_order(order), alike=order.alike, level=SMALL)
    _check(layout, name, packs)
    return name


def _check(layout: Layout, name: str, replaced: Iterable[PackFile] = ()) -> None:
    """Read a pack that was just written; a damaged one goes, unless it stands for one that it replaces."""
    path = layout.pack(name)
    if (fault := check_pack(path)) is not None:
        if all(one.path != path for one in replaced):
            atomic.discard(path)
        raise fault


class _Source:
    """The objects that are read to be packed; some are kept from one reading to the next."""

    def __init__(self, objects: LocalObjects) -> None:
        self._objects = objects
        self._kept: dict[str, bytes] = {}
        self._kept_bytes = 0
        self.loose: list[str] = []
        """The loose objects that are whole; one that is being written, or was left half written, stays."""
        self.loose_bytes = 0

    def each(self, loose_ids: Iterable[str], packs: Iterable[PackFile]) -> Iterator[tuple[str, bytes]]:
        """Give each object once: the loose ones, and those of packs."""
        for object_id in loose_ids:
            with suppress(CorruptionError, ObjectNotFoundError):
                data = self._objects.loose.get(object_id)
                self._keep(object_id, data)
                self.loose.append(object_id)
                self.loose_bytes += len(data)
                yield object_id, data
        given = set(self.loose)
        for one in packs:
            for object_id, data in one.objects():
                if object_id not in given:
                    given.add(object_id)
                    yield object_id, data

    def in_order(self, order: PackOrder) -> Iterator[tuple[str, bytes]]:
        """Give objects in the order in which they shall lie."""
        return ((one, self.read(one)) for one in order.ids())

    def read(self, object_id: str) -> bytes:
        """Give an object."""
        data = self._kept.get(object_id)
        if data is None:
            data = self._objects.find(object_id)
            self._keep(object_id, data)
        return data

    def _keep(self, object_id: str, data: bytes) -> None:
        if self._kept_bytes + len(data) <= _KEPT_BYTES:
            self._kept[object_id] = data
            self._kept_bytes += len(data)


def _taken(packs: Sequence[PackFile], loose: int) -> list[PackFile]:
    """Give the packs to be taken in with so many loose objects."""
    ascending = sorted(packs, key=lambda one: one.index.count)
    smaller, take = loose, 0
    for place, one in enumerate(ascending, 1):
        if one.index.count < GROWTH * smaller:
            take = place
        smaller += one.index.count
    return ascending[:take]


def _delete(paths: Sequence[str]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            disk.unlink(path)
    for shard in {os.path.dirname(path) for path in paths if path.endswith(OBJECT_SUFFIX)}:
        with suppress(OSError):  # not empty
            disk.rmdir(shard)
