"""Heads as empty files named by commit ids: moving a branch is renaming a file.

The kernel's rename is the compare-and-swap, and because the files are empty and their names never
repeat, the host's git merges them without a conflict: two moved heads become two files.

Format: docs/format/heads.md.
"""

import time
from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import StaleHeadError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage import reference_folders
from muniment.storage.unchanged import Unchanged, is_settled
from muniment.values.ids import CommitId, is_id
from muniment.values.names import BranchName


class FileHeads:
    """A `HeadStore` of one empty file a head.

    Remembers what it listed as long as the folder's time proves it unchanged; and where it moved
    a head itself, as long as that file is there and the folder's time is that of the move. So
    finding a head costs one `stat` or two.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._listed: Unchanged[tuple[CommitId, ...]] = Unchanged()
        self._found: dict[BranchName, tuple[CommitId, ...]] = {}
        self._moved: dict[BranchName, tuple[int, CommitId]] = {}

    def heads(self, branch: BranchName) -> tuple[CommitId, ...]:
        """Give the heads of a branch in ascending order."""
        try:
            heads = self._where_moved(branch) or self._listed.get(self._layout.branch(branch), _heads_in)
        except (FileNotFoundError, NotADirectoryError):
            heads = ()
        self._found[branch] = heads
        return heads

    def _where_moved(self, branch: BranchName) -> tuple[CommitId, ...]:
        moved = self._moved.get(branch)
        if moved is None:
            return ()
        time_ns, head = moved
        is_as_left = disk.stat(self._layout.branch(branch)).st_mtime_ns == time_ns
        if not is_as_left or is_settled(time_ns, time.time_ns()):  # from now on a listing proves more, and for longer
            self._moved.pop(branch, None)
            return ()
        try:
            disk.stat(self._layout.head(branch, head))
        except FileNotFoundError:
            return ()
        return (head,)

    def move(self, branch: BranchName, expected: CommitId | None, new: CommitId) -> None:
        """Move a head, or change nothing."""
        if expected is None:
            self._create(branch, new)
            return
        try:
            disk.rename(self._layout.head(branch, expected), self._layout.head(branch, new))
        except FileNotFoundError:
            raise StaleHeadError(branch, expected, self._any_head(branch)) from None
        self._moved.pop(branch, None)
        if self._found.get(branch) == (expected,):
            self._moved[branch] = disk.stat(self._layout.branch(branch)).st_mtime_ns, new

    def _create(self, branch: BranchName, new: CommitId) -> None:
        if found := self._any_head(branch):
            raise StaleHeadError(branch, None, found)
        self.add(branch, new)

    def add(self, branch: BranchName, new: CommitId) -> None:
        """Put a head beside those that are there: how a branch begins, or diverges."""
        self._moved.pop(branch, None)
        self._found.pop(branch, None)
        disk.make_folders(self._layout.branch(branch))
        with suppress(FileExistsError):
            disk.close(disk.open_fd(self._layout.head(branch, new), disk.CREATE_NEW, 0o666))

    def remove(self, branch: BranchName, expected: CommitId) -> None:
        """Delete a head, and the folders that this leaves empty."""
        try:
            disk.unlink(self._layout.head(branch, expected))
        except FileNotFoundError:
            raise StaleHeadError(branch, expected, self._any_head(branch)) from None
        self._moved.pop(branch, None)
        self._found.pop(branch, None)
        disk.remove_empty_folders(self._layout.branch(branch), self._layout.heads)

    def _any_head(self, branch: BranchName) -> CommitId | None:
        return next(iter(self.heads(branch)), None)

    def branches(self) -> Iterator[BranchName]:
        """Give the names of the branches that have a head, in ascending order."""
        yield from map(BranchName, reference_folders.names_below(self._layout.heads))


def _heads_in(folder: str) -> tuple[CommitId, ...]:
    return tuple(sorted(CommitId(name) for name in disk.listdir(folder) if is_id(name)))
