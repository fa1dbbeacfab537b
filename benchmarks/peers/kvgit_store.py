"""kvgit: a hash array mapped trie with commits, over diskcache, which is SQLite."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import kvgit
import msgspec
from kvgit.kv.disk import Disk

from benchmarks.corpus import AUTHOR, decode_service
from benchmarks.peers.interface import Documents, FolderPeer, LogEntry

SYNCHRONOUS_FULL = 2


def encode(value: Any) -> bytes:
    return msgspec.json.encode(value)


def decode(data: bytes) -> Any:
    return decode_service(data)


class KvgitStore(FolderPeer):
    """One branch, one worktree object held open."""

    def __init__(self, folder: Path, *, full: bool) -> None:
        super().__init__(folder)
        self.full = full

    def open(self) -> None:
        backend = Disk(str(self.folder))
        if self.full:
            backend.store.reset("sqlite_synchronous", SYNCHRONOUS_FULL)
        self.repo = kvgit.Repo(backend, codec=(encode, decode))
        self.worktree = self.repo.worktree("main", create=True)

    def close(self) -> None:
        self.repo.close()

    def fill(self, documents: Documents) -> None:
        for name, value in documents:
            self.worktree[name] = value
        self.worktree.commit(info={"author": AUTHOR, "message": "fill"})

    def commit_one(self, name: str, value: dict[str, Any]) -> str:
        self.worktree[name] = value
        return str(self.worktree.commit(info={"author": AUTHOR, "message": f"change {name}"}).commit)

    def branch_with(self, branch: str, start: str, documents: Documents) -> str:
        self.repo.branches.create(branch, start)
        worktree = self.repo.worktree(branch)
        for name, value in documents:
            worktree[name] = value
        return str(worktree.commit(info={"author": AUTHOR, "message": f"change {branch}"}).commit)

    def check_out(self, branch: str) -> None:
        self.target = self.repo.worktree(branch)

    def merge(self, ours: str, theirs: str) -> str:
        info = {"author": AUTHOR, "message": f"merge {theirs} into {ours}"}
        return str(self.target.merge(branch=theirs, info=info).commit)

    def diff(self, before: str, after: str) -> Sequence[object]:
        found = self.repo.diff(before, after)
        return [*found.added, *found.removed, *found.modified]

    def read_head(self, name: str) -> object:
        return self.worktree[name]

    def read_at(self, commit: str, name: str) -> object:
        return self.repo.snapshot(commit=commit)[name]

    def log(self, count: int) -> Sequence[object]:
        entries = []
        for commit in self.repo.log(branch="main", limit=count):
            info = commit.info or {}
            entries.append(LogEntry(commit.hash, info.get("author", ""), commit.time, info.get("message", "")))
        return entries


def default(folder: Path) -> KvgitStore:
    return KvgitStore(folder, full=False)


def full(folder: Path) -> KvgitStore:
    return KvgitStore(folder, full=True)
