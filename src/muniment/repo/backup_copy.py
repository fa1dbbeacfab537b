"""The copying of one backup: only what is missing there, each checked that is named by what it holds."""

import os
from collections.abc import Mapping
from contextlib import suppress

from muniment.errors import StaleHeadError
from muniment.files import atomic, disk
from muniment.repo.backup_files import FilesCopy, holds
from muniment.repo.backup_ledgers import LedgersCopy
from muniment.repo.backup_objects import ObjectsCopy
from muniment.repo.backup_report import BackupReport
from muniment.repo.parts import Parts
from muniment.storage import written
from muniment.storage.local import LocalStorage
from muniment.values.ids import CommitId, TagId
from muniment.values.names import BranchName, TagName
from muniment.values.operation import TagMove


class BackupCopy:
    """One backup of a store under way, into `there`; `is_doubted` what an earlier one left: it did not end."""

    def __init__(self, parts: Parts, there: LocalStorage, *, is_doubted: bool) -> None:
        self._there = there
        self._layout = there.layout
        self._is_doubted = is_doubted
        self._objects = ObjectsCopy(parts.layout, parts.storage, there, is_doubted=is_doubted)
        self._files = FilesCopy(parts.layout, parts.storage, there, is_doubted=is_doubted)
        self._ledgers = LedgersCopy(parts, there.layout.root)
        self._synced = parts.storage.sync
        self._written: list[str] = []
        self._names: list[str] = []
        self._own = 0

    def report(self, *, is_partial: bool = False) -> BackupReport:
        """Tell what was copied."""
        return BackupReport(
            partial=is_partial,
            path=self._layout.root,
            objects=self._objects.objects,
            packs=self._objects.packs,
            documents=self._files.documents,
            files=self._files.files + self._own,
            entries=self._ledgers.entries,
            damaged=tuple({**self._objects.damaged, **self._files.damaged, **self._ledgers.damaged}),
        )

    def begin(self) -> None:
        """Copy as much as can be copied beside writers, so that little is left to do; nothing of it shows yet."""
        self._objects.copy()
        self._files.look()
        self._ledgers.look()
        self._ledgers.copy()

    def look(self) -> None:
        """Take down what there is to copy at this moment; needs the store's lock."""
        self._files.look()
        self._ledgers.look()
        self._objects.list()

    def finish(self) -> None:
        """Copy what came since the beginning up to that moment, durably, and show the files."""
        self._ledgers.copy()
        if not self._synced:
            self._written += _below(self._layout.ledgers)
        self._objects.copy()
        self._written += self._objects.written
        self._objects.written.clear()
        self.make_durable()  # before any file shows that may name them
        self._files.show()
        self._written += self._files.written
        self._names += self._files.gone

    def close(self) -> None:
        """Take away what has no name yet, and close the ledgers."""
        self._files.discard()
        self._ledgers.close()

    def settle(self) -> None:
        """Make durable what an earlier backup left that did not end: it may have been stopped before it synced."""
        if self._is_doubted:
            written.make_durable(_below(self._layout.root), self._layout.root)
            disk.sync_folder(os.path.dirname(self._layout.root))

    def _replace(self, target: str, data: bytes) -> None:
        if not holds(target, data):
            atomic.replace_file(target, data, self._layout.temporary, sync=False)
            self._written.append(target)
            self._own += 1

    def replace_own(self, own: Mapping[str, bytes | None]) -> None:
        """Let files of this copy's own be there as they were taken down."""
        for path, data in own.items():
            target = f"{self._layout.control}/{path}"
            if data is not None:
                self._replace(target, data)
            else:
                with suppress(FileNotFoundError):
                    disk.unlink(target)
                    self._names.append(target)

    def move_tags(self, tags: Mapping[TagName, tuple[TagId, ...]]) -> None:
        """Let there be these tags, and no others."""
        there = self._there.tags
        for tag in {*tags, *there.names()}:
            for gone in set(there.ids(tag)) - set(tags.get(tag, ())):
                there.apply(TagMove(tag, gone, None))
            for new in set(tags.get(tag, ())) - set(there.ids(tag)):
                there.apply(TagMove(tag, None, new))
                self._names.append(self._layout.tag_file(tag, new))

    def move_heads(self, heads: Mapping[BranchName, tuple[CommitId, ...]]) -> None:
        """Let branches stand there where they stood here; one that moved does so at once."""
        there = self._there.heads
        for branch in {*heads, *there.branches()}:
            old, new = there.heads(branch), heads.get(branch, ())
            if len(old) == 1 and len(new) == 1 and old != new:
                there.move(branch, old[0], new[0])
            else:
                for commit in set(new) - set(old):
                    there.add(branch, commit)
                for commit in set(old) - set(new):
                    with suppress(StaleHeadError):
                        there.remove(branch, commit)
            self._names.extend(self._layout.head(branch, commit) for commit in new)

    def make_durable(self) -> None:
        """Make durable what was copied so far."""
        written.make_durable(self._written, self._layout.root)
        self._written.clear()

    def make_names_durable(self) -> None:
        """Make durable which heads and tags there are."""
        written.make_names_durable(self._names, self._layout.root)


def _below(folder: str) -> list[str]:
    return [f"{above}/{name}" for above, _, names in os.walk(folder) for name in names]
