"""`muniment.repo.watch_verbs.WatchVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.watch import AsyncWatch
from muniment.repo.watch_verbs import F, WatchVerbs
from muniment.values.watch_cursor import WatchCursor
from muniment.watch.changes import Change


class AsyncWatchVerbs(Bound):
    """Being told what changes, by whoever it was."""

    def watch(
        self,
        names: str | Iterable[str] = "**",
        since: WatchCursor | str | None = None,
        branches: Iterable[str] | None = None,
        debounce_s: float = 0.05,
        *,
        poll_s: float = 1.0,
        timeout_s: float | None = None,
    ) -> AsyncWatch:
        """Give the changes behind a cursor, and then wait for new ones, of any program, for ever.

        Without `since`, what changes from now on. `names` is a pattern of documents, or a list of them: without `**`
        only what concerns these documents is told, and that a branch diverged, but of no tags and ledgers.
        `branches` restricts `HeadMoved` and `StoreDiverged`: what the commits of other branches write into the working
        files is told as `DocumentChanged` then. Changes of documents are gathered for `debounce_s` seconds
        from the first on. Ends when nothing came for `timeout_s` seconds, or `stop` is called from any thread. Woken by
        the file system, it looks every `poll_s` seconds anyway, which are 0.01 at the least.

        Raises:
            InvalidNameError: A pattern that no document can fit, or no branch's name.
            InvalidValueError: A time is no number of seconds, or too short.
            InvalidCursorError: `since` is no cursor of this copy of the store.
        """
        begin = partial(
            WatchVerbs.watch,
            self._sync,
            names,
            since,
            branches,
            debounce_s,
            poll_s=poll_s,
            timeout_s=timeout_s,
        )
        return AsyncWatch(begin)

    def on_change(self, names: str | Iterable[str] = "**") -> Callable[[F], F]:
        """Decorate a function that `watch(…).run()` shall call with each change that concerns some documents.

        Raises:
            InvalidNameError: As for `watch`.
        """
        found: Callable[[F], F] = self._sync.on_change(names)
        return found

    def off_change(self, function: Callable[[Change], object]) -> None:
        """Let `watch(…).run()` call a function no more, from the next change on, for whichever documents it was.

        Harmless where it is not registered.
        """
        self._sync.off_change(function)
