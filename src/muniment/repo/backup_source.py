"""The store that is backed up, held still for as long as is needed: also one that nobody here may write to."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from errno import EACCES, EPERM, EROFS

from muniment.files.lock import LockFile
from muniment.repo.parts import Parts

_FORBIDDEN = frozenset({EACCES, EPERM, EROFS})


@contextmanager
def unpacked(parts: Parts) -> Iterator[None]:
    """Let nobody pack a store, or remove objects from it; others may back it up, too.

    Raises:
        LockTimeoutError: Somebody does for too long: retry.
    """
    with _shared(parts, "packs", "the packs"):
        yield


@contextmanager
def still(parts: Parts) -> Iterator[None]:
    """Let nobody write to a store, in which no change is half published.

    Where it may not be written to, nothing can be finished that a stopped writer left: then a store is refused that has
    something of that kind.

    Raises:
        LockTimeoutError: Somebody writes for too long: retry.
        OSError: The system refuses to have it settled.
    """
    storage = parts.storage
    with ExitStack() as held:
        try:
            held.enter_context(storage.exclusive(parts.lock_timeout_s))
        except OSError as error:
            if error.errno not in _FORBIDDEN:
                raise
            held.enter_context(_shared(parts, "store", "the store"))
            if not storage.is_settled():
                raise
        else:
            storage.checkpoint()
        yield


@contextmanager
def _shared(parts: Parts, name: str, resource: str) -> Iterator[None]:
    """Hold a lock as readers do: where its file is not there and may not be made, nobody has locked it."""
    lock = LockFile(parts.layout.lock(name), resource)
    try:
        lock.acquire(parts.lock_timeout_s, shared=True)
        yield
    finally:
        lock.release()
        lock.close()
