"""The events of systems other than Linux, by way of watchdog: it watches a whole tree, from threads of its own."""

import logging
import os
import threading
from typing import Any

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

from muniment.files.hints import Hints

_MOST = 50_000
_NO_CHANGE = frozenset({"opened", "closed", "closed_no_write"})


class Observed:
    """What happened below one folder since somebody asked; of very much only that it was much."""

    def __init__(self, root: str) -> None:
        _quieten_watchdog()
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self._hints = Hints(set(), set())
        self._root, self._real_root = root, os.path.realpath(root)  # which the system may tell of by another path
        observer = Observer()
        observer.schedule(_Handler(self), root, recursive=True)
        observer.start()
        self._observer = observer

    @property
    def is_told(self) -> bool:
        """Whether watchdog's thread lives: an error ends it, and nobody is told."""
        return self._observer.is_alive()

    def note(self, event: Any) -> None:
        """Take note of an event; called by watchdog's thread."""
        if event.event_type in _NO_CHANGE:
            return
        paths = {self._spelled(path) for path in (event.src_path, getattr(event, "dest_path", "")) if path}
        if event.is_directory and event.event_type == "modified":  # something in it changed, which is told by itself
            return
        with self._lock:
            (self._hints.folders if event.is_directory else self._hints.files).update(paths)
            if len(self._hints.files) + len(self._hints.folders) > _MOST:
                self._hints = Hints(set(), set(), is_lost=True)
        self._woken.set()

    def _spelled(self, path: str | bytes) -> str:
        text = os.fsdecode(path)
        for root in (self._root, self._real_root):
            if text.startswith(root):
                return self._root + text[len(root) :].replace(os.sep, "/")
        return text

    def watch(self, folder: str) -> bool:
        """Tell what changes in a folder: it is watched with the whole tree, while watchdog's thread lives."""
        del folder
        return self.is_told

    def forget(self, folder: str) -> None:
        """Do nothing: watchdog sees by itself what is gone."""

    def wait(self, timeout_s: float) -> Hints:
        """Wait for hints, a wake-up or the end of the time, and give what came since the last wait."""
        self._woken.wait(timeout_s)
        self._woken.clear()
        with self._lock:
            hints, self._hints = self._hints, Hints(set(), set())
        return hints

    def wake(self) -> None:
        """End the wait, or the next one if there is none."""
        self._woken.set()

    def close(self) -> None:
        """Watch no more."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()


class _Handler(FileSystemEventHandler):
    def __init__(self, observed: Observed) -> None:
        self._observed = observed

    def on_any_event(self, event: Any) -> None:
        self._observed.note(event)


def _quieten_watchdog() -> None:
    """Keep what watchdog logs while it ends, which is no fault, off the standard error of programs that log nothing."""
    logger = logging.getLogger("watchdog")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
