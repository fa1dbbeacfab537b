"""Look at every stored object once, as part of checking a store, in the order in which they lie.

So each byte is read and hashed once, and a block of a pack is unpacked once; what leads where is checked afterwards,
by what is known then.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from muniment.errors import CorruptionError, InvalidValueError, ObjectNotFoundError, UnsupportedFormatError
from muniment.repo.report import UPGRADE, Found
from muniment.storage.objects import LocalObjects
from muniment.storage.pack_file import PackFile, check_bytes
from muniment.values import canonical

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many objects were looked at, and how many there are."""

_STEP = 256


class StoredObjects:
    """The objects of a store: which there are and, once they were hashed, which are whole."""

    def __init__(self, objects: LocalObjects, found: Found) -> None:
        self._objects = objects
        self._found = found
        self.is_hashed = False
        self.loose = set(objects.loose.ids())
        self._packs = self._open_packs()
        self.packs = len(self._packs)
        self.whole: set[str] = set()
        self.damaged: set[str] = set()
        """Those that lie loose and are not what their names say."""
        self.not_canonical: dict[str, str] = {}
        """Those that are whole, and no canonical JSON: why."""

    def count(self) -> int:
        """Count the objects: of packs that were not read, those that their indexes tell of."""
        if self.is_hashed:
            return len(self.loose | self.whole)
        return len(self.loose) + sum(pack.index.count for pack in self._packs.values() if pack)

    def is_there(self, object_id: str) -> bool:
        """Tell whether an object seems to be there, by its name or the index of a pack; its bytes are not read."""
        if object_id in self.loose:
            return True
        key = int(object_id[:16], 16)
        with suppress(CorruptionError):
            return any(pack.index.numbers(key) for pack in self._packs.values() if pack)
        return False

    def check_indexes(self) -> None:
        """Look at the index of each pack, and at nothing else in it."""
        for path, pack in self._packs.items():
            if pack:
                try:
                    pack.index.check()
                except CorruptionError as error:
                    self._found("pack-damaged", path, error)

    def hash_all(self, progress: Progress | None) -> None:
        """Read and hash everything."""
        total, done = self.count(), 0
        tell = progress or _nobody
        for pack in self._packs.values():
            if pack:
                self._hash_pack(pack, tell, done, total)
                done += pack.index.count
        for object_id in self.loose:
            self._hash_loose(object_id)
            done += 1
            if not done % _STEP:
                tell(done, total)
        self.is_hashed = True
        tell(total, total)

    def _open_packs(self) -> dict[str, PackFile | None]:
        opened: dict[str, PackFile | None] = {}
        for path in self._objects.packs.files():
            try:
                opened[path] = PackFile(path)
            except FileNotFoundError:  # packed anew meanwhile: what it held is read where that lies now
                continue
            except CorruptionError as error:
                self._found("pack-damaged", path, error)
                opened[path] = None
            except UnsupportedFormatError as error:
                self._found("pack-damaged", path, error, UPGRADE)
                opened[path] = None
        return opened

    def _hash_pack(self, pack: PackFile, tell: Progress, before: int, total: int) -> None:
        try:
            check_bytes(pack.path)
            pack.index.check()
            for number, (object_id, data) in enumerate(pack.objects()):
                self._note_whole(object_id, data)
                if not number % _STEP:
                    tell(before + number, total)
        except FileNotFoundError:
            return
        except CorruptionError as error:
            self._found("pack-damaged", pack.path, error)

    def _hash_loose(self, object_id: str) -> None:
        try:
            self._note_whole(object_id, self._objects.loose.get(object_id))
        except CorruptionError:
            self.damaged.add(object_id)
        except (ObjectNotFoundError, OSError):  # packed meanwhile; or it is read again by who needs it, and told
            return

    def _note_whole(self, object_id: str, data: bytes) -> None:
        self.whole.add(object_id)
        if (fault := fault_of(data)) is not None:
            self.not_canonical[object_id] = fault


def fault_of(data: bytes) -> str | None:
    """Tell why bytes are no canonical JSON; None if they are."""
    if canonical.is_canonical(data):
        return None
    try:
        canonical.decode(data)
    except InvalidValueError as error:
        return str(error)
    return "it is not in canonical form"


def _nobody(_: int, __: int) -> None:
    """Tell nobody."""
