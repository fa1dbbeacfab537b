"""Remember what a file or folder was found to hold for as long as its times prove it unchanged."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from muniment.files import disk

Found = TypeVar("Found")

SETTLED_NS = 2_000_000_000
"""How long ago a change must lie to be told by its time from a later one, where clocks tick in seconds (FAT, HFS+)."""

FINELY_SETTLED_NS = 100_000_000
"""The same where a time has a part of a second: then the clock is the kernel's, which ticks every 10 ms at most."""


def is_settled(changed_ns: int, now_ns: int) -> bool:
    """Tell whether a change after now would show in the time of a file that has `changed_ns` as its time."""
    return now_ns - changed_ns > (FINELY_SETTLED_NS if changed_ns % 1_000_000_000 else SETTLED_NS)


class Unchanged(Generic[Found]):
    """What was found at each path; one `stat` instead of another look."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, int, Found]] = {}

    def get(self, path: str, look: Callable[[str], Found]) -> Found:
        """Give what `look` finds at `path`, or found when nothing had changed since.

        Raises:
            OSError: There is nothing at `path`.
        """
        state = disk.stat(path)
        known = self._found.get(path)
        if known is not None and known[0] == state.st_mtime_ns and known[1] == state.st_ino:
            return known[2]
        found = look(path)
        if is_settled(state.st_mtime_ns, time.time_ns()):
            self._found[path] = state.st_mtime_ns, state.st_ino, found
        return found
