"""Be woken when something in a folder changes; a hint to look, and no more.

Events may be lost, late or too many, and some file systems send none: whoever waits looks again after a while
anyway, and compares what is there with what was.
"""

import logging
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from muniment.files import disk

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

_log = logging.getLogger("muniment")
_POLL_S = 0.05


class Wakeup:
    """Wakes one waiting thread when something changes in `folder`, which is made if it is missing.

    Used as a context manager: watching begins with the block and ends with it. Where the system offers no
    events, `wait` returns soon, so that the caller polls; the reason is logged.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._changed = threading.Event()
        self._observer: BaseObserver | None = None

    def __enter__(self) -> Self:
        """Begin to watch."""
        from watchdog.events import FileSystemEventHandler  # noqa: PLC0415 - 30 ms at start-up that only a watch needs
        from watchdog.observers import Observer  # noqa: PLC0415 - as above

        _quieten_watchdog()
        changed = self._changed

        class Handler(FileSystemEventHandler):
            def on_any_event(self, event: Any) -> None:
                if event.event_type not in {"opened", "closed_no_write"}:
                    changed.set()

        observer = Observer()
        try:
            disk.make_folders(self._folder)
            observer.schedule(Handler(), self._folder)
            observer.start()
        except (OSError, RuntimeError) as error:
            _log.warning("no events for %s (%s): it is polled", self._folder, error)
        else:
            self._observer = observer
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Watch no more."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()

    def wake(self) -> None:
        """Wake the waiting thread, from any other."""
        self._changed.set()

    def wait(self, timeout_s: float) -> None:
        """Wait for a change, but not longer than that; one since the last wait counts."""
        alive = self._observer is not None and self._observer.is_alive()
        self._changed.wait(timeout_s if alive else min(timeout_s, _POLL_S))
        self._changed.clear()


def _quieten_watchdog() -> None:
    """Keep what watchdog logs while it ends, which is no fault, off the standard error of programs that log nothing."""
    logger = logging.getLogger("watchdog")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
