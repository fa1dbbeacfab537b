"""Muniment itself, through its public interface."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from benchmarks.corpus import AUTHOR, Service
from benchmarks.peers.interface import Documents, FolderPeer
from muniment import Store
from muniment.history.merge_base import merge_bases
from muniment.values.ids import CommitId

FILL_SIZE = 10_000
"""Documents to one transaction of `fill`: how a large store is filled in bounded memory."""


class MunimentStore(FolderPeer):
    """The store object is held open, as a program that uses it would."""

    def __init__(self, folder: Path, *, durability: Literal["full", "os"], worktree: bool) -> None:
        super().__init__(folder)
        self.durability, self.worktree = durability, worktree

    def open(self) -> None:
        if not (self.folder / ".muniment").exists():
            Store.init(self.folder, author=AUTHOR).close()
        self.store = Store.open(self.folder, author=AUTHOR, durability=self.durability)

    def close(self) -> None:
        self.store.close()

    def fill(self, documents: Documents) -> None:
        remaining = iter(documents)
        while batch := list(itertools.islice(remaining, FILL_SIZE)):
            with self.store.transaction("fill", worktree=self.worktree) as tx:
                for name, value in batch:
                    tx.write(name, value)

    def commit_one(self, name: str, value: dict[str, Any]) -> str:
        with self.store.transaction(f"change {name}", worktree=self.worktree) as tx:
            tx.write(name, value)
        assert tx.commit
        return tx.commit.id

    def extend(self, branch: str, count: int) -> str:
        if branch not in {one.name for one in self.store.branches.list()}:
            self.store.branches.create(branch)
        for number in range(count):
            with self.store.transaction("go on", branch=branch, worktree=False) as tx:
                tx.write(f"line/{branch}", {"number": number})
        assert tx.commit
        return tx.commit.id

    def branch_with(self, branch: str, start: str, documents: Documents) -> str:
        self.store.branches.create(branch, start)
        with self.store.transaction(f"change {branch}", branch=branch, worktree=False) as tx:
            for name, value in documents:
                tx.write(name, value)
        assert tx.commit
        return tx.commit.id

    def merge(self, ours: str, theirs: str) -> str:
        merged: Any = self.store.merge(theirs, into=ours)
        return str(merged.commit.id)

    def diff(self, before: str, after: str) -> Sequence[object]:
        return self.store.diff(before, after)

    def merge_base(self, ours: str, theirs: str) -> str:
        history = self.store._parts.history  # noqa: SLF001 - what merging begins with; no verb gives it by itself
        history.begin_walk()
        (base,) = merge_bases(history.walked_commit, CommitId(ours), CommitId(theirs))
        return base

    def read_head(self, name: str) -> object:
        return self.store.at("HEAD").read(name, Service)

    def read_at(self, commit: str, name: str) -> object:
        return self.store.at(commit).read(name, Service)

    def log(self, count: int) -> Sequence[object]:
        return list(self.store.log(limit=count))


def durable(folder: Path) -> MunimentStore:
    return MunimentStore(folder, durability="full", worktree=False)


def unsynced(folder: Path) -> MunimentStore:
    return MunimentStore(folder, durability="os", worktree=False)


def with_working_files(folder: Path) -> MunimentStore:
    return MunimentStore(folder, durability="full", worktree=True)
