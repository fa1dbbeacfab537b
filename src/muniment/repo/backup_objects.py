"""The objects and packs of one backup: copied where they are missing there, or are not what they are here.

Of what is there already, sizes are compared, and of packs the ends. All of it is hashed where the backup before did not
come to its end: a power cut may have left files that have a name and not their bytes.
"""

import os

from muniment.errors import CorruptionError, HashMismatchError, ObjectNotFoundError, UnsupportedFormatError
from muniment.files import disk
from muniment.files.layout import Layout, pack_name
from muniment.storage import checked
from muniment.storage.local import LocalStorage
from muniment.storage.pack_file import PackFile, check_bytes
from muniment.storage.pack_layout import HEADER, TRAILER
from muniment.storage.pack_writer import copy_pack
from muniment.storage.packs import Packs


class ObjectsCopy:
    """The objects of one backup under way, from `source` into `there`; `is_doubted` what an earlier one left."""

    def __init__(self, source: Layout, storage: LocalStorage, there: LocalStorage, *, is_doubted: bool) -> None:
        self._source = source
        self._here = storage.objects
        self._there = there.objects
        self._layout = there.layout
        self._is_doubted = is_doubted
        self._done: set[str] = set()
        self._listed: set[str] | None = None
        self.damaged: dict[str, None] = {}
        """The files that are not what their names say, here, or there where this store has nothing better."""
        self.written: list[str] = []
        """The files that are not durable yet."""
        self.objects = self.packs = 0

    def copy(self) -> None:
        """Copy what is missing; once more behind `list`, as beside writers an object may be half written."""
        for path in self._here.packs.files():
            if path not in self._done:
                self._copy_pack(path, self._layout.pack(pack_name(path)))
        for path in self._there.packs.files():
            if path not in self._done:
                self._check_own_pack(path)
        here = self._listed if self._listed is not None else set(self._here.loose.ids())
        there = set(self._there.loose.ids())
        for object_id in (here | there if self._is_doubted else here) - self._done:
            is_there = self._is_loose_there(object_id) if object_id in there else _has(self._there.packs, object_id)
            if is_there or self._is_copied(object_id):
                self._done.add(object_id)

    def list(self) -> None:
        """Take down which objects there are; needs the store's lock, under which all are whole."""
        self._listed = set(self._here.loose.ids())
        self.damaged.clear()

    def _copy_pack(self, path: str, target: str) -> None:
        is_there = os.path.exists(target)
        if not is_there or ((self._is_doubted or not _are_alike(path, target)) and not _is_whole_pack(target)):
            try:
                copy_pack(path, self._layout.packs, self._layout.temporary)
            except CorruptionError:
                self.damaged[path] = None
                return
            self.packs += 1
            if is_there:
                self._there.packs.close()  # what was read of the damaged one
        self._done |= {path, target}

    def _check_own_pack(self, path: str) -> None:
        """Look at a pack that only the backup has, because one of the two was packed since."""
        try:
            PackFile(path)
            if self._is_doubted:
                check_bytes(path)
        except (CorruptionError, UnsupportedFormatError):
            self.damaged[path] = None
        else:
            self._done.add(path)

    def _is_loose_there(self, object_id: str) -> bool:
        target = self._layout.object(object_id)
        if not self._is_doubted and _size(target) == _size(self._source.object(object_id)):
            return True
        try:
            checked.read(target, object_id)
        except HashMismatchError:
            return False
        return True

    def _is_copied(self, object_id: str) -> bool:
        """Copy an object, if this store has it whole."""
        try:
            data = self._here.find(object_id)
        except ObjectNotFoundError:
            self.damaged[self._layout.object(object_id)] = None
        except CorruptionError:
            self.damaged[self._source.object(object_id)] = None
        else:
            self._there.loose.rewrite(object_id, data)
            self.written.append(self._layout.object(object_id))
            self.objects += 1
            return True
        return False


def _has(packs: Packs, object_id: str) -> bool:
    try:
        return packs.get(object_id) is not None
    except (CorruptionError, UnsupportedFormatError):
        return False


def _size(path: str) -> int:
    return disk.stat(path).st_size


def _are_alike(path: str, target: str) -> bool:
    """Tell whether two packs of one name have one size, one beginning and one end."""
    size = _size(path)
    return size == _size(target) and all(
        disk.read_at(path, length, offset) == disk.read_at(target, length, offset)
        for length, offset in ((HEADER.size, 0), (TRAILER.size, max(size - TRAILER.size, 0)))
    )


def _is_whole_pack(path: str) -> bool:
    try:
        check_bytes(path)
    except CorruptionError:
        return False
    return True
