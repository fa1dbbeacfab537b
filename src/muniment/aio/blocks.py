"""A `with` block of the synchronous interface as an `async with` block."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import Generic, TypeVar

from muniment.aio.calls import surely
from muniment.aio.threads import OwnThread, Surroundings, leave, surround, thread_of_this_task
from muniment.errors import InvalidValueError

Held = TypeVar("Held")
Lent = TypeVar("Lent")


class Block(Generic[Held, Lent]):
    """What a block lends; its locks are held by a thread of the block's own.

    Cancelled within the block, or before its end has begun, it is left as if an exception had been raised there:
    nothing is written, and its locks are given back. What its task calls within the block, other blocks included, is
    called in that thread too, and so finds its locks as in a `with` block. Used once.
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
        self._around: Surroundings | None = None
        self._manager: AbstractContextManager[Held] | None = None
        """Is there from when the block began until its end begins."""

    async def __aenter__(self) -> Lent:
        """Begin the block in its thread."""
        if self._thread is not None:
            raise InvalidValueError("what `async with` takes is used for one block: ask for another")
        self._thread = thread = self._outer or thread_of_this_task() or OwnThread()
        thread.begin_block()
        try:
            held = await thread.call(self._enter)
        except BaseException as error:
            await self._surely_leave(thread, error)  # it may have begun all the same, where its task was cancelled
            raise
        if self._outer is None:
            self._around = surround(thread)
        return self._lend(held, thread)

    def _enter(self) -> Held:
        manager = self._begin()
        held = manager.__enter__()
        self._manager = manager
        return held

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """End the block, in the thread that began it, even where the task was cancelled."""
        if self._manager is None or self._thread is None:
            return None
        thread = self._thread
        if self._around is not None:
            leave(self._around)
        if error is not None:
            return await self._surely_leave(thread, error)
        try:
            await thread.call(self._leave, None)
        except BaseException as raised:
            await self._surely_leave(thread, raised)
            raise
        thread.end_block()
        return None

    async def _surely_leave(self, thread: OwnThread, error: BaseException) -> bool | None:
        """Leave the block because of an error, unless it was left already or never began."""
        try:
            return await surely(thread.call, partial(self._leave, error)) if self._manager is not None else None
        finally:
            thread.end_block()

    def _leave(self, error: BaseException | None) -> bool | None:
        manager, self._manager = self._manager, None
        if manager is None:
            return None
        if error is None:
            return manager.__exit__(None, None, None)
        return manager.__exit__(type(error), error, error.__traceback__)


def as_it_is(held: Held, _: OwnThread) -> Held:
    """Lend what the synchronous block lends."""
    return held
