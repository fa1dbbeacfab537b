"""What a system must be able to do to be measured, and what each of these words includes."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

Documents = Iterable[tuple[str, dict[str, Any]]]


class LogEntry(NamedTuple):
    """One commit as a log shows it. A system without authors gives `""`."""

    commit: str
    author: str
    time: object
    message: str


class Peer(Protocol):
    """One versioned store in one folder.

    `open` makes the store where there is none. `fill` writes many documents by the fastest way that the
    system's interface offers. `commit_one` sets one document and commits it, encoding included, and gives
    the commit's id. The reads decode the document into a `Service`. `log` gives the newest `count`
    commits, newest first.
    """

    folder: Path

    def open(self) -> None: ...

    def close(self) -> None: ...

    def fill(self, documents: Documents) -> None: ...

    def commit_one(self, name: str, value: dict[str, Any]) -> str: ...

    def read_head(self, name: str) -> object: ...

    def read_at(self, commit: str, name: str) -> object: ...

    def log(self, count: int) -> Sequence[object]: ...

    def files_and_bytes(self) -> tuple[int, int]: ...


class Branching(Peer, Protocol):
    """What a system must do besides to be compared over branches and long histories; some do only part of it.

    `extend` makes `count` more commits on a branch as quickly as the system can, the branch being made at the head
    of `main` where it is missing, and gives the id of the last. `branch_with` makes a branch at a commit, and one
    commit there of many documents. `merge` is from two branch names to a merge commit with two parents and the branch
    `ours` moved to it; `check_out` comes before, where a system merges into what is checked out. `diff` gives an
    entry for each document that differs, with its name, and no contents. `merge_base` gives one commit's id.
    """

    def extend(self, branch: str, count: int) -> str: ...

    def branch_with(self, branch: str, start: str, documents: Documents) -> str: ...

    def check_out(self, branch: str) -> None: ...

    def merge(self, ours: str, theirs: str) -> str: ...

    def diff(self, before: str, after: str) -> Sequence[object]: ...

    def merge_base(self, ours: str, theirs: str) -> str: ...


class FolderPeer:
    """The part that is the same for all: where the store is, and how large it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check_out(self, branch: str) -> None:
        """Nothing is checked out: most merge any branch into any other."""

    def files_and_bytes(self) -> tuple[int, int]:
        """Count the files under the folder and the bytes that they hold."""
        files = size_bytes = 0
        for parent, _, names in os.walk(self.folder):
            for name in names:
                files += 1
                size_bytes += (Path(parent) / name).lstat().st_size
        return files, size_bytes
