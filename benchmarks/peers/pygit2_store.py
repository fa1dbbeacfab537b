"""pygit2: libgit2 on a bare repository, documents as blobs in sharded folders, no working files."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pygit2

from benchmarks.corpus import AUTHOR, decode_service
from benchmarks.peers.interface import Documents, FolderPeer, LogEntry

BRANCH = "refs/heads/main"


def signature(time_s: int | None = None) -> pygit2.Signature:
    name, mail = AUTHOR.rstrip(">").split(" <")
    return pygit2.Signature(name, mail) if time_s is None else pygit2.Signature(name, mail, time_s)


class Pygit2Store(FolderPeer):
    """The repository object is held open, as a program that uses it would."""

    def __init__(self, folder: Path, *, synced: bool) -> None:
        super().__init__(folder)
        self.synced = synced

    def open(self) -> None:
        if not (self.folder / "HEAD").exists():
            repo = pygit2.init_repository(str(self.folder), bare=True, initial_head="main")
            repo.config["core.fsyncObjectFiles"] = self.synced
        self.repo: Any = pygit2.Repository(str(self.folder))

    def close(self) -> None:
        self.repo.free()

    def fill(self, documents: Documents) -> None:
        folders: dict[str, Any] = {}
        for name, value in documents:
            folder, leaf = name.split("/")
            builder = folders.setdefault(folder, None) or self.repo.TreeBuilder()
            folders[folder] = builder
            builder.insert(leaf, self.repo.create_blob(msgspec.json.encode(value)), pygit2.GIT_FILEMODE_BLOB)
        root = self.repo.TreeBuilder()
        for folder, builder in folders.items():
            root.insert(folder, builder.write(), pygit2.GIT_FILEMODE_TREE)
        self._commit(root.write(), "fill", [])

    def _commit(self, tree: Any, message: str, parents: list[Any]) -> str:
        who = signature()
        return str(self.repo.create_commit(BRANCH, who, who, message, tree, parents))

    def commit_one(self, name: str, value: dict[str, Any]) -> str:
        folder, leaf = name.split("/")
        head = self.repo.references[BRANCH].target
        tree = self.repo[head].tree
        inner = self.repo.TreeBuilder(tree[folder])
        inner.insert(leaf, self.repo.create_blob(msgspec.json.encode(value)), pygit2.GIT_FILEMODE_BLOB)
        root = self.repo.TreeBuilder(tree)
        root.insert(folder, inner.write(), pygit2.GIT_FILEMODE_TREE)
        return self._commit(root.write(), f"change {name}", [head])

    def extend(self, branch: str, count: int) -> str:
        name = f"refs/heads/{branch}"
        head = self.repo.references[name if name in self.repo.references else BRANCH].target
        tree, start = self.repo[head].tree.id, int(time.time()) - count
        for number in range(count):  # of one tree, a second apart: what is measured are the commits
            who = signature(start + number)
            head = self.repo.create_commit(None, who, who, f"go on with {branch}", tree, [head])
        self.repo.references.create(name, head, force=True)
        return str(head)

    def branch_with(self, branch: str, start: str, documents: Documents) -> str:
        tree = self.repo[start].tree
        folders: dict[str, Any] = {}
        for name, value in documents:
            folder, leaf = name.split("/")
            if folder not in folders:
                folders[folder] = self.repo.TreeBuilder(tree[folder])
            folders[folder].insert(leaf, self.repo.create_blob(msgspec.json.encode(value)), pygit2.GIT_FILEMODE_BLOB)
        root = self.repo.TreeBuilder(tree)
        for folder, builder in folders.items():
            root.insert(folder, builder.write(), pygit2.GIT_FILEMODE_TREE)
        who = signature()
        made = self.repo.create_commit(
            f"refs/heads/{branch}", who, who, f"change {branch}", root.write(), [pygit2.Oid(hex=start)]
        )
        return str(made)

    def merge(self, ours: str, theirs: str) -> str:
        name = f"refs/heads/{ours}"
        parents = [self.repo.references[name].target, self.repo.references[f"refs/heads/{theirs}"].target]
        index = self.repo.merge_commits(*parents)
        assert not index.conflicts
        who = signature()
        return str(self.repo.create_commit(name, who, who, f"merge {theirs}", index.write_tree(self.repo), parents))

    def diff(self, before: str, after: str) -> Sequence[object]:
        deltas = self.repo[before].tree.diff_to_tree(self.repo[after].tree).deltas
        return [delta.new_file.path for delta in deltas]

    def merge_base(self, ours: str, theirs: str) -> str:
        return str(self.repo.merge_base(ours, theirs))

    def read_head(self, name: str) -> object:
        return decode_service(self.repo[self.repo.references[BRANCH].target].tree[name].data)

    def read_at(self, commit: str, name: str) -> object:
        return decode_service(self.repo[commit].tree[name].data)

    def log(self, count: int) -> Sequence[object]:
        walk = self.repo.walk(self.repo.references[BRANCH].target, pygit2.enums.SortMode.NONE)
        return [self._entry(commit) for commit in islice(walk, count)]

    @staticmethod
    def _entry(commit: Any) -> LogEntry:
        author = f"{commit.author.name} <{commit.author.email}>"
        return LogEntry(str(commit.id), author, datetime.fromtimestamp(commit.commit_time, UTC), commit.message)


def default(folder: Path) -> Pygit2Store:
    return Pygit2Store(folder, synced=False)


def fsync(folder: Path) -> Pygit2Store:
    return Pygit2Store(folder, synced=True)
