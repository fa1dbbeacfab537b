"""Wait for new entries of a ledger, from whatever process."""

import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

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
        self._entries = self._follow()

    @property
    def cursor(self) -> Cursor:
        """Where to resume from, so that nothing comes twice that was given, and nothing is left out."""
        return self._tail.cursor

    def _follow(self) -> Iterator[Entry]:
        with self._wakeup:
            self._tail = finding.tail(self._parts, self._tail.cursor, self._filters)  # what came before it was watched
            waited_since = time.monotonic()
            while True:
                for entry in self._tail:
                    yield entry
                    waited_since = time.monotonic()
                    if self._stopped.is_set():
                        return
                if self._stopped.is_set() or self._is_late(waited_since):
                    return
                self._wakeup.wait(self._pause_s(waited_since))
                self._tail = finding.tail(self._parts, self._tail.cursor, self._filters)

    def _is_late(self, since: float) -> bool:
        return self._timeout_s is not None and time.monotonic() - since >= self._timeout_s

    def _pause_s(self, since: float) -> float:
        if self._timeout_s is None:
            return self._poll_s
        return min(self._poll_s, max(0.0, since + self._timeout_s - time.monotonic()))

    def stop(self) -> None:
        """End the iteration, from any thread; what was not given yet stays for the cursor."""
        self._stopped.set()
        self._wakeup.wake()

    def __iter__(self) -> Iterator[Entry]:
        """Go on with the next entry."""
        return self._entries

    def __next__(self) -> Entry:
        """Wait for the next entry, and give it."""
        return next(self._entries)

    def __enter__(self) -> Self:
        """Follow for the length of a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Stop."""
        self.stop()
        close = getattr(self._entries, "close", None)
        if close is not None:
            close()
