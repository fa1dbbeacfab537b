"""Whatever the host repository ever held of a store, for `Store.repair` to take lost files from."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from muniment.errors import GitFailedError, MunimentError
from muniment.files.layout import Layout
from muniment.git.host import Host
from muniment.storage.packs import Packs
from muniment.values.ids import CommitId, is_id
from muniment.values.names import BranchName

if TYPE_CHECKING:
    from muniment.repo.store import Store


def history(store: "Store") -> "History":
    """Give what the commits of the host repository, its reflogs and its index have of a store.

    Raises:
        NotInRepositoryError: The store lies in no host repository.
        GitMissingError, GitFailedError: There is no git, or it failed.
    """
    return History(store.path)


class History:
    """The copies of a store that its host repository has."""

    def __init__(self, path: str) -> None:
        self._layout = Layout(path)
        self._host = Host.of(path)

    def versions(self, path: str) -> Iterator[bytes]:
        """Give what a file below the control folder held in any commit, or holds in the index: the newest first."""
        for blob in self._blobs.get(path, ()):
            with suppress(GitFailedError):  # the host repository is damaged itself
                data = self._host.git("cat-file", "blob", blob)
                if data is not None:
                    yield data

    def objects(self, object_id: str) -> Iterator[bytes]:
        """Give what was committed as the file of an object, and what packs that were committed have of it."""
        yield from self.versions(self._layout.inside(self._layout.object(object_id)))
        with suppress(MunimentError):
            data = self._packs.get(object_id)
            if data is not None:
                yield data

    def heads(self) -> Iterable[tuple[BranchName, tuple[CommitId, ...]]]:
        """Give the branches, with their heads, of the commit that is checked out in the host repository."""
        root = f"{self._host.control}/{self._layout.inside(self._layout.heads)}"
        found: dict[BranchName, list[CommitId]] = {}
        with suppress(GitFailedError):
            for path in self._host.paths("ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD", "--", root):
                branch, _, commit = path.removeprefix(f"{root}/").rpartition("/")
                if is_id(commit):
                    found.setdefault(BranchName(branch), []).append(CommitId(commit))
        return [(branch, tuple(commits)) for branch, commits in found.items()]

    @cached_property
    def _blobs(self) -> dict[str, list[str]]:
        """The ids that git has for each file that ever lay below the control folder, newest first."""
        control = self._host.control
        found: dict[str, list[str]] = {}
        for line in self._host.paths("ls-files", "-s", "-z", "--", control):
            told, _, path = line.partition("\t")
            _add(found, path.removeprefix(f"{control}/"), told.split()[1])
        log = ("log", "--all", "--reflog", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=", "-z", "--")
        parts = iter(self._host.paths(*log, control))
        for told in parts:
            if told.startswith(":"):
                _add(found, next(parts).removeprefix(f"{control}/"), told.split()[3])
        return found

    @cached_property
    def _packs(self) -> Packs:
        """The packs that were ever committed, laid out in a temporary folder that goes with this."""
        folder = tempfile.mkdtemp(prefix="muniment-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        packs = self._layout.inside(self._layout.packs)
        for path in self._blobs:
            if os.path.dirname(path) == packs:
                for data in self.versions(path):
                    with open(f"{folder}/{os.path.basename(path)}", "wb") as file:
                        file.write(data)
                    break
        return Packs(folder)


def _add(found: dict[str, list[str]], path: str, blob: str) -> None:
    blobs = found.setdefault(path, [])
    if blob.strip("0") and blob not in blobs:
        blobs.append(blob)
