"""What lies in a store: every object, where it is, how large that is and how old."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from muniment.files import disk
from muniment.storage.local import LocalStorage
from muniment.storage.pack_file import PackFile


class File(NamedTuple):
    """The size of a file, and when it was written, in nanoseconds since 1970."""

    size_bytes: int
    time_ns: int


class Packed(NamedTuple):
    """A pack, its file, and the ids of its objects."""

    pack: PackFile
    file: File
    ids: frozenset[str]


class Stock(NamedTuple):
    """The objects of a store, loose ones by their ids, and in packs; an object may lie in several places."""

    loose: dict[str, File]
    packs: list[Packed]

    def ids(self) -> set[str]:
        """Give all ids."""
        return set(self.loose).union(*(one.ids for one in self.packs))

    def size_bytes(self) -> int:
        """Tell how large all of it is."""
        return sum(one.size_bytes for one in self.loose.values()) + sum(one.file.size_bytes for one in self.packs)

    def younger(self, time_ns: int) -> set[str]:
        """Give the ids of what was written since a moment, in one place at least."""
        young = {object_id for object_id, file in self.loose.items() if file.time_ns >= time_ns}
        return young.union(*(one.ids for one in self.packs if one.file.time_ns >= time_ns))


def take(storage: LocalStorage) -> Stock:
    """List what lies there; reads every pack.

    Raises:
        CorruptionError, UnsupportedFormatError: A pack cannot be read.
    """
    loose = dict(_loose(storage))
    packs = [Packed(one, _file(one.path), frozenset(one.ids())) for one in storage.objects.packs.opened()]
    return Stock(loose, packs)


def _loose(storage: LocalStorage) -> Iterator[tuple[str, File]]:
    for object_id in storage.objects.loose.ids():
        with suppress(FileNotFoundError):  # the host's git took it away
            yield object_id, _file(storage.layout.object(object_id))


def _file(path: str) -> File:
    state = disk.stat(path)
    return File(state.st_size, state.st_mtime_ns)
