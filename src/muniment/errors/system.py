"""No `OSError` leaves the public surface: each becomes a `StorageError` that says what to do."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from muniment.errors import StorageError

P = ParamSpec("P")
R = TypeVar("R")


def translated(operation: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a verb so that what the system refuses is told as `StorageError` of `operation`."""

    def decorate(verb: Callable[P, R]) -> Callable[P, R]:
        @wraps(verb)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return verb(*args, **kwargs)
            except OSError as error:
                raise StorageError.of(error, operation, "the store") from error

        return call

    return decorate
