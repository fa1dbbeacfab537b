"""Advisory locks, shared or exclusive, on sidecar files that are never unlinked.

The lock itself is filelock's: `lock_descriptor` on a descriptor of ours, which costs 1 us where
`FileLock` costs 59 us and `ReadWriteLock` 122 us, and leaves with the process however that ends.
Its shared mode is the same `flock` taken shared; Windows has none, so there readers wait for one
another. See docs/decisions/0003-locks-by-filelock-descriptors.md.

Waiting is fair: a second sidecar file, the queue, is held by whoever is next, so a program that
releases a lock and wants it back at once finds others before it. It is made when somebody first
has to wait, and kept.

Limitations: advisory only, one machine only (not NFS), and not reentrant. An interrupt that strikes while Python runs a
destructor is swallowed by Python, and what that was to release stays locked until the process ends.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EAGAIN, EPERM, EROFS, EWOULDBLOCK
from functools import cache

from muniment.errors import LockTimeoutError
from muniment.errors.concurrency import THIS_THREAD
from muniment.files import disk, patience

_QUEUE_SUFFIX = ".queue"
_PATIENCE = 4
"""A waiter looks again after this part of the time it has waited: soon at first, seldom in the end."""
_SHORTEST_PAUSE_S = 0.0001
_LONGEST_PAUSE_S = 0.002
_NOTE_OFFSET = 8
_NOTE_BYTES = 32


class LockFile:
    """One lock: the file at `path`, shown to people as `resource`.

    Whoever holds it alone leaves word for those who wait, unless it is not to be `is_told`: for one that is held only
    for moments, and often. Keeps its descriptors from one use to the next. May be used from several threads and after a
    fork: the child starts with descriptors of its own. Ctrl-C may strike anywhere: what it leaves
    half taken, the same thread's next use takes over, and no hold outlives this object.
    """

    def __init__(self, path: str, resource: str, *, is_told: bool = True) -> None:
        self._path = path
        self._queue_path = path + _QUEUE_SUFFIX
        self._resource = resource
        self._is_told = is_told
        self._forget()

    def _forget(self) -> None:
        self._pid = os.getpid()
        self.is_new = False
        """Whether this object made the sidecar file: nobody held the lock before that."""
        self._main: int | None = None
        self._queue: int | None = None
        self._thread_lock = threading.RLock()
        self._owner: int | None = None
        self._exclusive = False
        self._queued = False

    @contextmanager
    def exclusive(self, timeout_s: float) -> Iterator[None]:
        """Hold the lock alone.

        Raises:
            LockTimeoutError: Somebody else held it for `timeout_s` seconds; it names who, if known.
        """
        self._refuse_twice()
        try:
            try:
                self.acquire(timeout_s)
                yield
            finally:
                self.release()
        except BaseException:
            self.release()  # again: an interrupt may have come before the first had done it
            raise

    def acquire(self, timeout_s: float, *, shared: bool = False) -> None:
        """Take the lock, to be given back by `release` in the same thread.

        Shared, where the file is not there and may not be made for want of permission, nothing is
        locked: nobody who could lock it has done so yet.

        Raises:
            LockTimeoutError: As for `exclusive`; at once if this very thread holds the lock.
        """
        deadline = time.monotonic() + timeout_s
        self._refuse_twice()
        try:
            self._take_turns(timeout_s)
            self._take(deadline, timeout_s, shared=shared)
            self._owner = threading.get_ident()
        except BaseException:
            self.release()
            raise

    def is_mine(self) -> bool:
        """Tell whether this thread of this process holds the lock."""
        return self._pid == os.getpid() and self._owner == threading.get_ident()

    def _refuse_twice(self) -> None:
        if self._pid != os.getpid():
            self.close()
            self._forget()
        if self._owner == threading.get_ident():
            raise LockTimeoutError(self._resource, 0.0, THIS_THREAD)

    def _take_turns(self, timeout_s: float) -> None:
        if not patience.take(self._thread_lock.acquire, timeout_s):
            raise LockTimeoutError(self._resource, timeout_s, "another thread of this process")

    def _take(self, deadline: float, timeout_s: float, *, shared: bool) -> None:
        if self._main is not None and disk.fstat(self._main).st_nlink == 0:  # somebody deleted local/
            self.close()
        if self._main is None:
            self._main, self.is_new = _open_sidecar(self._path, shared=shared)
        if self._main is None:
            return
        if not (self._nobody_waited_before() and _try_lock(self._main, shared=shared)):
            self._queue_up(self._main, deadline, timeout_s, shared=shared)
        if not shared:
            self._exclusive = self._is_told
        if self._exclusive:
            self._note(self._main, f"{os.getpid()} {time.time():.0f}")

    def _nobody_waited_before(self) -> bool:
        """Tell whether the queue was never needed: then there is no file for it, and none to lock."""
        if self._queue is None:
            try:
                self._queue = disk.open_fd(self._queue_path, disk.READ_ONLY)
            except FileNotFoundError:
                return True
        return False

    def _queue_up(self, main: int, deadline: float, timeout_s: float, *, shared: bool) -> None:
        if self._queue is None:
            self._queue, _ = _open_sidecar(self._queue_path, shared=shared)
        self._queued = True
        if self._queue is not None:
            self._wait_for(self._queue, deadline, timeout_s, shared=False)
        self._wait_for(main, deadline, timeout_s, shared=shared)
        self._leave_queue()

    def _leave_queue(self) -> None:
        if self._queued and self._queue is not None:
            _unlock(self._queue)
        self._queued = False

    def _wait_for(self, fd: int, deadline: float, timeout_s: float, *, shared: bool) -> None:
        began = time.monotonic()
        while not _try_lock(fd, shared=shared):
            now = time.monotonic()
            if now >= deadline or patience.is_over():
                raise LockTimeoutError(self._resource, timeout_s, _read_holder(self._path))
            time.sleep(min(max((now - began) / _PATIENCE, _SHORTEST_PAUSE_S), _LONGEST_PAUSE_S))

    def release(self) -> None:
        """Give the lock back, wholly; nothing happens where this thread does not hold it."""
        try:
            self._let_go()
        except BaseException:  # an interrupt may have stopped it halfway
            self._let_go()
            raise

    def _let_go(self) -> None:
        if self._pid != os.getpid() or not self._thread_lock.acquire(blocking=False):
            return
        try:
            self._leave_queue()
            if self._main is not None:
                if self._exclusive:
                    self._note(self._main, "")
                _unlock(self._main)
        finally:
            self._exclusive = False
            self._owner = None
            with suppress(RuntimeError):  # no more to give back: an interrupted use may have left some
                while True:
                    self._thread_lock.release()

    def _note(self, main: int, holder: str) -> None:
        """Leave word of who holds the lock: a courtesy to those who wait, which may fail."""
        with suppress(OSError):
            disk.pwrite(main, holder.encode().ljust(_NOTE_BYTES), _NOTE_OFFSET)

    def close(self) -> None:
        """Close the descriptors; a lock that a forked child inherited stays its parent's."""
        if self._pid == os.getpid():
            for fd in (self._main, self._queue):  # first: an interrupt may come before they are closed
                if fd is not None:
                    _let_go_of(fd)
        descriptors = self._main, self._queue
        self._main = self._queue = None  # first: whoever closed a number twice would close another's file
        for fd in descriptors:
            if fd is not None:
                with suppress(OSError):
                    disk.close(fd)

    def __del__(self) -> None:
        """Let go of what an interrupted program never gave back."""
        try:
            self.close()
        except BaseException:  # an interrupt may have come, which nobody else will hear of
            self.close()
            raise


def _open_sidecar(path: str, *, shared: bool) -> tuple[int | None, bool]:
    """Open a sidecar file, and tell whether this made it; None for a reader who may not make it."""
    try:
        return _open_or_make(path, shared=shared)
    except OSError as error:
        if shared and (error.errno == EROFS or (error.errno in {EACCES, EPERM} and _is_missing(path))):
            return None, False
        raise


def _is_missing(path: str) -> bool:
    with suppress(FileNotFoundError):
        disk.stat(path)
        return False
    return True


def _open_or_make(path: str, *, shared: bool) -> tuple[int, bool]:
    try:
        return disk.open_fd(path, disk.READ_WRITE), False
    except FileNotFoundError:
        pass
    except OSError:
        if not shared:
            raise
        return disk.open_fd(path, disk.READ_ONLY), False  # enough for a reader without leave to write
    try:
        return disk.open_fd(path, disk.CREATE_OR_OPEN | os.O_EXCL, 0o666), True
    except FileExistsError:
        return _open_or_make(path, shared=shared)
    except FileNotFoundError:
        disk.make_folders(os.path.dirname(path))
        return _open_or_make(path, shared=shared)


def _try_lock(fd: int, *, shared: bool) -> bool:
    if shared and sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - not on Windows

        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {EAGAIN, EWOULDBLOCK}:
                return False
            raise
        return True
    return _descriptor_locks()[0](fd, blocking=False)


def _let_go_of(fd: int) -> None:
    """Give up whatever is locked by a descriptor, one that may be closed already; needs nothing to be imported."""
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - not on Windows

        with suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_UN)


def _unlock(fd: int) -> None:
    _descriptor_locks()[1](fd)


@cache
def _descriptor_locks() -> tuple[Callable[..., bool], Callable[[int], None]]:
    from filelock import lock_descriptor, unlock_descriptor  # noqa: PLC0415 - 30 ms that reading never needs

    return lock_descriptor, unlock_descriptor


def _read_holder(path: str) -> str | None:
    """Say who holds the lock alone; readers leave no note, and a note cannot always be read."""
    with suppress(OSError, ValueError):
        pid, since_s = disk.read_file(path)[_NOTE_OFFSET:].split()
        if sys.platform != "win32":  # where signal 0 asks nothing, but interrupts
            os.kill(int(pid), 0)  # a note may outlive its writer: then nobody is known
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(since_s)))
        return f"process {int(pid)} since {since}"
    return None
