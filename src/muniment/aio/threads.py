"""Which thread a verb is called in: any, or that of the block around it, for locks belong to threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from typing import NamedTuple, ParamSpec, TypeVar

from anyio import get_current_task

from muniment.aio.calls import Call, answer_of, limit, no_limit
from muniment.errors import InvalidValueError

P = ParamSpec("P")
T = TypeVar("T")


class OwnThread:
    """Calls functions one after the other in a thread of its own, which ends with the last block that it was for."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="muniment-block")
        self._blocks = 0
        self.has_ended = False

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function there.

        Raises:
            InvalidValueError: The thread has ended, and the block with it.
        """
        call = Call(partial(function, *args, **kwargs))
        # Not one of the limited threads: those may all be waiting for the lock that this is about to give back.
        return await answer_of(call, partial(self._answer, call), no_limit())

    def _answer(self, call: Call[T]) -> T:
        try:
            asked = self._executor.submit(call)
        except RuntimeError as error:
            if not self.has_ended:
                raise
            raise InvalidValueError("what a block lends is used within its `async with` block") from error
        return asked.result()

    def begin_block(self) -> None:
        """Let the thread live until the end of a block."""
        self._blocks += 1

    def end_block(self) -> None:
        """End the thread, if no other block is left that it is for."""
        self._blocks -= 1
        if not self._blocks:
            self.has_ended = True
            self._executor.shutdown(wait=False)


class Surroundings(NamedTuple):
    """The block that a task is in."""

    thread: OwnThread
    task: int
    outer: Surroundings | None


_surroundings: ContextVar[Surroundings | None] = ContextVar("the block around", default=None)


def surround(thread: OwnThread) -> Surroundings:
    """Let what this task calls from now on be called in the thread of its block, as in a `with` block."""
    around = Surroundings(thread, get_current_task().id, _around())
    _surroundings.set(around)
    return around


def leave(around: Surroundings) -> None:
    """Undo that."""
    if _surroundings.get() is around:  # not where a block is left by another task: the end of its thread tells there
        _surroundings.set(around.outer)


def _around() -> Surroundings | None:
    around = _surroundings.get()
    while around is not None and around.thread.has_ended:
        around = around.outer
    return around


def thread_of_this_task() -> OwnThread | None:
    """Give the thread of the block that this task is in; a task that was begun in a block is not in it itself."""
    around = _around()
    return around.thread if around is not None and around.task == get_current_task().id else None


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in the thread of the block around, else in a worker thread, of which there are a limited number.

    Where a block's task waits for another task, that one needs a thread though all wait for the block: it gets one.
    """
    around = _around()
    if around is not None and around.task == get_current_task().id:
        return await around.thread.call(function, *args, **kwargs)
    call = Call(partial(function, *args, **kwargs))
    return await answer_of(call, call, limit() if around is None else no_limit())
