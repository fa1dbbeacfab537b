"""dulwich: git in Python, on a bare repository, documents as blobs in sharded folders, no working files."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from dulwich.diff_tree import tree_changes
from dulwich.graph import find_merge_base
from dulwich.merge import three_way_merge
from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.repo import Repo

from benchmarks.corpus import AUTHOR, decode_service
from benchmarks.peers.interface import Documents, FolderPeer, LogEntry

BRANCH = b"refs/heads/main"
FILE, FOLDER = 0o100644, 0o040000


def made(tree: bytes, message: str, parents: Sequence[bytes], time_s: int) -> Commit:
    commit = Commit()
    commit.tree, commit.parents = ObjectID(tree), list(map(ObjectID, parents))
    commit.author = commit.committer = AUTHOR.encode()
    commit.author_time = commit.commit_time = time_s
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = message.encode()
    return commit


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
        self._commit(root.id, "fill")

    def _commit(self, tree: bytes, message: str, *parents: bytes, branch: bytes = BRANCH, moved: bool = True) -> str:
        commit = made(tree, message, parents, int(time.time()))
        self.repo.object_store.add_object(commit)
        if not self.repo.refs.set_if_equals(branch, parents[0] if parents and moved else None, commit.id):
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

    def extend(self, branch: str, count: int) -> str:
        name = b"refs/heads/" + branch.encode()
        head = self.repo.refs[name if name in self.repo.refs else BRANCH]
        tree, start = self.repo[head].tree, int(time.time()) - count
        commits: list[Any] = []
        for number in range(count):  # of one tree, a second apart: what is measured are the commits
            commits.append(made(tree, f"go on with {branch}", [head], start + number))
            head = commits[-1].id
        self.repo.object_store.add_objects([(one, None) for one in commits])
        self.repo.refs[name] = head
        return str(head.decode())

    def branch_with(self, branch: str, start: str, documents: Documents) -> str:
        root = self.repo[self.repo[start.encode()].tree]
        folders: dict[bytes, Any] = {}
        for name, value in documents:
            folder, leaf = name.encode().split(b"/")
            if folder not in folders:
                folders[folder] = self.repo[root[folder][1]]
            blob = Blob.from_string(msgspec.json.encode(value))
            folders[folder].add(leaf, FILE, blob.id)
            self.repo.object_store.add_object(blob)
        for folder, tree in folders.items():
            root.add(folder, FOLDER, tree.id)
            self.repo.object_store.add_object(tree)
        self.repo.object_store.add_object(root)
        name = b"refs/heads/" + branch.encode()
        return self._commit(root.id, f"change {branch}", start.encode(), branch=name, moved=False)

    def merge(self, ours: str, theirs: str) -> str:
        name = b"refs/heads/" + ours.encode()
        heads = self.repo.refs[name], self.repo.refs[b"refs/heads/" + theirs.encode()]
        (base,) = find_merge_base(self.repo, heads)
        root, conflicts = three_way_merge(self.repo.object_store, *(self.repo[one] for one in (base, *heads)))
        assert not conflicts
        self.repo.object_store.add_object(root)
        return self._commit(root.id, f"merge {theirs}", *heads, branch=name)

    def diff(self, before: str, after: str) -> Sequence[object]:
        trees = (self.repo[one.encode()].tree for one in (before, after))
        return [change.new.path for change in tree_changes(self.repo.object_store, *trees)]

    def merge_base(self, ours: str, theirs: str) -> str:
        (base,) = find_merge_base(self.repo, [ObjectID(ours.encode()), ObjectID(theirs.encode())])
        return str(base.decode())

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
