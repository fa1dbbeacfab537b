"""Who may touch a document's file: one shared or exclusive lock for each name.

Several locks are never waited for while others are held from the same call: where one is taken,
all are let go and that one is waited for first. So two calls that want the same documents in
different orders do not wait for each other for ever.
"""

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from muniment.errors import LockTimeoutError
from muniment.errors.concurrency import THIS_THREAD
from muniment.files import disk, patience
from muniment.files.layout import Layout
from muniment.files.lock import LockFile
from muniment.storage.recent import Recent
from muniment.values import canonical
from muniment.values.names import DocumentName

_KEPT_OPEN = 16
_DIGITS = 32
_REMEMBERED_PATHS = 2048

EVERYTHING = DocumentName("*")
"""Stands for all documents: snapshots hold it shared, and changes of very many documents alone."""
MOST_AT_ONCE = 64
"""For a change of more documents than this, one lock stands for all."""


class DocumentLocks:
    """The document locks of one store as one process holds them; they belong to threads."""

    def __init__(
        self, layout: Layout, timeout_s: float, check_exists: Callable[[], None], finish_writers: Callable[[], None]
    ) -> None:
        self._layout = layout
        self._check_exists = check_exists
        self._finish_writers = finish_writers
        self._timeout_s = timeout_s
        self._idle: dict[DocumentName, LockFile] = {}
        self._held = threading.local()
        self._paths: Recent[DocumentName, str] = Recent(_REMEMBERED_PATHS)

    @contextmanager
    def exclusive(self, names: Iterable[DocumentName], *, timeout_s: float | None = None) -> Iterator[None]:
        """Hold the locks of all `names` alone; wait for as long as the store does, or `timeout_s`.

        For more than `MOST_AT_ONCE` of them that would take too many open files: then snapshots
        are kept out as a whole, and an editor finds out when it is done that it was overtaken.

        Raises:
            LockTimeoutError: One of them stayed locked too long; it names the holder where it can.
        """
        wanted = sorted(set(names))
        wanted = [EVERYTHING] if len(wanted) > MOST_AT_ONCE else wanted
        self._refuse_twice(wanted)
        taken: list[DocumentName] = []
        try:
            try:
                self._acquire_all(wanted, taken, self._timeout_s if timeout_s is None else timeout_s)
                yield
            finally:
                self._release_all(taken)
        except BaseException:
            self._release_all(taken)  # again: an interrupt may have come before the first was done
            raise

    @contextmanager
    def shared(self, name: DocumentName) -> Iterator[None]:
        """Wait until nobody edits a document, and keep editors out meanwhile."""
        if self.holds(name):
            yield
            return
        try:
            try:
                self.acquire(name, shared=True)
                yield
            finally:
                self.release(name)
        except BaseException:
            self.release(name)
            raise

    def holds(self, name: DocumentName) -> bool:
        """Tell whether this thread holds the lock of a document."""
        return name in self._mine()

    def ever_taken(self, names: Collection[DocumentName]) -> set[DocumentName]:
        """Give the documents that anybody ever locked: the locks of others have no file yet."""
        if len(names) > MOST_AT_ONCE:  # then the folder tells it sooner than each file
            there = {file for file in disk.listdir(self._layout.locks) if len(file.partition(".")[0]) == _DIGITS}
            if not there:
                return set()
            return {name for name in names if os.path.basename(self._path(name)) in there}
        return {name for name in names if self._was_taken(name)}

    def _was_taken(self, name: DocumentName) -> bool:
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
        self._refuse_twice([name])
        self._check_exists()
        shown = "all documents at once" if name == EVERYTHING else name
        lock = self._idle.pop(name, None) or LockFile(self._path(name), shown)
        try:
            self._mine()[name] = lock  # before it is taken: an interrupt finds it here
            lock.acquire(self._timeout_s if timeout_s is None else timeout_s, shared=shared)
            if lock.is_new:
                self._finish_writers()
                lock.is_new = False
        except BaseException:
            self.release(name)
            raise

    def release(self, name: DocumentName) -> None:
        """Give back a lock that this thread took; nothing happens where it holds none."""
        mine = self._mine()
        lock = mine.get(name)
        if lock is None:
            return
        lock.release()
        del mine[name]
        if len(self._idle) < _KEPT_OPEN and name not in self._idle:
            self._idle[name] = lock
        else:
            lock.close()

    def close(self) -> None:
        """Close the lock files kept open; locks that are held stay held until they are released."""
        while self._idle:
            self._idle.popitem()[1].close()

    def _refuse_twice(self, names: Iterable[DocumentName]) -> None:
        for name in names:
            if self.holds(name):
                shown = "all documents at once" if name == EVERYTHING else name
                raise LockTimeoutError(shown, 0.0, THIS_THREAD)

    def _acquire_all(self, names: list[DocumentName], taken: list[DocumentName], timeout_s: float) -> None:
        """Take locks that this thread has not; `taken` names those it may have got, whatever happens."""
        if len(names) == 1:
            taken += names
            self.acquire(names[0], timeout_s=timeout_s)
            return
        deadline = time.monotonic() + timeout_s
        busy: list[DocumentName] = []
        while True:
            try:
                for name in [*busy, *(name for name in names if name not in busy)]:
                    patience_s = max(deadline - time.monotonic(), 0.0) if name in busy else 0.0
                    busy = [name]
                    taken.append(name)
                    self.acquire(name, timeout_s=patience_s)
            except LockTimeoutError:
                self._release_all(taken)
                if time.monotonic() >= deadline or patience.is_over():
                    raise
            else:
                return

    def _release_all(self, names: list[DocumentName]) -> None:
        while names:
            self.release(names[-1])
            del names[-1]

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


class Hold:
    """The locks that one `with` block takes one by one, and gives back together."""

    def __init__(self, locks: DocumentLocks) -> None:
        self._locks = locks
        self._names: set[DocumentName] = set()

    def take(self, name: DocumentName, *, shared: bool = False) -> None:
        """Take a lock until `let_go`; errors as for `DocumentLocks.acquire`."""
        if not self._locks.holds(name):
            self._names.add(name)  # before it is taken: an interrupt finds it here
        self._locks.acquire(name, shared=shared)

    def let_go(self) -> None:
        """Give all of them back; may be called again after an interrupt."""
        while self._names:
            name = next(iter(self._names))
            self._locks.release(name)
            self._names.remove(name)

    __del__ = let_go
    """An interrupt may have struck before the block was left in good order."""
