"""What has to be looked at, and when: what hints say, and everything again and again."""

import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

from muniment.files import disk
from muniment.files.hints import Hints
from muniment.files.layout import DOCUMENT_SUFFIX, Layout
from muniment.watch.files import Files

AT_ONCE = 1000
"""How many documents are looked at before what was found is told."""
WALK_SHARE = 500
"""All files are looked at so seldom that it takes this part of the time of one core, where changes are told."""
SLICE_S = 0.002
"""For how long files are looked at before whatever was told meanwhile is looked at first."""
PENDING_S = 0.02
TOLD_BY_S = 0.5
"""How long after a change the system has told of it, if it tells of changes there: not so on network mounts."""

_log = logging.getLogger("muniment")


class Agenda:
    """What is due: references, tags, ledgers, and documents by name, gathered for `debounce_s` from the first on."""

    def __init__(self, layout: Layout, files: Files, *, debounce_s: float, poll_s: float) -> None:
        self._layout = layout
        self._files = files
        self._debounce_s = debounce_s
        self._poll_s = poll_s
        self._names: set[str] = set()
        self._names_at = 0.0
        self._glance_at = self._walk_at = 0.0
        self._walking: Iterator[str | None] | None = None
        self._is_walk = False
        self._took_s = 0.0
        self._is_catching_up = True
        self._untold: set[str] = set()
        self.is_told = True
        """Whether the system tells of all changes; else all files are looked at each time."""
        self.references = self.tags = self.ledgers = True
        self.has_new_folders = False
        """Whether folders of heads, tags or ledgers may have come."""

    def heed(self, hints: Hints) -> None:
        """Take note of what was told."""
        if hints.is_lost:
            self.look_at_all()
        names: set[str] = set()
        for path in hints.files:
            if (name := self._noted(path)) is not None:
                names.add(name)
        for path in hints.folders:
            if self._is_control(path):
                self.references = self.tags = self.ledgers = self.has_new_folders = True
            elif path.startswith(f"{self._layout.root}/"):
                names |= self._files.below(path[len(self._layout.root) + 1 :])
            else:
                self.look_at_all()
        self._untold -= names
        self.add(names)

    def _is_control(self, path: str) -> bool:
        return path == self._layout.control or path.startswith(f"{self._layout.control}/")

    def _noted(self, path: str) -> str | None:
        """Give the name of the document whose file it is; take note of what else it is."""
        layout = self._layout
        if not self._is_control(path):
            return self._name_of(path)
        if path.startswith(f"{layout.local}/"):
            self.references = self.references or path in {layout.operations, layout.selected}
        elif path.startswith(f"{layout.heads}/"):
            self.references = True
        elif path.startswith(f"{layout.tags}/"):
            self.tags = True
        elif path.startswith(f"{layout.ledgers}/"):
            self.ledgers = True
        return None

    def _name_of(self, path: str) -> str | None:
        if not path.startswith(f"{self._layout.root}/") or not path.endswith(DOCUMENT_SUFFIX):
            return None
        name = path[len(self._layout.root) + 1 :].removesuffix(DOCUMENT_SUFFIX)
        return None if any(part.startswith(".") for part in name.split("/")) else name

    def look_at_all(self) -> None:
        """Look at everything as soon as may be."""
        self._files.doubt()
        self._walking = None
        self._glance_at = self._walk_at = 0.0
        self.has_new_folders = self._is_catching_up = True

    def tick(self) -> None:
        """Take note of what is to be looked at by now, whether somebody told of it or not."""
        began = time.monotonic()
        if self._walking is None:
            if began < self._glance_at:
                return
            self.references = self.tags = self.ledgers = True
            self._is_walk = not self.is_told or began >= self._walk_at
            self._walking = self._files.walk() if self._is_walk else self._files.glance()
            self._took_s = 0.0
        is_over = self._go_on(self._walking, began)
        now = time.monotonic()
        self._took_s += now - began
        if is_over:
            self._walking = None
            self._is_catching_up = False
            self._glance_at = now + self._poll_s
            if self._is_walk:
                self._walk_at = now + max(self._poll_s, self._took_s * WALK_SHARE)

    def _go_on(self, walking: Iterator[str | None], began: float) -> bool:
        """Look at files for a while; tells whether that was all of them."""
        names: set[str] = set()
        try:
            for name in walking:
                if name is not None:
                    names.add(name)
                elif time.monotonic() - began > SLICE_S:
                    return False
            return True
        finally:
            if self.is_told and not self._is_catching_up:
                self._untold |= names - self._names
            self.add(names)

    def add(self, names: set[str], *, wait_s: float | None = None) -> None:
        """Let documents be looked at, with those that wait already, if any do."""
        if names and not self._names:
            self._names_at = time.monotonic() + (self._debounce_s if wait_s is None else wait_s)
        self._names |= names

    def take_names(self) -> list[str]:
        """Give the names that are due, in order, some of them if they are many; when all is looked at, not before."""
        if self._is_catching_up or not self._names or time.monotonic() < self._names_at:
            return []
        names = sorted(self._names)[:AT_ONCE]
        self._names.difference_update(names)
        return names

    def doubt_events(self, changed: Iterable[str]) -> None:
        """Look at all files again and again from now on, if a file that changed was found and long not told of."""
        for name in self._untold.intersection(changed):
            with suppress(OSError):
                if self.is_told and time.time() - disk.lstat(self._layout.document(name)).st_ctime > TOLD_BY_S:
                    self.is_told = False
                    _log.warning("a change of %s was not told by the system: all files are polled", name)
        self._untold.clear()

    def drop(self, names: set[str]) -> None:
        """Look at no document that was looked at by the way."""
        self._names -= names

    def pause_s(self) -> float:
        """Give how long nothing is due; what is pending is looked at again soon."""
        if self._walking is not None or self._is_catching_up:
            return 0.0
        now = time.monotonic()
        pause = self._glance_at - now
        if self._names:
            pause = min(pause, self._names_at - now)
        if self.references or self.tags or self.ledgers:
            pause = min(pause, PENDING_S)
        return max(0.0, pause)


def folders_of(layout: Layout) -> list[str]:
    """List the folders in which heads, tags, ledgers, the operation log and the choice of a branch are files."""
    found = [layout.control, layout.local, os.path.dirname(layout.heads), layout.ledgers]
    found += [*_at_and_below(layout.heads), *_at_and_below(layout.tags)]
    with suppress(OSError):
        found += [layout.ledger(name).root for name in disk.listdir(layout.ledgers)]
    return found


def _at_and_below(folder: str) -> Iterator[str]:
    yield folder
    with suppress(OSError), disk.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _at_and_below(entry.path)
