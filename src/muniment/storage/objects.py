"""All objects on the local disk: loose ones, packed ones, and those read lately."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from muniment.errors import (
    CorruptionError,
    HashMismatchError,
    NotFoundError,
    ObjectNotFoundError,
    UnsupportedFormatError,
)
from muniment.files import atomic, disk
from muniment.files.layout import Layout, pack_name
from muniment.storage.doomed import Doomed, encode
from muniment.storage.loose import LooseObjects
from muniment.storage.pack_file import PackFile
from muniment.storage.packs import Packs
from muniment.storage.recent import Recent
from muniment.values.ids import is_id

Explain: TypeAlias = Callable[[str], NotFoundError]

_REMEMBERED_BYTES = 32 << 20


class _Removal(NamedTuple):
    """What tells a removal from another: the size of what is still to be done, and the file's time and number."""

    size: int
    time_ns: int
    inode: int


class LocalObjects:
    """The `ObjectStore` that verbs use. It checks an object's bytes when it reads them from the disk, not again."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._recent: Recent[str, bytes] = Recent(_REMEMBERED_BYTES)
        self._removal = self._last_removal()
        self.explain: Explain = ObjectNotFoundError
        """Words why an object is not there; for the composition root to set, which can look its erasure up."""
        self.doomed = Doomed()
        """What is to go, and the system refuses to delete. It can be read, and does not count as stored: what it leads
        to may be gone. What is written anew is struck out first, or it would go once nobody refuses any more."""
        self._doomed_names: set[str] = set()
        self.loose = LooseObjects(layout)
        self.packs = Packs(layout.packs)

    def get(self, object_id: str) -> bytes:
        """Give an object's bytes, checked against its name."""
        data = self._recent.get(object_id)
        if data is None:
            data = self.read(object_id)
            self._recent.put(object_id, data, len(data))
        return data

    def read(self, object_id: str) -> bytes:
        """Read an object from the disk, whatever was read before."""
        try:
            return self.find(object_id)
        except ObjectNotFoundError as error:
            raise self.explain(object_id) from error

    def find(self, object_id: str) -> bytes:
        """Read an object as `read` does; the error tells no more than that it is not there."""
        if not is_id(object_id):  # from a malformed object: it must not become a path
            raise ObjectNotFoundError(object_id)
        data = self.packs.get_known(object_id)  # first: it costs less than to see that there is no file
        if data is not None:
            return data
        try:
            return self.loose.get(object_id)
        except (ObjectNotFoundError, HashMismatchError):  # a damaged one hides nothing that a pack holds
            data = self.packs.get(object_id)
            if data is None:
                raise
            return data

    def has(self, object_id: str) -> bool:
        """Tell whether an object can be read."""
        try:
            return self._recent.get(object_id) is not None or bool(self.find(object_id))
        except (ObjectNotFoundError, CorruptionError):
            return False

    def put(self, object_id: str, data: bytes) -> None:
        """Store an object loose, unsynced."""
        self._spare(object_id)
        self.loose.put(object_id, data)
        self._recent.put(object_id, data, len(data))

    def rewrite(self, object_id: str, data: bytes) -> None:
        """Store an object loose anew, whatever is there: what the kernel remembers need not be on the disk."""
        self._spare(object_id)
        self.loose.rewrite(object_id, data)
        self._recent.put(object_id, data, len(data))

    def put_pack(self, objects: Iterable[tuple[str, bytes]], *, sync: bool) -> str:
        """Store many objects in one file, durable on return where `sync`, and give its name."""
        from muniment.storage.pack_writer import write_pack

        name = write_pack(self._layout.packs, self._layout.temporary, objects, sync=sync)
        self._spare(name)
        return name

    def ids(self, prefix: str = "") -> Iterator[str]:
        """Give the ids that begin with `prefix`, each once; a pack that cannot be read hides none that lies elsewhere.

        Raises:
            CorruptionError, UnsupportedFormatError: None can be found, and a pack cannot be read that may hold some.
        """
        found = set(self.loose.ids(prefix))
        try:
            found |= self.packs.ids(prefix)
        except (CorruptionError, UnsupportedFormatError):
            if not found:
                raise
        yield from found

    def is_stored(self, object_id: str) -> bool:
        """Tell whether an object lies on the disk now, whatever was read before; a loose one is not read."""
        if self._doomed_names:
            return self._is_kept(object_id)
        try:
            return bool(disk.stat(self._layout.object(object_id)))
        except FileNotFoundError:
            return self.packs.has_now(object_id)

    def _is_kept(self, object_id: str) -> bool:
        """Tell whether an object lies elsewhere than in what is doomed."""
        if object_id not in self._doomed_names and os.path.lexists(self._layout.object(object_id)):
            return True
        kept = [path for path in self.packs.files() if pack_name(path) not in self._doomed_names]
        return any(PackFile(path).get(object_id) is not None for path in kept)

    def _spare(self, name: str) -> None:
        if name in self._doomed_names:
            self.doom(self.doomed.only(self._doomed_names - {name}))

    def doom(self, doomed: Doomed, *, is_written: bool = False) -> None:
        """Write down, durably, what is to go: in place of what was; needs the store's lock."""
        if not is_written:
            self.tell_of_removal(encode(doomed), sync=True)
        self.doomed, self._doomed_names = doomed, doomed.names()

    def tell_of_removal(self, what: bytes = b"", *, sync: bool = False) -> None:
        """Let every other program of this copy forget what it read, before it changes anything again.

        `what` is still to be removed, by whoever changes something next.
        """
        atomic.replace_file(self._layout.removal, what, self._layout.temporary, sync=sync)

    def heed_removals(self) -> bool:
        """Forget what was read, if another program has removed anything since: it must not come back from memory.

        Tells whether a removal was begun and not finished.
        """
        last = self._last_removal()
        if last != self._removal:
            self._removal = last
            self.forget()
        is_begun = last is not None and last.size > 0
        if not is_begun:
            self.doomed, self._doomed_names = Doomed(), set()
        return is_begun

    def _last_removal(self) -> _Removal | None:
        try:
            state = disk.stat(self._layout.removal)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return _Removal(state.st_size, state.st_mtime_ns, state.st_ino)

    def forget(self) -> None:
        """Forget what was read, and which packs there are."""
        self._recent.forget()
        self.packs.close()

    def close(self) -> None:
        """Close the packs."""
        self.packs.close()
