"""Put back objects and packs that are damaged or missing, as part of a repair."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain

from muniment.errors import (
    BlobErasedError,
    CorruptionError,
    HashMismatchError,
    NotFoundError,
    ObjectNotFoundError,
    UnsupportedFormatError,
)
from muniment.files import atomic, disk
from muniment.files.layout import PACK_SUFFIX, pack_name
from muniment.repo.mending import Mending
from muniment.storage import written
from muniment.storage.copies import FolderCopy
from muniment.storage.pack_file import check_bytes
from muniment.storage.pack_writer import copy_pack, write_pack
from muniment.values import canonical


class ObjectMending:
    """The objects and packs of one repair."""

    def __init__(self, mending: Mending) -> None:
        self._mending = mending
        self._layout = mending.layout
        self._objects = mending.parts.storage.objects
        self._written: list[str] = []

    def read(self, object_id: str) -> bytes | None:
        """Give an object, put back if it has to be; None where nobody has it, or where it was erased."""
        try:
            return self._objects.read(object_id)
        except BlobErasedError:
            return None
        except (CorruptionError, NotFoundError, UnsupportedFormatError, OSError):
            return self.restore(object_id)

    def restore(self, object_id: str) -> bytes | None:
        """Put back an object that cannot be read, and give it; None where nobody has it."""
        path = self._layout.object(object_id)
        data = self._packed(object_id)
        if data is not None:
            if not os.path.lexists(path):
                return data
            self._mending.lost.move(path)
            self._mending.note("object-restored", path, "its own file was damaged; a pack has it whole")
            return data
        data = self._elsewhere(object_id)
        if data is None:
            return None
        was_there = os.path.lexists(path)
        if was_there:
            self._mending.lost.move(path)
        self._objects.rewrite(object_id, data)
        self._written.append(path)
        self._mending.note("object-restored", path, f"it was {'damaged' if was_there else 'missing'}; a copy has it")
        return data

    def set_aside_what_packs_have(self) -> None:
        """Take away the loose files that are damaged, of objects that are read from a pack."""
        for object_id in list(self._objects.loose.ids()):
            try:
                self._objects.loose.get(object_id)
            except (HashMismatchError, OSError):
                if self._packed(object_id) is not None:
                    self.restore(object_id)
            except ObjectNotFoundError:  # packed meanwhile
                continue

    def _packed(self, object_id: str) -> bytes | None:
        with suppress(CorruptionError, UnsupportedFormatError, OSError):
            return self._objects.packs.get(object_id)
        return None

    def _elsewhere(self, object_id: str) -> bytes | None:
        for copy in self._mending.copies:
            with suppress(OSError):
                for data in copy.objects(object_id):
                    if canonical.digest(data) == object_id:
                        return data
        return None

    def make_durable(self) -> None:
        """Make durable what was put back so far: before anything is built on it."""
        written.make_durable(self._written, self._layout.root)
        self._written.clear()

    def mend_packs(self) -> None:
        """Put back each damaged pack; where no copy has it, keep what is whole in it, in another."""
        for path in list(self._objects.packs.files()):
            fault = self._objects.packs.check(path)
            if isinstance(fault, CorruptionError) and not self._put_back(path):
                self._salvage(path)
        self._objects.forget()

    def _put_back(self, path: str) -> bool:
        write = self._copied(path) or self._written_back(path)
        if write is None:
            return False
        self._mending.lost.move(path)
        write()
        self._mending.note("pack-restored", path, "it was damaged; a copy has it")
        return True

    def _copied(self, path: str) -> Callable[[], None] | None:
        """Find a whole file of that name in a folder; gives what copies it, piece by piece, however large it is."""
        for copy in self._mending.copies:
            if isinstance(copy, FolderCopy):
                source = f"{copy.layout.control}/{self._layout.inside(path)}"
                with suppress(OSError, CorruptionError):
                    check_bytes(source)
                    return partial(copy_pack, source, self._layout.packs, self._layout.temporary)
        return None

    def _written_back(self, path: str) -> Callable[[], None] | None:
        """Find its bytes in the host repository; gives what writes them."""
        name = pack_name(path)
        for data in self._mending.versions(path):
            if canonical.digest(data) == name:
                return partial(atomic.replace_file, path, data, self._layout.temporary)
        return None

    def _salvage(self, path: str) -> None:
        from muniment.storage.pack_salvage import whole_objects

        self._mending.lost.keep(path)
        whole, name = whole_objects(path), ""
        detail = "nothing in it can be read"
        if (first := next(whole, None)) is not None:
            saved = 0

            def counted() -> Iterator[tuple[str, bytes]]:
                nonlocal saved
                for one in chain([first], whole):
                    saved += 1
                    yield one

            name = write_pack(self._layout.packs, self._layout.temporary, counted())
            detail = f"{saved} objects in it are whole, and lie in {name}{PACK_SUFFIX} now"
        if path != self._layout.pack(name):  # else what is whole is all that it ever held, and took its place
            disk.unlink(path)
            disk.sync_folder(self._layout.packs)
        self._mending.note("pack-salvaged", path, f"it was damaged; {detail}")
