"""Objects as single files: `objects/3f/9a...e1.json`, whose `sha256sum` is their name.

Format: docs/format/objects.md, "Loose objects".
"""

import os
from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import ObjectNotFoundError
from muniment.files import atomic, disk
from muniment.files.layout import OBJECT_SUFFIX, Layout
from muniment.storage import checked
from muniment.values.ids import is_id


class LooseObjects:
    """An `ObjectStore` of one file an object."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def get(self, object_id: str) -> bytes:
        """Give an object's bytes, checked against its name."""
        path = self._layout.object(object_id)
        try:
            return checked.read(path, object_id)
        except FileNotFoundError:
            raise ObjectNotFoundError(object_id) from None

    def put(self, object_id: str, data: bytes) -> None:
        """Store an object, unsynced, in place: no head leads to it before it is whole.

        What a program that was stopped left half written under that name is replaced.
        """
        path = self._layout.object(object_id)
        with suppress(FileNotFoundError):  # whoever packs, without the store's lock, deleted it in between
            if atomic.create_file(path, data) or disk.read_file(path) == data:
                return
        self.rewrite(object_id, data)

    def rewrite(self, object_id: str, data: bytes) -> None:
        """Store an object in a new file, unsynced, whatever was there."""
        atomic.replace_file(self._layout.object(object_id), data, self._layout.temporary, sync=False)

    def remove(self, object_id: str) -> None:
        """Remove an object durably, if it is there."""
        path = self._layout.object(object_id)
        with suppress(FileNotFoundError):
            disk.unlink(path)
            disk.sync_folder(os.path.dirname(path))

    def ids(self, prefix: str = "") -> Iterator[str]:
        """Give the ids that begin with `prefix`; only folders that may hold some are listed."""
        with suppress(FileNotFoundError):
            for shard in disk.listdir(self._layout.objects):
                if shard.startswith(prefix[:2]):
                    yield from self._ids_in(shard, prefix)

    def _ids_in(self, shard: str, prefix: str) -> Iterator[str]:
        with suppress(NotADirectoryError, FileNotFoundError):
            for name in disk.listdir(f"{self._layout.objects}/{shard}"):
                object_id = shard + name.removesuffix(OBJECT_SUFFIX)
                if object_id.startswith(prefix) and name.endswith(OBJECT_SUFFIX) and is_id(object_id):
                    yield object_id
