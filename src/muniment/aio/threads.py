"""Run what blocks in threads, so that the event loop goes on.

A call that was begun is waited for, whatever is cancelled meanwhile: it has happened then or not, and holds no lock.

Source: https://anyio.readthedocs.io/en/stable/threads.html
"""

import math
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, Event, create_task_group, get_cancelled_exc_class, to_thread

from muniment.errors import InvalidValueError

P = ParamSpec("P")
T = TypeVar("T")


def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
    """Call a function in a worker thread, of which there are a limited number."""
    return to_thread.run_sync(partial(function, *args, **kwargs))


class OwnThread:
    """Calls functions one after the other in a thread of its own: for locks, which belong to a thread."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="muniment-block")
        self._has_ended = False

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function there.

        Raises:
            InvalidValueError: The thread has ended, and the block with it.
        """
        if self._has_ended:
            raise InvalidValueError("what a block lends is used within its `async with` block")
        called = partial(function, *args, **kwargs)
        # Not one of the limited threads: those may all be waiting for the lock that this is about to give back.
        return await to_thread.run_sync(lambda: self._executor.submit(called).result(), limiter=_unlimited())

    def end(self) -> None:
        """End the thread."""
        self._has_ended = True
        self._executor.shutdown(wait=False)


async def until_stopped(wait: Callable[[], T], stop: Callable[[], None]) -> T:
    """Call `wait` in a thread, perhaps for long; where that is cancelled, `stop` lets it end, and it is awaited."""
    ended = Event()
    answers: list[T] = []
    errors: list[BaseException] = []

    def waiting() -> None:
        try:
            answers.append(wait())
        except BaseException as error:  # noqa: BLE001 - raised below, out of the group, which would wrap it
            errors.append(error)

    async def in_the_background() -> None:
        await to_thread.run_sync(waiting, limiter=_unlimited())
        ended.set()

    async with create_task_group() as group:
        group.start_soon(in_the_background)
        try:
            await ended.wait()
        except get_cancelled_exc_class():
            stop()
            raise
    if errors:
        raise errors[0]
    return answers[0]


def _unlimited() -> CapacityLimiter:
    return CapacityLimiter(math.inf)
