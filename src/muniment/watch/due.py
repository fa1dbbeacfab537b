"""Which documents are to be looked at, and when: gathered for a while or held back for a while, some at a time."""

import time
from collections.abc import Iterable
from itertools import islice

AT_ONCE = 1000
"""How many documents are looked at before what was found is told; of those that are held back, as many besides."""
HOLD_S = 0.005
"""How soon documents are looked at again that are held back."""


class Due:
    """The names that wait: first come, first served, so that none is kept back by those that come again and again."""

    def __init__(self, debounce_s: float) -> None:
        self._debounce_s = debounce_s
        self._names: dict[str, None] = {}
        self._due_at = 0.0
        self._held: dict[str, None] = {}
        self._held_until = 0.0

    def add(self, names: Iterable[str], *, wait_s: float | None = None) -> None:
        """Let documents be looked at, with those that wait already, if any do; else after the debounce, or `wait_s`."""
        new = dict.fromkeys(sorted(names))
        if new and not self._names:
            self._due_at = time.monotonic() + (self._debounce_s if wait_s is None else wait_s)
        self._names |= new

    def hold(self, names: Iterable[str]) -> None:
        """Let documents be looked at again, behind all that are held back already, but not at once."""
        new = dict.fromkeys(names)
        if new and not self._held:
            self._held_until = time.monotonic() + HOLD_S
        self._held |= new

    def drop(self, name: str) -> None:
        """Look at no document that was looked at by the way."""
        self._names.pop(name, None)
        self._held.pop(name, None)

    def take(self) -> list[str]:
        """Give the names that are due, in order, some of them if they are many."""
        now = time.monotonic()
        taken = [*islice(self._names, AT_ONCE)] if now >= self._due_at else []
        if now >= self._held_until:
            taken += islice(self._held, AT_ONCE)
            self._held_until = now + HOLD_S
        for name in taken:
            self.drop(name)
        return sorted(set(taken))

    def pause_s(self) -> float:
        """Give how long none is due."""
        now = time.monotonic()
        waits = [self._due_at - now] if self._names else []
        if self._held:
            waits.append(self._held_until - now)
        return max(0.0, min(waits, default=float("inf")))

    def __contains__(self, name: str) -> bool:
        """Tell whether a document waits to be looked at."""
        return name in self._names
