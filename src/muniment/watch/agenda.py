"""What has to be looked at, and when: what hints say, and everything again and again."""

import logging
import math
import time
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from itertools import chain

from muniment.files import disk
from muniment.files.hints import Hints
from muniment.files.layout import Layout, is_within
from muniment.watch.due import Due
from muniment.watch.files import Files
from muniment.watch.sweep import Sweep
from muniment.watch.trust import Trust

WALK_SHARE = 500
"""All files are looked at so seldom that it takes this part of the time of one core, where changes are told."""
PENDING_S = 0.02
_ABSENT = FileNotFoundError, NotADirectoryError, PermissionError

_log = logging.getLogger("muniment")


class Agenda:
    """What is due: references, tags, ledgers, and documents by name.

    Files are gone through in two ways, both a slice at each tick. The *round* comes each `poll_s`: now and then through
    all files, else through the folders whose times changed. *Catching up* goes through what nobody could tell of: all
    files, after events were lost, or the folders that came. As long as that is under way, no document is looked at, so
    that what is found then is told in order; what has to be caught up with besides waits until it is over.
    """

    def __init__(
        self, layout: Layout, files: Files, check: Callable[[], None], *, debounce_s: float, poll_s: float
    ) -> None:
        self._layout = layout
        self._files = files
        self._check = check
        self._poll_s = poll_s
        self.documents = Due(debounce_s)
        self._trust = Trust()
        self._catching_up: Sweep | None = None
        self._round: Sweep | None = None
        self._is_all_due = True
        self._folders_due: set[str] = set()
        self._round_at = self._walk_at = 0.0
        self.is_told = True
        """Whether the system tells of changes; else all files are looked at in each round."""
        self.references = self.tags = self.ledgers = True
        self.has_new_folders = False
        """Whether folders of heads, tags or ledgers may have come."""

    def heed(self, hints: Hints) -> None:
        """Take note of what was told, and of what was not."""
        if hints.is_lost:
            self.look_at_all()
        names = {name for path in hints.files if (name := self._noted(path)) is not None}
        folders = {folder for path in hints.folders if (folder := self._noted_folder(path)) is not None}
        self.documents.add(names)
        self._folders_due |= folders
        self._trust.told(names, folders)
        if self.is_told and (name := self._trust.begin_to_doubt()) is not None:
            _log.warning("a change of %s was not told by the system: all files are polled", name)

    def _noted(self, path: str) -> str | None:
        """Give the name of the document whose file it is; take note of what else it is."""
        layout = self._layout
        if is_within(path, layout.heads) or path in {layout.operations, layout.selected}:
            self.references = True
        elif is_within(path, layout.tags):
            self.tags = True
        elif is_within(path, layout.ledgers):
            self.ledgers = True
        return layout.document_at(path)

    def _noted_folder(self, path: str) -> str | None:
        """Give the folder of documents that came, or is gone; take note of what else it is."""
        folder = self._layout.folder_at(path)
        if is_within(path, self._layout.control):
            self.references = self.tags = self.ledgers = self.has_new_folders = True
        elif folder == "" or not is_within(path, self._layout.root):
            self.look_at_all()
        return folder or None

    def look_at_all(self) -> None:
        """Look at everything, once what is being caught up with is through."""
        self._is_all_due = self.has_new_folders = True
        self._trust.forget()

    def begin_anew(self) -> None:
        """Look at everything at once: whatever was under way was broken off."""
        self._catching_up = self._round = None
        self.look_at_all()

    @property
    def is_catching_up(self) -> bool:
        """Tell whether documents may be found yet that have to be told in turn with those that are known."""
        return self._catching_up is not None

    def tick(self) -> None:
        """Go on with what is to be gone through by now, whether somebody told of it or not."""
        if self._catching_up is None:
            self._catching_up = self._to_catch_up()
        if self._catching_up is not None:
            self._catch_up(self._catching_up)
        if self._round is None and time.monotonic() >= self._round_at:
            self._round = self._next_round()
        if self._round is not None:
            self._go_round(self._round)

    def _to_catch_up(self) -> Sweep | None:
        if not self._is_all_due and not self._folders_due:
            return None
        folders, self._folders_due = sorted(self._folders_due), set()
        if not self._is_all_due:
            found = chain.from_iterable(map(self._files.below, folders))
            return Sweep(found, self._check, is_of_all=False)
        self._is_all_due = False
        self._files.doubt()
        self._round, self._round_at = None, math.inf  # this is one
        return self._of_all()

    def _of_all(self) -> Sweep:
        self.references = self.tags = self.ledgers = True
        return Sweep(self._files.walk(), self._check, is_of_all=True)

    def _catch_up(self, sweep: Sweep) -> None:
        self.documents.add(sweep.go_on())
        if sweep.is_over:
            self._catching_up = None
            if sweep.is_of_all:
                self._end_round(sweep)

    def _next_round(self) -> Sweep:
        if not self.is_told or self._trust.is_doubted or time.monotonic() >= self._walk_at:
            return self._of_all()
        self.references = self.tags = self.ledgers = True
        return Sweep(self._files.glance(), self._check, is_of_all=False)

    def _go_round(self, sweep: Sweep) -> None:
        names = sweep.go_on()
        if self.is_told and not self.is_catching_up:
            self._trust.found({name for name in names if name not in self.documents})
        self.documents.add(names)
        if sweep.is_over:
            self._round = None
            self._end_round(sweep)

    def _end_round(self, sweep: Sweep) -> None:
        now = time.monotonic()
        self._round_at = now + self._poll_s
        if sweep.is_of_all:
            self._walk_at = now + max(self._poll_s, sweep.took_s * WALK_SHARE)

    def take_documents(self) -> list[str]:
        """Give the documents that are due, in order, some of them if they are many."""
        return [] if self.is_catching_up else self.documents.take()

    def looked_at(self, names: AbstractSet[str], changed: AbstractSet[str]) -> None:
        """Take note of which documents have changed, of those that were looked at."""
        self._trust.looked_at(names, changed)

    def pause_s(self) -> float:
        """Give how long nothing is due; what is pending is looked at again soon."""
        if self._catching_up or self._round or self._is_all_due or self._folders_due:
            return 0.0
        pause = min(self._round_at - time.monotonic(), self.documents.pause_s())
        if self.references or self.tags or self.ledgers:
            pause = min(pause, PENDING_S)
        return max(0.0, pause)


def folders_of(layout: Layout) -> list[str]:
    """List the folders in which heads, tags, ledgers, the operation log and the choice of a branch are files."""
    found = [layout.control, layout.local, layout.references, layout.ledgers]
    found += [*_at_and_below(layout.heads), *_at_and_below(layout.tags)]
    with suppress(*_ABSENT):
        found += [layout.ledger(name).root for name in disk.listdir(layout.ledgers)]
    return found


def _at_and_below(folder: str) -> Iterator[str]:
    yield folder
    with suppress(*_ABSENT), disk.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _at_and_below(entry.path)
