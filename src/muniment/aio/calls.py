"""One call in a worker thread, which is waited for, whatever is cancelled meanwhile.

So it has happened when its task goes on, or it has not, and never happens afterwards; and it holds no lock. One that
only waits for somebody's lock is told that it need not any more, so that its task does not have to wait as long.

anyio's shield would do for anyio's and trio's own cancelling, but not for asyncio's, which `asyncio.timeout`,
`asyncio.TaskGroup` and Ctrl-C use: there the thread would go on by itself. Hence a call may be called off by whoever
comes first, its thread or its task, and its end is waited for here.

Source: https://anyio.readthedocs.io/en/stable/cancellation.html#shielding
"""

import math
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from anyio import CancelScope, CapacityLimiter, get_cancelled_exc_class, to_thread
from anyio.lowlevel import RunVar

from muniment.files import patience

T = TypeVar("T")
_AT_ONCE = 64
_limited: RunVar[CapacityLimiter] = RunVar("muniment.aio: threads for verbs")
_unlimited: RunVar[CapacityLimiter] = RunVar("muniment.aio: threads that wait")


class Call(Generic[T]):
    """A function that some thread is to call once, unless it is called off before."""

    def __init__(self, function: Callable[[], T], wake: Callable[[], None] | None = None) -> None:
        self._function = function
        self._wake = wake
        self._first = threading.Lock()
        """Is taken for good by whoever comes first: the thread that calls, or the task that calls off."""
        self._ended = threading.Event()
        self._is_unwanted = False

    def __call__(self) -> T:
        """Call the function, in the thread that this is called in."""
        if not self._first.acquire(blocking=False):
            raise RuntimeError("called off")  # nobody hears it
        try:
            with patience.until(lambda: self._is_unwanted):
                return self._function()
        finally:
            self._ended.set()

    async def call_off(self) -> None:
        """Let it never begin or, where it has begun, wait until it has ended."""
        if self._first.acquire(blocking=False):
            return
        self._is_unwanted = True
        if self._wake is not None:
            self._wake()
        with CancelScope(shield=True):
            while not self._ended.is_set():
                with suppress(get_cancelled_exc_class()):  # asyncio's; the one that was first is raised in the end
                    await to_thread.run_sync(self._ended.wait, abandon_on_cancel=True, limiter=no_limit())


def interruptions() -> tuple[type[BaseException], ...]:
    """Give what ends an `await` from outside: being cancelled; trio raises Ctrl-C there, too."""
    return get_cancelled_exc_class(), KeyboardInterrupt


async def answer_of(call: Call[T], ask: Callable[[], T], limiter: CapacityLimiter) -> T:
    """Give the answer of a call that `ask`, in a worker thread, makes or waits for."""
    try:
        return await to_thread.run_sync(ask, abandon_on_cancel=True, limiter=limiter)
    except interruptions():
        await call.call_off()
        raise


async def surely(call: Callable[[Callable[[], None]], Awaitable[None]], function: Callable[[], T]) -> T:
    """Let `call` call a function, whatever is cancelled before it begins: for what gives back what is held."""
    has_begun = False
    answers: list[T] = []

    def begin() -> None:
        nonlocal has_begun
        has_begun = True
        answers.append(function())

    with CancelScope(shield=True):
        try:
            await call(begin)
        except interruptions():  # Ctrl-C, or asyncio's own cancelling, which mind no shield
            while not has_begun:
                with suppress(*interruptions()):
                    await call(begin)
            raise
    return answers[0]


async def wait_in_thread(wait: Callable[[], T], wake: Callable[[], None]) -> T:
    """Call `wait` in a thread, perhaps for long; where that is cancelled, `wake` lets it look, and see it."""
    call = Call(wait, wake)
    return await answer_of(call, call, no_limit())


def limit() -> CapacityLimiter:
    """Give the limiter of the threads that verbs are called in: the store's own, so that no other keeps them from it.

    Threads that wait for what happens, or for a block, are none of these.
    """
    return _of_this_loop(_limited, _AT_ONCE)


def no_limit() -> CapacityLimiter:
    """Give a limiter that limits nothing."""
    return _of_this_loop(_unlimited, math.inf)


def _of_this_loop(kept: RunVar[CapacityLimiter], tokens: float) -> CapacityLimiter:
    limiter = kept.get(None)
    if limiter is None:
        limiter = CapacityLimiter(tokens)
        kept.set(limiter)
    return limiter
