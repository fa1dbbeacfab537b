"""Muniment itself, through its public interface."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from benchmarks.corpus import AUTHOR, Service
from benchmarks.peers.interface import Documents, FolderPeer
from muniment import Store

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
