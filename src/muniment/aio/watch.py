"""A watch in an event loop: `async for change in store.watch()`, or functions that are called."""

import logging
from inspect import isawaitable
from typing import cast

from muniment.aio.streams import Following
from muniment.values.watch_cursor import WatchCursor
from muniment.watch.changes import Change
from muniment.watch.watch import Watch

_log = logging.getLogger("muniment")


class AsyncWatch(Following[Change, WatchCursor]):
    """Changes as they come, until it is stopped. For one task at a time."""

    async def run(self) -> None:
        """Call the functions that were registered by `AsyncStore.on_change`, in this task, until it is stopped.

        What one gives to be awaited, as a coroutine function does, is awaited before the next is called. One that
        raises is logged with its change, and the others are called all the same.
        """
        watch = cast("Watch", await self._begun())
        async with self:
            async for change in self:
                for function in watch.callbacks(change):
                    try:
                        answer = function(change)
                        if isawaitable(answer):
                            await answer
                    except Exception:  # noqa: BLE001 - whatever it is, the others are called
                        _log.exception("%r failed at %r", function, change)
