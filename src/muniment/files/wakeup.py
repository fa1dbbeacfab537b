"""Be woken when something in one folder changes; a hint to look, and no more.

Events may be lost, late or too many, and some file systems send none: whoever waits looks again after a while
anyway, and compares what is there with what was.
"""

import logging
from contextlib import suppress
from types import TracebackType
from typing import Self

from muniment.files import disk, events
from muniment.files.hints import Events, NoEvents

_POLL_S = 0.05

_log = logging.getLogger("muniment")


class Wakeup:
    """Wakes one waiting thread when something changes in `folder`, which is made if it is missing.

    Used as a context manager: watching begins with the block and ends with it. Where the system offers no
    events, `wait` returns soon, so that the caller polls; the reason is logged.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._events: Events = NoEvents()

    def __enter__(self) -> Self:
        """Begin to watch."""
        with suppress(OSError):  # then there is nothing to watch, which is told by what follows
            disk.make_folders(self._folder)
        opened = events.open_events(self._folder)
        if opened.is_told and not opened.watch(self._folder):
            _log.warning("no events for %s (the system's limit is reached): it is polled", self._folder)
            opened.close()
            opened = NoEvents()
        self._events = opened
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Watch no more."""
        self._events.close()

    def wake(self) -> None:
        """Wake the waiting thread, from any other."""
        self._events.wake()

    def wait(self, timeout_s: float) -> None:
        """Wait for a change, but not longer than that; one since the last wait counts."""
        self._events.wait(timeout_s if self._events.is_told else min(timeout_s, _POLL_S))
