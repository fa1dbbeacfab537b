"""The copying of one backup: file by file, only what is missing there, each checked that is named by what it holds."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from muniment.errors import StaleHeadError
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.repo.backup_objects import ObjectsCopy
from muniment.repo.backup_report import BackupReport
from muniment.storage import written
from muniment.storage.local import LocalStorage
from muniment.storage.unchanged import is_settled
from muniment.values import canonical
from muniment.values.ids import CommitId, TagId, is_id
from muniment.values.names import BranchName, TagName
from muniment.values.operation import TagMove


class BackupCopy:
    """One backup under way, from `source` into `there`; `is_doubted` what an earlier one left: it did not end."""

    def __init__(self, source: Layout, storage: LocalStorage, there: LocalStorage, *, is_doubted: bool) -> None:
        self._source = source
        self._storage = storage
        self._there = there
        self._layout = there.layout
        self._is_doubted = is_doubted
        self.objects = ObjectsCopy(source, storage, there, is_doubted=is_doubted)
        self._written: list[str] = []
        self._names: list[str] = []
        self._staged: dict[str, str] = {}
        self._seen: dict[str, tuple[int, int]] = {}
        self._damaged: dict[str, None] = {}
        self._documents = self._files = 0

    def report(self, entries: int) -> BackupReport:
        """Tell what was copied."""
        return BackupReport(
            path=self._layout.root,
            objects=self.objects.objects,
            packs=self.objects.packs,
            documents=self._documents,
            files=self._files,
            entries=entries,
            damaged=tuple({**self.objects.damaged, **self._damaged}),
        )

    def note_damaged(self, path: str) -> None:
        """Take note of a file that was not copied, because it is damaged."""
        self._damaged[path] = None

    def settle(self) -> None:
        """Make durable what an earlier backup left that did not end: it may have been stopped before it synced."""
        if self._is_doubted:
            paths = [f"{above}/{name}" for above, _, names in os.walk(self._layout.root) for name in names]
            written.make_durable(paths, self._layout.root)
            disk.sync_folder(os.path.dirname(self._layout.root))

    def copy_files(self) -> None:
        """Copy the other files: notes, rules, policies, schemas, descriptions of branches, allowed signers.

        Of schemas and descriptions a newer file takes the place of an older: those that are no more here go there.
        """
        source = self._source
        for folder in (source.notes, source.merging, source.policies, source.schemas, source.descriptions("")):
            paths = set(_below(source, folder.rstrip("/")))
            for path in sorted(paths):
                self._copy_file(path)
            if folder in {source.schemas, source.descriptions("")}:
                there = f"{self._layout.control}/{source.inside(folder.rstrip('/'))}"
                for path in sorted(set(_below(self._layout, there)) - paths):
                    disk.unlink(f"{self._layout.control}/{path}")
                    self._names.append(f"{self._layout.control}/{path}")
        self._copy_file(source.inside(source.allowed_signers))

    def _copy_file(self, path: str) -> None:
        """Copy a file, given by its path from the control folder."""
        try:
            data = disk.read_file(f"{self._source.control}/{path}")
        except FileNotFoundError:
            return
        digest = os.path.basename(path).partition(".")[0]
        if is_id(digest) and canonical.digest(data) != digest:
            self.note_damaged(f"{self._source.control}/{path}")
            return
        self._replace(f"{self._layout.control}/{path}", data)

    def _replace(self, target: str, data: bytes) -> None:
        if _holds(target, data):
            return
        atomic.replace_file(target, data, self._layout.temporary, sync=False)
        self._written.append(target)
        self._files += 1

    def copy_attributes(self) -> None:
        """Tell the host's git of ledgers what it is told here."""
        name = self._source.ledger("runs").attributes
        if os.path.exists(name):
            self._copy_file(self._source.inside(name))

    def stage_documents(self) -> None:
        """Copy the working files that are not there as they are here, under temporary names for now."""
        for name in self._storage.scanner.names():
            path, target = self._source.document(name), self._layout.document(name)
            with suppress(FileNotFoundError):
                state = disk.stat(path)
                seen = state.st_mtime_ns, state.st_size
                if self._seen.get(name) != seen:
                    self._seen[name] = seen
                    if target in self._staged or self._is_doubted or _state(target) != seen:
                        self._stage(path, target, seen)

    def _stage(self, path: str, target: str, seen: tuple[int, int]) -> None:
        if (staged := self._staged.pop(target, None)) is not None:
            atomic.discard(staged)
        data = disk.read_file(path)
        if _holds(target, data):
            return
        staged = atomic.stage(self._layout.temporary, data, sync=False)
        if _state(path) == seen and is_settled(seen[0], time.time_ns()):  # else it is looked at again next time
            disk.utime(staged, ns=(seen[0], seen[0]))
        self._staged[target] = staged

    def publish_documents(self) -> None:
        """Give the working files their names, and take away those that are no more."""
        for target, staged in list(self._staged.items()):
            data = disk.read_file(staged)
            atomic.publish(staged, target, data)
            del self._staged[target]
            self._written.append(target)
            self._documents += 1
        for name in set(self._there.scanner.names()) - set(self._seen):
            path = self._layout.document(name)
            disk.unlink(path)
            self._names.append(path)
            disk.remove_empty_folders(os.path.dirname(path), self._layout.root)

    def discard_staged(self) -> None:
        """Take away what has no name yet."""
        for staged in self._staged.values():
            atomic.discard(staged)

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
        written.make_durable(self._written + self.objects.written, self._layout.root)
        self._written.clear()
        self.objects.written.clear()

    def make_names_durable(self) -> None:
        """Make durable which heads and tags there are."""
        written.make_names_durable(self._names, self._layout.root)


def _holds(path: str, data: bytes) -> bool:
    with suppress(FileNotFoundError, NotADirectoryError):
        return disk.stat(path).st_size == len(data) and disk.read_file(path) == data
    return False


def _state(path: str) -> tuple[int, int] | None:
    try:
        state = disk.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return state.st_mtime_ns, state.st_size


def _below(layout: Layout, folder: str) -> Iterator[str]:
    """Give the files below a folder, as paths from the control folder."""
    for above, _, names in os.walk(folder):
        for name in names:
            if not name.startswith("."):
                yield layout.inside(f"{above}/{name}")
