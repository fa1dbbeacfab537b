"""An object of the asynchronous interface: a synchronous one, and how its verbs are called."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from muniment.aio.threads import OwnThread, in_thread

P = ParamSpec("P")
T = TypeVar("T")


class Bound:
    """One whose verbs may be called in any thread."""

    def __init__(self, sync: Any) -> None:
        self._sync = sync

    def _call(self, verb: Callable[Concatenate[Any, P], T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        return in_thread(verb, self._sync, *args, **kwargs)

    def __repr__(self) -> str:
        """Show the synchronous one."""
        return f"<Async{repr(self._sync).removeprefix('<')}"


class ThreadBound(Bound):
    """One whose verbs are called in the thread of the block that lends it."""

    def __init__(self, sync: Any, thread: OwnThread) -> None:
        super().__init__(sync)
        self._thread = thread

    def _call(self, verb: Callable[Concatenate[Any, P], T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        return self._thread.call(verb, self._sync, *args, **kwargs)


def plain(given: Any) -> Any:
    """Give the synchronous object of an asynchronous one, and anything else as it is."""
    return given._sync if isinstance(given, Bound) else given  # noqa: SLF001 - another of this class
