"""Who packs a store, or removes objects from it: one at a time, beside all that read and write.

It is told by a lock of its own, which is taken before the store's and never behind it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeAlias

from muniment.files.layout import Layout
from muniment.files.lock import LockFile
from muniment.storage.objects import LocalObjects

if TYPE_CHECKING:
    from muniment.storage.packing import PackReport

Lock: TypeAlias = Callable[[float], AbstractContextManager[None]]
"""Takes the store's lock, which finishes a removal; given how long to wait for it."""

MANY = 10_000
"""From so many loose objects on, a store packs them by itself."""
MANY_PACKS = 50
"""From so many packs on as well: each that has to be asked for an object costs a look."""
_ONE_SHARD = "17"
_SHARDS = 256


class Packer:
    """Packs one store; or keeps all others from it, for whoever removes objects."""

    def __init__(self, layout: Layout, objects: LocalObjects, store: Lock) -> None:
        self._layout = layout
        self._objects = objects
        self._store = store
        self._lock = LockFile(layout.lock("packs"), "the packs")

    def alone(self, timeout_s: float) -> AbstractContextManager[None]:
        """Let nobody else pack or remove objects; taken before the store's lock, never behind it.

        Raises:
            LockTimeoutError: Somebody did for `timeout_s` seconds: retry.
        """
        return self._lock.exclusive(timeout_s)

    def pack(self, timeout_s: float, *, everything: bool = False) -> "PackReport":
        """Gather what should be gathered, or `everything` there is.

        Raises:
            LockTimeoutError: Somebody else was at it, or held the store, for `timeout_s` seconds: retry.
            CorruptionError: A pack that was to be taken in is damaged; nothing was deleted.
            OSError: The disk refused; nothing was deleted that is not packed.
        """
        from muniment.storage import packing, removing

        with self.alone(timeout_s):
            if self._objects.heed_removals():
                with self._store(timeout_s):
                    removing.refuse_leftovers(self._layout, self._objects)  # the pack would have what was to go
            return packing.pack(self._layout, self._objects, everything=everything)

    def is_due(self) -> bool:
        """Tell whether there are many packs, or, as one folder of them shows, about `MANY` loose objects or more."""
        if len(self._objects.packs.refresh()) >= MANY_PACKS:
            return True
        return sum(1 for _ in self._objects.loose.ids(_ONE_SHARD)) * _SHARDS >= MANY

    def close(self) -> None:
        """Let go of the lock's file."""
        self._lock.close()
