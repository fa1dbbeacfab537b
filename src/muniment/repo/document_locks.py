"""Who may touch a document's file: one shared or exclusive lock for each name.

Several locks are never waited for while others are held from the same call: where one is taken,
all are let go and that one is waited for first. So two calls that want the same documents in
different orders do not wait for each other for ever.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from muniment.errors import LockTimeoutError, NotAStoreError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.files.lock import LockFile
from muniment.storage.recent import Recent
from muniment.values import canonical
from muniment.values.names import DocumentName

_KEPT_OPEN = 16
_DIGITS = 32
_REMEMBERED_PATHS = 2048
_ALL = DocumentName("*")

MOST_AT_ONCE = 64
"""For a change of more documents than this, one lock stands for all."""


class DocumentLocks:
    """The document locks of one store as one process holds them; they belong to threads."""

    def __init__(self, layout: Layout, timeout_s: float, finish_writers: Callable[[], None]) -> None:
        self._layout = layout
        self._finish_writers = finish_writers
        self._timeout_s = timeout_s
        self._idle: dict[DocumentName, LockFile] = {}
        self._held = threading.local()
        self._paths: Recent[DocumentName, str] = Recent(_REMEMBERED_PATHS)

    @contextmanager
    def exclusive(self, names: Iterable[DocumentName]) -> Iterator[None]:
        """Hold the locks of all `names` alone.

        For more than `MOST_AT_ONCE` of them that would take too many open files: then snapshots
        are kept out as a whole, and an editor finds out when it is done that it was overtaken.

        Raises:
            LockTimeoutError: One of them stayed locked too long; it names the holder where it can.
        """
        wanted = sorted(set(names))
        taken = self._acquire_all([_ALL] if len(wanted) > MOST_AT_ONCE else wanted)
        try:
            yield
        finally:
            self._release_all(taken)

    @contextmanager
    def shared(self, name: DocumentName) -> Iterator[None]:
        """Wait until nobody edits a document, and keep editors out meanwhile."""
        if self.holds(name):
            yield
            return
        self.acquire(name, shared=True)
        try:
            yield
        finally:
            self.release(name)

    def begin_snapshot(self) -> None:
        """Keep changes of very many documents out until `end_snapshot`."""
        self.acquire(_ALL, shared=True)

    def end_snapshot(self) -> None:
        """Let changes of very many documents go on."""
        self.release(_ALL)

    def holds(self, name: DocumentName) -> bool:
        """Tell whether this thread holds the lock of a document."""
        return name in self._mine()

    def was_ever_taken(self, name: DocumentName) -> bool:
        """Tell whether anybody ever locked a document: where not, its lock has no file yet."""
        try:
            disk.stat(self._path(name))
        except FileNotFoundError:
            return False
        return True

    def acquire(self, name: DocumentName, *, shared: bool = False, timeout_s: float | None = None) -> None:
        """Take one lock for this thread, until `release`.

        Who takes it for the first time ever waits for the writers of this moment, because they
        may have found that nobody ever took it (docs/decisions/0007).

        Raises:
            LockTimeoutError: It stayed locked too long; at once if this very thread holds it.
        """
        if name in self._mine():
            raise LockTimeoutError(name, 0.0, "this very thread")
        self._check_exists()
        lock = self._idle.pop(name, None) or LockFile(self._path(name), name)
        try:
            lock.acquire(self._timeout_s if timeout_s is None else timeout_s, shared=shared)
        except BaseException:
            lock.close()
            raise
        self._mine()[name] = lock
        if lock.is_new:
            lock.is_new = False
            try:
                self._finish_writers()
            except BaseException:
                self.release(name)
                raise

    def release(self, name: DocumentName) -> None:
        """Give back a lock that this thread took."""
        lock = self._mine().pop(name)
        lock.release()
        if len(self._idle) < _KEPT_OPEN and name not in self._idle:
            self._idle[name] = lock
        else:
            lock.close()

    def close(self) -> None:
        """Close the lock files kept open; locks that are held stay held until they are released."""
        while self._idle:
            self._idle.popitem()[1].close()

    def _acquire_all(self, names: list[DocumentName]) -> list[DocumentName]:
        if len(names) == 1:
            self.acquire(names[0])
            return names
        deadline = time.monotonic() + self._timeout_s
        busy: list[DocumentName] = []
        while True:
            taken: list[DocumentName] = []
            try:
                for name in [*busy, *(name for name in names if name not in busy)]:
                    patience_s = max(deadline - time.monotonic(), 0.0) if name in busy else 0.0
                    busy = [name]
                    self.acquire(name, timeout_s=patience_s)
                    taken.append(name)
            except LockTimeoutError:
                self._release_all(taken)
                if time.monotonic() >= deadline or busy[0] in self._mine():
                    raise
            except BaseException:
                self._release_all(taken)
                raise
            else:
                return taken

    def _release_all(self, names: list[DocumentName]) -> None:
        for name in names:
            self.release(name)

    def _check_exists(self) -> None:
        """Refuse to make a lock, and so half a store, where somebody deleted the store."""
        try:
            disk.stat(self._layout.format)
        except FileNotFoundError:
            raise NotAStoreError(self._layout.root) from None

    def _path(self, name: DocumentName) -> str:
        path = self._paths.get(name)
        if path is None:
            path = self._layout.lock(canonical.digest(name.encode())[:_DIGITS])
            self._paths.put(name, path)
        return path

    def _mine(self) -> dict[DocumentName, LockFile]:
        """Give the locks this thread holds; a forked child holds none of its parent's."""
        if getattr(self._held, "pid", None) != os.getpid():
            self._held.pid = os.getpid()
            self._held.locks = {}
        locks: dict[DocumentName, LockFile] = self._held.locks
        return locks
