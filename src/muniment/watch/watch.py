"""A watch as programs use it: an iterator of changes, which blocks for the next one."""

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Self

from muniment.errors.system import translated
from muniment.files import events, patience
from muniment.files.hints import Events
from muniment.values.names import BranchName
from muniment.values.watch_cursor import Moment, WatchCursor
from muniment.watch import agenda
from muniment.watch.changes import Change
from muniment.watch.looker import Looker
from muniment.watch.passing import MAY_PASS, Passing
from muniment.watch.source import Source
from muniment.watch.steps import Composing, Step
from muniment.watch.wanted import Wanted

_log = logging.getLogger("muniment")

Callback = tuple[Wanted, Callable[[Change], object]]


class _Stopped(Exception):  # noqa: N818 - no error: it breaks off a look whose watch was stopped
    """Nobody waits for what is being looked at."""


class Watch:
    """Changes as they come: an iterator that blocks for the next one, and ends when it is stopped.

    Used by one thread, but `stop` may be called from any. A context manager, too: leaving it stops. After an error, and
    in a forked child, it may be used on: it looks at everything anew.
    """

    def __init__(
        self,
        source: Source,
        wanted: Wanted,
        since: WatchCursor | str | None,
        branches: frozenset[BranchName] | None,
        callbacks: Sequence[Callback],
        *,
        debounce_s: float,
        poll_s: float,
        timeout_s: float | None,
    ) -> None:
        self._source = source
        self._callbacks = callbacks
        self._timeout_s = timeout_s
        self._stopped = threading.Event()
        self._events: Events | None = None
        self._closing: Callable[[], object] = bool
        self._pid = os.getpid()
        self._is_in_doubt = False
        self._passing = Passing()
        self._poll_s = poll_s
        self._again_at = 0.0
        self._looker = Looker(
            source, wanted, branches, self._watch_folder, self._check, debounce_s=debounce_s, poll_s=poll_s
        )
        self._copy = source.copy_id()
        self._moment = self._begin(since)
        self._steps: list[Step] = []
        self._composing = Composing(self._moment, self._steps)
        self._given = self._told = 0
        """How many of the steps were given, and up to which there is any that tells something."""

    def _begin(self, since: WatchCursor | str | None) -> Moment:
        if since is None:
            return self._looker.begin()
        root = self._source.layout.root
        cursor = since if isinstance(since, WatchCursor) else WatchCursor.parse(root, since)
        cursor.check_copy(root, self._copy)
        self._looker.resume(cursor.moment)
        return cursor.moment

    @property
    def cursor(self) -> WatchCursor:
        """Where to resume from, so that nothing is missed and nothing comes twice that was given."""
        return self._cursor_behind(self._given)

    def _cursor_behind(self, given: int) -> WatchCursor:
        return WatchCursor(self._copy, partial(self._composing.moment, given))

    def __iter__(self) -> Self:
        """Go on with the next change."""
        return self

    def __next__(self) -> Change:
        """Wait for the next change, and give it."""
        if not self.wait():
            raise StopIteration
        return self._take()

    @property
    def at_hand(self) -> int:
        """How many changes can surely be taken without waiting: one, where it was found already."""
        return int(self._given < self._told and not self._stopped.is_set())

    def wait(self) -> bool:
        """Wait until the next change is at hand, without taking it; False where there will be none any more."""
        waited_since, pause_s = time.monotonic(), 0.0
        while not self._stopped.is_set():
            if self.at_hand:
                return True
            if self._go_on(pause_s):
                pause_s = 0.0
            elif patience.is_over():
                return False
            elif self._is_patience_over(waited_since):
                break
            else:
                pause_s = self._pause_s(waited_since)
        self._close()
        return False

    def _is_patience_over(self, waited_since: float) -> bool:
        """Tell whether nothing came for so long; while it catches up with what was before, something may yet."""
        if self._timeout_s is None or self._looker.agenda.is_catching_up:
            return False
        return time.monotonic() - waited_since >= self._timeout_s

    def _take(self) -> Change:
        """Give the next of what was found; what is told without a word goes with it."""
        given, make = self._given, None
        while make is None:
            make = self._steps[given].make
            given += 1
        while given < len(self._steps) and self._steps[given].make is None:
            given += 1
        change = make(self._cursor_behind(given))
        self._given = given  # last: an interrupt before has given nothing
        return change

    @translated("watch the store")
    def _go_on(self, pause_s: float) -> bool:
        """Wait for so long, or until something is told, and look at what is due; tells whether anything was found."""
        try:
            self._heed(pause_s)  # before anything else: whoever wakes it has said before why
            self._source.check_usable()
            if patience.is_over() or time.monotonic() < self._again_at:
                return False
            is_found = self._look()
        except OSError as error:
            if not self._may_pass(error):
                raise
            return False
        self._passing.is_well(self._source.layout.control)
        return is_found

    def _may_pass(self, error: OSError) -> bool:
        """Tell whether to try again what failed, as may be on a network mount; then it is not tried before its time.

        Raises:
            NotAStoreError: It failed because the store is gone.
        """
        with suppress(OSError):
            self._source.check_usable()
        if error.errno not in MAY_PASS:
            return False
        self._passing.note(self._source.layout.control, error)
        if time.monotonic() >= self._again_at:  # else it is not due, and only who woke it looked
            self._again_at = time.monotonic() + self._poll_s
        return True

    def _heed(self, pause_s: float) -> None:
        """Take note of what the system tells, or has told; until somebody wakes it, or for so long."""
        if self._events is None or self._pid != os.getpid():
            with suppress(OSError):  # which the look comes upon; until then it has to be woken
                self._source.check_usable()
            self._open()
            pause_s = 0.0  # what it would be woken from was not there yet
        told = self._events
        if told is None:  # closed meanwhile
            return
        try:
            self._looker.agenda.heed(told.wait(pause_s))
        except BaseException:
            self._is_in_doubt = True  # what was told by then is told no more
            raise
        if not told.is_told:
            self._poll("what watched it has ended")

    def _look(self) -> bool:
        """Look at what is due; tells whether anything was found."""
        if self._steps:
            self._found([])
        try:
            if self._is_in_doubt:
                self._looker.agenda.begin_anew()
                self._looker.resume(self._moment)
                self._is_in_doubt = False
            if self._looker.agenda.has_new_folders:
                self._watch_control()
            self._looker.agenda.tick()
            self._found(self._looker.look())
        except _Stopped:
            return False  # what was found stays for the cursor
        except BaseException:
            self._is_in_doubt = True  # what was found and not told is found again
            self._found([])
            raise
        return bool(self._steps)

    def _found(self, steps: list[Step]) -> None:
        """Go on with other steps, behind those that were given."""
        told = max((at for at, step in enumerate(steps, 1) if step.make is not None), default=0)
        self._moment = moment = self._composing.moment(self._given)
        composing = Composing(moment, steps)
        self._steps, self._composing, self._given, self._told = steps, composing, 0, told  # no interrupt between

    def _check(self) -> None:
        if self._stopped.is_set():
            raise _Stopped

    def _open(self) -> None:
        self._close()
        self._pid = os.getpid()
        self._events = events.open_events(self._source.layout.root)
        self._closing = weakref.finalize(self, self._events.close)
        self._looker.agenda.is_told = self._events.is_told
        self._looker.agenda.begin_anew()  # whatever came before it was watched

    def _watch_control(self) -> None:
        self._looker.agenda.has_new_folders = False
        for folder in agenda.folders_of(self._source.layout):
            self._watch_folder(folder)

    def _watch_folder(self, folder: str) -> None:
        if self._events is not None and not self._events.watch(folder):
            self._poll(f"the system's limit is reached at {folder}")

    def _poll(self, reason: str) -> None:
        """Look at everything by itself from now on."""
        if self._looker.agenda.is_told:
            self._looker.agenda.is_told = False
            _log.warning("no more events for %s (%s): it is polled", self._source.layout.root, reason)

    def _pause_s(self, waited_since: float) -> float:
        pause_s = max(self._looker.agenda.pause_s(), self._again_at - time.monotonic())
        if self._timeout_s is None:
            return pause_s
        return min(pause_s, max(0.0, waited_since + self._timeout_s - time.monotonic()))

    def run(self) -> None:
        """Call the functions that were registered by `Store.on_change`, in this thread, until it is stopped.

        One that raises is logged with its change, and the others are called all the same.
        """
        for change in self:
            for function in self.callbacks(change):
                try:
                    function(change)
                except Exception:  # noqa: BLE001 - whatever it is, the others are called
                    _log.exception("%r failed at %r", function, change)

    def callbacks(self, change: Change) -> list[Callable[[Change], object]]:
        """Give the functions that were registered for a change, in the order in which they were."""
        return [function for wanted, function in list(self._callbacks) if wanted.takes(change)]

    def stop(self) -> None:
        """End the iteration, from any thread; what was not given yet stays for the cursor."""
        self._stopped.set()
        self.wake()

    def wake(self) -> None:
        """Let it see at once whether the store was closed, from any thread."""
        told = self._events
        if told is not None:
            told.wake()

    def _close(self) -> None:
        self._closing()
        self._events = None

    def __enter__(self) -> Self:
        """Watch for the length of a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Stop."""
        self.stop()
        self._close()
