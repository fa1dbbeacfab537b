"""Waiting for a lock that is given up before its time, because nobody wants any more what it is for.

A thread cannot be stopped from outside; but one that does nothing yet but wait can be told to stop waiting. Programs
that tell nobody wait exactly as long as they said.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_STRETCH_S = 0.02
"""How long a lock between threads is waited for before it is asked again whether that has any use still."""


class _Mine(threading.local):
    is_over: Callable[[], bool] | None = None


_mine = _Mine()


@contextmanager
def until(is_over: Callable[[], bool]) -> Iterator[None]:
    """Let this thread wait for locks only until `is_over` says true: then it is as if the time were up."""
    before, _mine.is_over = _mine.is_over, is_over
    try:
        yield
    finally:
        _mine.is_over = before


def is_over() -> bool:
    """Tell whether what this thread waits for is not wanted any more."""
    return _mine.is_over is not None and _mine.is_over()


def take(acquire: Callable[..., bool], timeout_s: float) -> bool:
    """Take a lock between threads, by its method; False where it was not free in time, or is not wanted any more."""
    patience_s = min(max(timeout_s, 0), threading.TIMEOUT_MAX)
    if _mine.is_over is None:
        return acquire(timeout=patience_s)
    deadline = time.monotonic() + patience_s
    while not acquire(timeout=min(max(deadline - time.monotonic(), 0), _STRETCH_S)):
        if time.monotonic() >= deadline or is_over():
            return False
    return True
