"""Going through many files a few at a time, so that whatever is told meanwhile is looked at first."""

import time
from collections.abc import Callable, Iterator

SLICE_S = 0.002
"""For how long files are looked at before whatever was told meanwhile is looked at first."""


class Sweep:
    """Files that are gone through: `is_of_all` of them, or only of some folders.

    `found` gives names, and None for a pause now and then; `check` may raise in each, which ends the sweep.
    """

    def __init__(self, found: Iterator[str | None], check: Callable[[], None], *, is_of_all: bool) -> None:
        self._found = found
        self._check = check
        self.is_of_all = is_of_all
        self.is_over = False
        self.took_s = 0.0

    def go_on(self) -> set[str]:
        """Look at files for a while; gives the names of those that may have changed."""
        began = time.monotonic()
        names: set[str] = set()
        for name in self._found:
            if name is not None:
                names.add(name)
                continue
            self._check()
            if time.monotonic() - began > SLICE_S:
                break
        else:
            self.is_over = True
        self.took_s += time.monotonic() - began
        return names
