"""All objects on the local disk: loose ones, packed ones, and those read lately."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from muniment.errors import CorruptionError, NotFoundError, ObjectNotFoundError, UnsupportedFormatError
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.storage.loose import LooseObjects
from muniment.storage.packs import Packs, write_pack
from muniment.storage.recent import Recent
from muniment.values.ids import is_id

Explain: TypeAlias = Callable[[str], NotFoundError]

_REMEMBERED_BYTES = 32 << 20


class LocalObjects:
    """The `ObjectStore` that verbs use. It checks an object's bytes when it reads them from the disk, not again."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._recent: Recent[str, bytes] = Recent(_REMEMBERED_BYTES)
        self._erasure = self._last_erasure()
        self.explain: Explain = ObjectNotFoundError
        """Words why an object is not there; for the composition root to set, which can look its erasure up."""
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
        try:
            return self.loose.get(object_id)
        except ObjectNotFoundError:
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
        """Store an object loose, unsynced; not one in a pack: a file that a crash left empty would hide it."""
        if not self._is_packed(object_id):
            self.loose.put(object_id, data)
        self._recent.put(object_id, data, len(data))

    def _is_packed(self, object_id: str) -> bool:
        try:
            return self.packs.get(object_id) is not None
        except (CorruptionError, UnsupportedFormatError):
            return False

    def rewrite(self, object_id: str, data: bytes) -> None:
        """Store an object loose anew, whatever is there: what the kernel remembers need not be on the disk."""
        self.loose.rewrite(object_id, data)
        self._recent.put(object_id, data, len(data))

    def put_pack(self, objects: Iterable[tuple[str, bytes]], *, sync: bool) -> str:
        """Store many objects in one file, durable on return where `sync`, and give its name."""
        return write_pack(self._layout.packs, self._layout.temporary, objects, sync=sync)

    def ids(self, prefix: str = "") -> Iterator[str]:
        """Give the ids that begin with `prefix`, each once."""
        yield from {*self.loose.ids(prefix), *self.packs.ids(prefix)}

    def tell_of_erasure(self) -> None:
        """Let every other program of this copy forget what it read, before it changes anything again."""
        atomic.replace_file(self._layout.erasure, b"", self._layout.temporary, sync=False)

    def heed_erasures(self) -> None:
        """Forget what was read, if another program has erased anything since: it must not come back from memory."""
        last = self._last_erasure()
        if last != self._erasure:
            self._erasure = last
            self.forget()

    def _last_erasure(self) -> tuple[int, int] | None:
        try:
            state = disk.stat(self._layout.erasure)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return state.st_mtime_ns, state.st_ino

    def forget(self) -> None:
        """Forget what was read, and which packs there are."""
        self._recent.forget()
        self.packs.close()

    def close(self) -> None:
        """Close the packs."""
        self.packs.close()
