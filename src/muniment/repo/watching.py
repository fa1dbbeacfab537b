"""One open store as a watch looks at it."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from errno import EACCES, EPERM, EROFS

from muniment.errors import CorruptionError, InvalidNameError, InvalidValueError, NotFoundError, ObjectNotFoundError
from muniment.files import atomic, disk
from muniment.files.lock import LockFile
from muniment.history import tree, tree_diff, walk
from muniment.history.tree_diff import TreeChange
from muniment.ledger.copy import Copy
from muniment.repo import ledgers
from muniment.repo.parts import Parts
from muniment.values import names as grammar
from muniment.values.ids import BlobId, CommitId, TagId
from muniment.values.names import BranchName, DocumentName, TagName
from muniment.values.objects import decode_tag
from muniment.values.watch_cursor import WatchCursor
from muniment.watch.wanted import Wanted
from muniment.watch.watch import Watch

_ID_BYTES = 16
_COPY_ID = re.compile(rb"([0-9a-f]{32})\n")
_FORBIDDEN = frozenset({EACCES, EPERM, EROFS})
_LONGEST_S = 1e6
_LEAST_POLL_S = 0.01
"""Whoever looked more often would keep a core busy."""


class Watched:
    """The store, as `watch.source.Source` says."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.layout = parts.layout
        self._storage = parts.storage
        self.operations = parts.storage.operations
        self.working = parts.storage.working
        self.is_settled = parts.storage.is_settled
        self.has_writer = parts.storage.has_writer
        self.has = parts.storage.objects.has
        self._ledgers: dict[str, tuple[object, Copy, int]] = {}

    def check_usable(self) -> None:
        """Refuse to go on where the store was closed or deleted."""
        self._parts.check_usable()

    def copy_id(self) -> str:
        """Give what this copy of the store is told apart by; made when somebody watches it for the first time.

        Raises:
            OSError: It cannot be read or made, though nobody forbids that.
            LockTimeoutError: Another program takes too long to make it.
        """
        if copy_id := self._read_copy_id():
            return copy_id
        lock = LockFile(self.layout.lock("copy-id"), "the id of the copy")
        try:
            with lock.exclusive(self._parts.lock_timeout_s):
                if not self._read_copy_id():  # else another program made it meanwhile
                    text = os.urandom(_ID_BYTES).hex().encode() + b"\n"
                    atomic.replace_file(self.layout.copy_id, text, self.layout.temporary)
                return self._read_copy_id()
        except OSError as error:
            if error.errno in _FORBIDDEN:
                return ""
            raise
        finally:
            lock.close()

    def _read_copy_id(self) -> str:
        """Read the id; empty where there is none, or none that was ever written so: cursors that have it are lost."""
        with suppress(FileNotFoundError):
            found = _COPY_ID.fullmatch(disk.read_file(self.layout.copy_id))
            return found[1].decode() if found else ""
        return ""

    def scanned(self) -> Mapping[DocumentName, BlobId]:
        """Give the content of every working file that is a document, reading those that changed since the last scan."""
        return self._storage.scanner.scan().blobs

    def selected(self) -> BranchName:
        """Give the branch whose documents the working files are."""
        return self._parts.selected_branch()

    def heads(self) -> dict[BranchName, tuple[CommitId, ...]]:
        """Give the commits that each branch stands at."""
        heads = self._storage.heads
        return {branch: found for branch in heads.branches() if (found := heads.heads(branch))}

    def heads_of(self, branch: BranchName) -> tuple[CommitId, ...]:
        """Give those of one branch."""
        return self._storage.heads.heads(branch)

    def independent(self, heads: tuple[CommitId, ...]) -> tuple[CommitId, ...]:
        """Leave out those that others are built on; all stay where history cannot be read."""
        if len(heads) > 1:
            with suppress(NotFoundError, CorruptionError):
                return tuple(sorted(walk.independent(self._parts.history.commit, heads)))
        return tuple(sorted(heads))

    def differing(self, before: CommitId | None, after: CommitId | None) -> list[TreeChange] | None:
        """Give the documents that differ between two commits; None where history cannot be read."""
        with suppress(NotFoundError, CorruptionError):
            sides = self._parts.tree_of(before), self._parts.tree_of(after)
            return list(tree_diff.changes(self._parts.history.node, *sides))
        return None

    def entries(self, commit: CommitId) -> Iterator[tuple[str, BlobId]]:
        """Give the documents of a commit."""
        return tree.entries(self._parts.history.node, self._parts.tree_of(commit))

    def lookup(self, commit: CommitId | None, name: str) -> BlobId | None:
        """Give a document of a commit."""
        return self._parts.history.lookup(self._parts.tree_of(commit), name)

    def blob(self, blob_id: BlobId) -> bytes:
        """Give the canonical bytes of a content."""
        return self._parts.history.blob(blob_id)

    def tags(self) -> dict[TagName, tuple[TagId, ...]]:
        """Give the tags that there are."""
        tags = self._storage.tags
        return {name: ids for name in tags.names() if (ids := tags.ids(name))}

    def target(self, tag_id: TagId) -> CommitId | None:
        """Give what a tag names; None where its object cannot be read."""
        with suppress(ObjectNotFoundError, CorruptionError):
            return decode_tag(tag_id, self._storage.objects.get(tag_id)).target
        return None

    def counts(self) -> dict[str, int]:
        """Give how many entries each ledger has; reads only those whose files changed since the last time."""
        found: dict[str, int] = {}
        for name in ledgers.names_of(self._parts):
            layout = self.layout.ledger(name)
            stamp, copy, count = self._ledgers.get(name) or (None, Copy(layout), 0)
            now = _stamp(layout.root), _stamp(layout.local)
            if now != stamp:
                with suppress(CorruptionError):
                    copy.look(dict, thoroughly=True)
                    count = copy.arrivals.total + sum(size.entries for _, _, size in copy.unseen())
                self._ledgers[name] = now, copy, count
            found[name] = count
        return found


def watch(
    parts: Parts,
    names: str | Iterable[str],
    since: WatchCursor | str | None,
    branches: Iterable[str] | None,
    debounce_s: float,
    poll_s: float,
    timeout_s: float | None,
) -> Watch:
    """Begin to watch a store; errors as for `Store.watch`."""
    wanted = Wanted(names)
    chosen = None if branches is None else _branches(branches)
    _check_seconds("debounce_s", debounce_s)
    _check_seconds("poll_s", poll_s, _LEAST_POLL_S)
    _check_seconds("timeout_s", 0 if timeout_s is None else timeout_s)
    parts.recover_once()
    made = Watch(
        Watched(parts), wanted, since, chosen, parts.callbacks,
        debounce_s=debounce_s, poll_s=poll_s, timeout_s=timeout_s,
    )  # fmt: skip
    parts.watches.add(made)
    return made


def _check_seconds(option: str, time_s: object, least_s: float = 0) -> None:
    if isinstance(time_s, bool) or not isinstance(time_s, int | float) or not least_s <= time_s < _LONGEST_S:
        raise InvalidValueError(f"`{option}` is a number of seconds, {least_s} at the least, not {time_s!r}")


def _branches(branches: object) -> frozenset[BranchName]:
    if isinstance(branches, str | bytes) or not isinstance(branches, Iterable):
        raise InvalidNameError("branch", str(branches), "give a list of names")
    return frozenset(map(grammar.branch_name, branches))


def _stamp(folder: str) -> tuple[tuple[str, int, int], ...]:
    """Give what changes when a file of a folder grows, comes or goes."""
    with suppress(FileNotFoundError, NotADirectoryError), disk.scandir(folder) as entries:
        states = [(entry.name, entry.stat()) for entry in entries if entry.is_file(follow_symlinks=False)]
        return tuple(sorted((name, state.st_mtime_ns, state.st_size) for name, state in states))
    return ()
