"""dulwich: git in Python, on a bare repository, documents as blobs in sharded folders, no working files."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.repo import Repo

from benchmarks.corpus import AUTHOR, decode_service
from benchmarks.peers.interface import Documents, FolderPeer, LogEntry

BRANCH = b"refs/heads/main"
FILE, FOLDER = 0o100644, 0o040000


class DulwichStore(FolderPeer):
    """The repository object is held open, as a program that uses it would."""

    def __init__(self, folder: Path, *, synced: bool) -> None:
        super().__init__(folder)
        self.synced = synced

    def open(self) -> None:
        if not (self.folder / "HEAD").exists():
            self._create()
        self.repo: Any = Repo(str(self.folder))

    def _create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        repo = Repo.init_bare(str(self.folder), default_branch=b"main")
        config = repo.get_config()
        config.set((b"core",), b"fsyncObjectFiles", self.synced)
        config.write_to_path()
        repo.close()

    def close(self) -> None:
        self.repo.close()

    def fill(self, documents: Documents) -> None:
        blobs: list[Any] = []
        folders: dict[bytes, Tree] = {}
        for name, value in documents:
            folder, leaf = name.encode().split(b"/")
            blobs.append(Blob.from_string(msgspec.json.encode(value)))
            folders.setdefault(folder, Tree()).add(leaf, FILE, blobs[-1].id)
        root = Tree()
        for folder, tree in folders.items():
            root.add(folder, FOLDER, tree.id)
        # Many objects at once go into one pack, the fastest way there is.
        self.repo.object_store.add_objects([(one, None) for one in (*blobs, *folders.values(), root)])
        self._commit(root.id, "fill", None)

    def _commit(self, tree: bytes, message: str, parent: bytes | None) -> str:
        commit = Commit()
        commit.tree, commit.parents = ObjectID(tree), [ObjectID(parent)] if parent else []
        commit.author = commit.committer = AUTHOR.encode()
        commit.author_time = commit.commit_time = int(time.time())
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = message.encode()
        self.repo.object_store.add_object(commit)
        if not self.repo.refs.set_if_equals(BRANCH, parent, commit.id):
            message = "the branch has moved"
            raise RuntimeError(message)
        return str(commit.id.decode())

    def commit_one(self, name: str, value: dict[str, Any]) -> str:
        folder, leaf = name.encode().split(b"/")
        head = self.repo.refs[BRANCH]
        root = self.repo[self.repo[head].tree]
        inner = self.repo[root[folder][1]]
        blob = Blob.from_string(msgspec.json.encode(value))
        inner.add(leaf, FILE, blob.id)
        root.add(folder, FOLDER, inner.id)
        for one in (blob, inner, root):
            self.repo.object_store.add_object(one)
        return self._commit(root.id, f"change {name}", head)

    def read_head(self, name: str) -> object:
        return self._read(self.repo.refs[BRANCH], name)

    def read_at(self, commit: str, name: str) -> object:
        return self._read(commit.encode(), name)

    def _read(self, commit: bytes, name: str) -> object:
        folder, leaf = name.encode().split(b"/")
        root = self.repo[self.repo[commit].tree]
        return decode_service(self.repo[self.repo[root[folder][1]][leaf][1]].data)

    def log(self, count: int) -> Sequence[object]:
        walker = self.repo.get_walker(include=[self.repo.refs[BRANCH]], max_entries=count)
        return [self._entry(step.commit) for step in walker]

    @staticmethod
    def _entry(commit: Any) -> LogEntry:
        when = datetime.fromtimestamp(commit.commit_time, UTC)
        return LogEntry(commit.id.decode(), commit.author.decode(), when, commit.message.decode())


def default(folder: Path) -> DulwichStore:
    return DulwichStore(folder, synced=False)


def fsync(folder: Path) -> DulwichStore:
    return DulwichStore(folder, synced=True)
