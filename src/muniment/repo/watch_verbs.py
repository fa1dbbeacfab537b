"""The verbs of watching, as `Store` offers them."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from muniment.errors.system import translated
from muniment.repo.parts import Parts

if TYPE_CHECKING:
    from muniment.values.watch_cursor import WatchCursor
    from muniment.watch.changes import Change
    from muniment.watch.watch import Watch

F = TypeVar("F", bound="Callable[[Change], object]")


class WatchVerbs:
    """Being told what changes, by whoever it was."""

    _parts: Parts

    @translated("watch the store")
    def watch(
        self,
        names: str | Iterable[str] = "**",
        since: "WatchCursor | str | None" = None,
        branches: Iterable[str] | None = None,
        debounce_s: float = 0.05,
        *,
        poll_s: float = 1.0,
        timeout_s: float | None = None,
    ) -> "Watch":
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
        from muniment.repo import watching

        return watching.watch(self._parts, names, since, branches, debounce_s, poll_s, timeout_s)

    def on_change(self, names: str | Iterable[str] = "**") -> Callable[[F], F]:
        """Decorate a function that `watch(…).run()` shall call with each change that concerns some documents.

        Raises:
            InvalidNameError: As for `watch`.
        """
        from muniment.watch.wanted import Wanted

        wanted = Wanted(names)

        def register(function: F) -> F:
            self._parts.callbacks.append((wanted, function))
            return function

        return register

    def off_change(self, function: "Callable[[Change], object]") -> None:
        """Let `watch(…).run()` call a function no more, from the next change on, for whichever documents it was.

        Harmless where it is not registered.
        """
        for entry in [entry for entry in self._parts.callbacks if entry[1] == function]:
            with suppress(ValueError):  # another thread was first
                self._parts.callbacks.remove(entry)
