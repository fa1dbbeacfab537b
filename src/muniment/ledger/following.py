"""Wait for new entries of a ledger, from whatever process."""

import threading
import time
import weakref
from types import TracebackType
from typing import Any, Self

from muniment.files import patience
from muniment.files.wakeup import Wakeup
from muniment.ledger import finding
from muniment.ledger.filters import Filters
from muniment.ledger.parts import LedgerParts
from muniment.ledger.tail import Tail
from muniment.values.cursor import Cursor
from muniment.values.entry import Entry


class Subscription:
    """Entries as they come: an iterator that blocks for the next one, and ends when it is stopped.

    `cursor` may be asked for at any time, and tells where to resume. A context manager, too: leaving it stops.
    """

    def __init__(
        self, parts: LedgerParts, after: Any, filters: Filters, *, timeout_s: float | None, poll_s: float
    ) -> None:
        self._parts = parts
        self._filters = filters
        self._timeout_s = timeout_s
        self._poll_s = poll_s
        self._stopped = threading.Event()
        self._wakeup = Wakeup(parts.layout.root)
        start = finding.here(parts) if after is None else after
        self._tail: Tail = finding.tail(parts, start, filters)
        self._release: weakref.finalize[..., Any] | None = None
        self._waited_since = 0.0

    @property
    def cursor(self) -> Cursor:
        """Where to resume from, so that nothing comes twice that was given, and nothing is left out."""
        return self._tail.cursor

    @property
    def at_hand(self) -> int:
        """How many of the next entries are here already: taking them waits for nothing."""
        return 0 if self._stopped.is_set() else self._tail.at_hand

    def wait(self) -> bool:
        """Wait until the next entry is at hand, without taking it; False where there will be none any more."""
        self._begin()
        while not self._stopped.is_set():
            if self._tail.wait():
                return True
            if patience.is_over():
                return False
            if self._is_late():
                break
            self._wakeup.wait(self._pause_s())
            self._tail = finding.tail(self._parts, self._tail.cursor, self._filters)
        self._end()
        return False

    def _begin(self) -> None:
        if self._release is not None:
            return
        self._wakeup.__enter__()
        self._release = weakref.finalize(self, self._wakeup.__exit__, None, None, None)
        self._tail = finding.tail(self._parts, self._tail.cursor, self._filters)  # what came before it was watched
        self._waited_since = time.monotonic()

    def _end(self) -> None:
        self._stopped.set()
        if self._release is not None:
            self._release()

    def _is_late(self) -> bool:
        return self._timeout_s is not None and time.monotonic() - self._waited_since >= self._timeout_s

    def _pause_s(self) -> float:
        if self._timeout_s is None:
            return self._poll_s
        return min(self._poll_s, max(0.0, self._waited_since + self._timeout_s - time.monotonic()))

    def stop(self) -> None:
        """End the iteration, from any thread; what was not given yet stays for the cursor."""
        self._stopped.set()
        self.wake()

    def wake(self) -> None:
        """Let it look at once, from any thread."""
        self._wakeup.wake()

    def __iter__(self) -> Self:
        """Go on with the next entry."""
        return self

    def __next__(self) -> Entry:
        """Wait for the next entry, and give it."""
        if not self.at_hand and not self.wait():
            raise StopIteration
        self._waited_since = time.monotonic()
        return next(self._tail)

    def __enter__(self) -> Self:
        """Follow for the length of a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Stop."""
        self.stop()
        self._end()
