"""Check history, as part of checking a store: what heads and tags lead to, object by object."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from muniment.errors import (
    BlobErasedError,
    CorruptionError,
    MalformedError,
    NotFoundError,
    UnsupportedFormatError,
)
from muniment.history import tree
from muniment.repo import placement
from muniment.repo.parts import Parts
from muniment.repo.placement import Placed
from muniment.repo.report import Code, Found
from muniment.repo.verify_objects import StoredObjects, fault_of
from muniment.values.ids import CommitId, TagId, TreeId
from muniment.values.names import BranchName, TagName
from muniment.values.objects import Commit, Tag, TreeNode, decode_commit, decode_node, decode_tag

if TYPE_CHECKING:
    from muniment.values.unfinished_merge import UnfinishedMerge

_GO_BACK = (
    "run `muniment repair --from DIR` with a copy that has its object; or go back, by giving this file the name {}: "
    "`muniment status` then tells what the working files have besides"
)
_NEW_MERGE = "restore its object from another copy of the store; or end the merge with `muniment merge --abort`"
_NEW_TAG = "restore its object from another copy of the store; or delete the file, and tag the commit anew"


Restore: TypeAlias = Callable[[str], bytes | None]
"""Asked for an object that cannot be read; gives its bytes once it has put it back, None where it could not."""

Elsewhere: TypeAlias = Callable[[BranchName], Iterable[CommitId]]
"""Gives the heads that a branch has in other copies."""


class HistoryCheck:
    """One walk under way: what it has seen. It tells what it finds to `found`."""

    def __init__(
        self,
        parts: Parts,
        stored: StoredObjects,
        found: Found,
        restore: Restore,
        elsewhere: Elsewhere,
    ) -> None:
        self._parts = parts
        self._stored = stored
        self._objects = parts.storage.objects
        self._found = found
        self._restore = restore
        self._elsewhere = elsewhere
        self.commits: set[str] = set()
        self.trees: dict[str, Placed | None] = {}
        self.blobs: set[str] = set()
        self.tags: set[str] = set()
        self.missing: set[str] = set()
        self.signed: list[Commit | Tag] = []
        self.erased = 0

    def is_reached(self, object_id: str) -> bool:
        """Tell whether the walk came to an object."""
        return any(object_id in ids for ids in (self.blobs, self.trees, self.commits, self.tags, self.missing))

    def check_heads(self) -> int:
        """Follow every head, and where one cannot be read, what its branch was before; gives how many there are."""
        count = 0
        for branch in self._parts.storage.heads.branches():
            for head in self._parts.storage.heads.heads(branch):
                count += 1
                if self._check_history(head) is None:
                    self._follow_earlier(branch, head)
        return count

    def _follow_earlier(self, branch: BranchName, head: CommitId) -> None:
        """Tell that a head cannot be read, and follow the last one that can, and what other copies have."""
        path = self._parts.layout.head(branch, head)
        earlier = next(filter(self._is_readable, self._earlier(branch)), None)
        others = filter(self._is_readable, self._elsewhere(branch))
        known = [one for one in dict.fromkeys([earlier, *others]) if one is not None]
        for commit in known:
            self._check_history(commit)
        if known:
            detail = f"it names no commit that can be read; the last of its branch that can is {known[0]}"
            self._found("head-invalid", path, detail, _GO_BACK.format(known[0]))
        else:
            self._found("head-invalid", path, "it names no commit that can be read")

    def _earlier(self, branch: BranchName) -> Iterator[CommitId]:
        """Give where a branch stood, as this copy's log tells, the newest first."""
        for operation in self._parts.storage.operations.newest_first():
            for move in operation.heads:
                if move.branch == branch:
                    yield from (one for one in (move.new, move.expected) if one is not None)

    def _is_readable(self, commit: CommitId) -> bool:
        """Tell whether a commit can be read, or be put back; what is not is no finding."""
        try:
            data: bytes | None = self._objects.read(commit)
        except (CorruptionError, NotFoundError, UnsupportedFormatError, OSError):
            data = self._restore(commit)
        with suppress(MalformedError):
            return data is not None and bool(decode_commit(commit, data))
        return False

    def check_tags(self) -> None:
        """Follow every tag."""
        for name in self._parts.storage.tags.names():
            for tag_id in self._parts.storage.tags.ids(name):
                self.tags.add(tag_id)
                self._check_tag(name, tag_id)

    def _check_tag(self, name: TagName, tag_id: TagId) -> None:
        path = self._parts.layout.tag_file(name, tag_id)
        data = self._read(tag_id)
        try:
            tag = None if data is None else decode_tag(tag_id, data)
        except MalformedError as error:
            self._found("object-malformed", self._parts.layout.object(tag_id), error.reason)
            tag = None
        if tag is not None and tag.signature is not None:
            self.signed.append(tag)
        if tag is None:
            self._found("tag-invalid", path, "it names no tag object that can be read", _NEW_TAG)
        elif tag.name != name:
            self._found("tag-invalid", path, f"it is the object of a tag {tag.name!r}", _NEW_TAG)
        elif self._check_history(tag.target) is None:
            self._found("tag-invalid", path, f"its commit {tag.target} cannot be read", _NEW_TAG)

    def check_merge(self, merge: "UnfinishedMerge") -> None:
        """Follow a merge that waits: its commits, and the contents that continuing or aborting it asks for."""
        for commit in {*merge.parents, *merge.heads}:
            if self._check_history(commit) is None:
                self._found(
                    "merge-damaged", self._parts.layout.merge, f"its commit {commit} cannot be read", _NEW_MERGE
                )
        self._check_blobs(merge.contents())

    def _check_history(self, head: CommitId) -> Commit | None:
        first = self._commit(head)
        waiting = [first] if first else []
        while waiting:
            commit = waiting.pop()
            parents = [parent for parent in map(self._commit, commit.parents) if parent]
            waiting.extend(parent for parent in parents if parent.id not in self.commits)
            if commit.id not in self.commits:
                self.commits.add(commit.id)
                self._check_commit(commit, parents)
        return first

    def _check_commit(self, commit: Commit, parents: list[Commit]) -> None:
        path = self._parts.layout.object(commit.id)
        if commit.signature is not None:
            self.signed.append(commit)
        if len(parents) == len(commit.parents):
            expected = 1 + max((parent.generation for parent in parents), default=0)
            if commit.generation != expected:
                self._found("commit-invalid", path, f"its generation is {commit.generation}, not {expected}")
        if any(commit.time < parent.time for parent in parents):
            self._found("commit-invalid", path, "it was made before its parent")
        if commit.tree != tree.EMPTY_TREE:
            self._check_tree(commit.tree)

    def _commit(self, commit_id: CommitId) -> Commit | None:
        data = self._read(commit_id)
        try:
            return None if data is None else decode_commit(commit_id, data)
        except MalformedError as error:
            self._found("object-malformed", self._parts.layout.object(commit_id), error.reason)
            return None

    def _check_tree(self, node_id: TreeId) -> Placed | None:
        """Check a node and all below it, once; give where it can lie in a tree, None where it is damaged."""
        if node_id not in self.trees:
            self.trees[node_id] = None
            data = self._read(node_id)
            path = self._parts.layout.object(node_id)
            try:
                if data is not None:
                    self.trees[node_id] = self._checked(path, decode_node(node_id, data))
            except MalformedError as error:
                self._found("object-malformed", path, error.reason)
        return self.trees[node_id]

    def _checked(self, path: str, node: TreeNode) -> Placed | None:
        for fault in placement.faults(node):
            self._found("tree-invalid", path, fault)
        if not placement.is_node(node):
            return None
        below = [self._check_tree(TreeId(child)) for _, child in node.entries] if node.level else []
        self._check_blobs(child for _, child in ([] if node.level else node.entries))
        placed, are_apart = placement.over(node, below)
        if not are_apart:
            self._found("tree-invalid", path, placement.MISPLACED)
        return placed

    def _check_blobs(self, ids: Iterable[str]) -> None:
        for blob_id in ids:
            if blob_id not in self.blobs:
                self.blobs.add(blob_id)
                self._check_blob(blob_id)

    def _check_blob(self, blob_id: str) -> None:
        stored = self._stored
        if blob_id in stored.whole:
            fault = stored.not_canonical.get(blob_id)
        elif not stored.is_hashed and stored.is_there(blob_id):
            return
        else:
            data = self._read(blob_id, may_be_erased=True)
            fault = None if data is None or not stored.is_hashed else fault_of(data)
        if fault is not None:
            self._found("blob-invalid", self._parts.layout.object(blob_id), fault)

    def _read(self, object_id: str, *, may_be_erased: bool = False) -> bytes | None:
        """Read an object from the disk; where that fails, note it once, unless it was erased and may have been."""
        try:
            return self._objects.read(object_id)
        except (CorruptionError, NotFoundError, OSError) as error:
            if isinstance(error, BlobErasedError):
                if may_be_erased:
                    self.erased += 1
                    return None
            elif (data := self._restore(object_id)) is not None:
                return data
            if object_id not in self.missing:
                self.missing.add(object_id)
                code: Code = "object-missing" if isinstance(error, NotFoundError) else "object-damaged"
                path = getattr(error, "path", self._parts.layout.object(object_id))  # the pack's, where one has it
                self._found(code, path, error)
            return None
        except UnsupportedFormatError:  # in a pack of a newer program, which the check of packs tells
            self.missing.add(object_id)
            return None
