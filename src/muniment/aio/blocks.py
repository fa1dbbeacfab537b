"""A `with` block of the synchronous interface as an `async with` block."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Generic, TypeVar

from anyio import CancelScope

from muniment.aio.threads import OwnThread

Held = TypeVar("Held")
Lent = TypeVar("Lent")


class Block(Generic[Held, Lent]):
    """What a block lends; its locks are held by a thread of the block's own.

    Cancelled within the block, it is left as if an exception had been raised there: nothing is written, and its locks
    are given back. Two blocks of one task are two threads: what one has locked, the other waits for in vain.
    """

    def __init__(
        self,
        begin: Callable[[], AbstractContextManager[Held]],
        lend: Callable[[Held, OwnThread], Lent],
        thread: OwnThread | None = None,
    ) -> None:
        self._begin = begin
        self._lend = lend
        self._outer = thread
        self._thread: OwnThread | None = None
        self._manager: AbstractContextManager[Held] | None = None

    async def __aenter__(self) -> Lent:
        """Begin the block in its thread."""
        thread = self._outer or OwnThread()
        try:
            held = await thread.call(self._enter)
        except BaseException:
            self._end(thread)
            raise
        self._thread = thread
        return self._lend(held, thread)

    def _enter(self) -> Held:
        self._manager = self._begin()
        return self._manager.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """End the block, in the thread that began it, even where the task was cancelled."""
        if self._manager is None or self._thread is None:
            return None
        thread, self._thread = self._thread, None
        is_settled: bool | None = None
        try:
            with CancelScope(shield=True):
                is_settled = await thread.call(self._manager.__exit__, kind, error, trace)
        finally:
            self._end(thread)
        return is_settled

    def _end(self, thread: OwnThread) -> None:
        if thread is not self._outer:
            thread.end()


def as_it_is(held: Held, _: OwnThread) -> Held:
    """Lend what the synchronous block lends."""
    return held
