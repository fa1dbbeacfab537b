"""Other copies of a store, which repair takes from what is damaged or missing here.

Nothing of them is believed: whoever asks checks what they give by its hash.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Protocol, runtime_checkable

from muniment.errors import MunimentError, NotAStoreError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.storage.packs import Packs
from muniment.values.ids import CommitId
from muniment.values.names import BranchName


@runtime_checkable
class Copies(Protocol):
    """One or more copies of a store; nothing in them is changed."""

    def versions(self, path: str) -> Iterator[bytes]:
        """Give what a file holds, or held, whose path from the control folder is `path`; nothing if it is unknown."""

    def objects(self, object_id: str) -> Iterator[bytes]:
        """Give what may be the bytes of an object."""

    def heads(self) -> Iterable[tuple[BranchName, tuple[CommitId, ...]]]:
        """Give the branches, each with its heads, as far as they are known."""


class FolderCopy:
    """A store, or a backup, or the control folder of one alone, in `folder`.

    Raises:
        NotAStoreError: It is none of these.
    """

    def __init__(self, folder: str) -> None:
        self.layout = Layout(folder)
        if not os.path.isdir(self.layout.control):
            self.layout = Layout(folder, folder)
            if not (os.path.isdir(self.layout.objects) or os.path.isdir(self.layout.packs)):
                raise NotAStoreError(folder)
        self._packs = Packs(self.layout.packs)
        self._heads = FileHeads(self.layout)

    def versions(self, path: str) -> Iterator[bytes]:
        """Give what the file holds."""
        with suppress(FileNotFoundError, NotADirectoryError):
            yield disk.read_file(f"{self.layout.control}/{path}")

    def objects(self, object_id: str) -> Iterator[bytes]:
        """Give what the object's own file holds, and what packs have of it."""
        yield from self.versions(self.layout.inside(self.layout.object(object_id)))
        with suppress(MunimentError):
            data = self._packs.get(object_id)
            if data is not None:
                yield data

    def heads(self) -> Iterator[tuple[BranchName, tuple[CommitId, ...]]]:
        """Give the branches that have a head."""
        for branch in self._heads.branches():
            yield branch, self._heads.heads(branch)


def has_store(copies: Copies) -> str | None:
    """Give the folder of the store that a copy is; None where it is something else."""
    if isinstance(copies, FolderCopy) and os.path.exists(copies.layout.format):
        folder, name = os.path.split(copies.layout.control)
        return folder if Layout(folder).control == f"{folder}/{name}" else None
    return None
