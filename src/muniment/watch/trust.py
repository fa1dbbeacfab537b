"""Whether the system tells of all changes: on network mounts it tells of none that another machine makes.

It shows in what is found without it: a document that changed, and of which no event comes.
"""

import time
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

TOLD_BY_S = 0.5
"""How long after a change was found the system has told of it at the latest, if it tells of changes there."""
LATE_S = 10.0
"""For how long after that an event may still be of that change: later, it is of another one."""


class Trust:
    """What was found by looking, and what the system told of it."""

    def __init__(self) -> None:
        self._untold: set[str] = set()
        self._missed: dict[str, float] = {}
        """What has changed, and was not told so far: when it was looked at."""
        self._doubted_at: float | None = None

    @property
    def is_doubted(self) -> bool:
        """Tell whether there are changes that the system does not tell."""
        return self._doubted_at is not None

    def found(self, names: AbstractSet[str]) -> None:
        """Take note of documents that may have changed, of which no event has come."""
        if not self.is_doubted:
            self._untold |= names

    def looked_at(self, names: AbstractSet[str], changed: AbstractSet[str]) -> None:
        """Take note of which documents have changed, of those that were looked at."""
        self._missed |= dict.fromkeys(self._untold & changed, time.monotonic())
        self._untold -= names

    def told(self, names: AbstractSet[str], folders: Iterable[str] = ()) -> None:
        """Take note of events of documents, and of folders of them: the doubt ends if they were only late."""
        below = tuple(f"{folder}/" for folder in folders)
        came = {name for name in self._untold | self._missed.keys() if name in names or name.startswith(below)}
        self._untold -= came
        if self._doubted_at is None or time.monotonic() - self._doubted_at < LATE_S:
            for name in self._missed.keys() & came:
                del self._missed[name]
        if not self._missed:
            self._doubted_at = None

    def forget(self) -> None:
        """Expect no events of what was found so far: they were lost."""
        self._untold.clear()
        if not self.is_doubted:
            self._missed.clear()

    def begin_to_doubt(self) -> str | None:
        """Doubt, if no event came of a change that was found long ago; gives its document if that is new."""
        now = time.monotonic()
        late = next((name for name, at in self._missed.items() if now - at > TOLD_BY_S), None)
        if self.is_doubted or late is None:
            return None
        self._doubted_at = now
        return late
