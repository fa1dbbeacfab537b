"""Be told where to look, as files change: hints, and no more.

Events may be lost, late or too many, and some file systems send none. So whoever waits compares what is there with
what was, and looks again after a while anyway. A hint only says where it is worth while to look first.

"""

import threading
from typing import NamedTuple, Protocol


class Hints(NamedTuple):
    """What may have changed: files and folders by their paths, and whether anything else may have.

    `folders` came, or are gone: what is in them was not told. `is_lost` tells that events were lost.
    """

    files: set[str]
    folders: set[str]
    is_lost: bool = False

    def __bool__(self) -> bool:
        """Tell whether there is anything to look at."""
        return bool(self.files or self.folders or self.is_lost)


class Events(Protocol):
    """Tells what changes in some folders, without those below them. Used by one thread, but `wake` is for any."""

    @property
    def is_told(self) -> bool:
        """Whether the system tells anything, still; else the caller has to look by itself, again and again."""
        ...

    def watch(self, folder: str) -> bool:
        """Tell what changes in a folder from now on; False where the system refuses, and the caller has to look."""
        ...

    def forget(self, folder: str) -> None:
        """Tell nothing more of a folder, nor of those below it."""
        ...

    def wait(self, timeout_s: float) -> Hints:
        """Wait for hints, a wake-up or the end of the time, and give what came since the last wait."""
        ...

    def wake(self) -> None:
        """End the wait, or the next one if there is none; from any thread, and from a signal's handler."""
        ...

    def close(self) -> None:
        """Watch no more; harmless twice."""
        ...


class NoEvents:
    """Stands in where the system tells nothing."""

    is_told = False

    def __init__(self) -> None:
        self._woken = threading.Event()

    def watch(self, folder: str) -> bool:
        """Refuse."""
        del folder
        return False

    def forget(self, folder: str) -> None:
        """Do nothing."""

    def wait(self, timeout_s: float) -> Hints:
        """Wait for a wake-up or the end of the time."""
        self._woken.wait(timeout_s)
        self._woken.clear()
        return Hints(set(), set())

    def wake(self) -> None:
        """End the wait."""
        self._woken.set()

    def close(self) -> None:
        """Do nothing."""
