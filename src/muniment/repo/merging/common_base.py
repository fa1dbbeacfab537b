"""What two commits have in common, to merge them on: their best common ancestor, or several of them merged first.

The merge of several is made in memory, and nobody sees it. Where these disagree, nobody can tell what the base was:
there it holds a value that no document has, so that whatever the sides have there counts as changed by both.

Format: docs/format/merging.md, "The base".
"""

from muniment.history import merge_base, tree_edit
from muniment.history.tree import EMPTY_TREE
from muniment.repo.merging.three_way import Sides, TreesMerged, merge_trees
from muniment.repo.parts import Parts
from muniment.values import canonical, pointer
from muniment.values.conflict import Conflict
from muniment.values.ids import BlobId, CommitId, TreeId
from muniment.values.names import DocumentName
from muniment.values.objects import Commit, TreeNode
from muniment.values.unsettled import UNSETTLED

MOST_LEVELS = 64
"""How often bases are merged that themselves have several: deeper down, the first of them is taken."""


class CommonBase:
    """The base of one merge, with what of it is in no store: give `node` and `blob` to whoever reads its tree."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._commits: dict[CommitId, Commit] = {}
        self._nodes: dict[TreeId, TreeNode] = {}
        self._blobs: dict[BlobId, bytes] = {}

    def tree(self, ours: CommitId, theirs: CommitId) -> TreeId | None:
        """Give the tree to merge two commits on; None where their histories have nothing in common.

        Raises:
            ObjectNotFoundError, CorruptionError: A commit or tree is not stored, or damaged.
        """
        return self._tree(ours, theirs, 0)

    def node(self, node_id: TreeId) -> TreeNode:
        """Load a tree node, of the base or of the history."""
        return self._nodes.get(node_id) or self._parts.history.node(node_id)

    def blob(self, blob_id: BlobId) -> bytes:
        """Load a content, of the base or of the history."""
        return self._blobs.get(blob_id) or self._parts.history.blob(blob_id)

    def _commit(self, commit_id: CommitId) -> Commit:
        return self._commits.get(commit_id) or self._parts.history.walked_commit(commit_id)

    def _tree(self, ours: CommitId, theirs: CommitId, level: int) -> TreeId | None:
        bases = merge_base.merge_bases(self._commit, ours, theirs)
        if not bases:
            return None
        found = bases[0]
        for other in bases[1:] if level < MOST_LEVELS else ():
            found = self._merged(found, other, level)
        return self._commit(found).tree

    def _merged(self, ours: CommitId, theirs: CommitId, level: int) -> CommitId:
        """Merge two commits into one that is in memory alone; once, for those below are met on many ways."""
        made_id = CommitId(canonical.digest(f"{ours}{theirs}".encode()))
        if made_id in self._commits:
            return made_id
        base = self._tree(ours, theirs, level + 1) or EMPTY_TREE
        left, right = self._commit(ours), self._commit(theirs)
        merged = merge_trees(self._parts, Sides(base, left.tree, right.tree), node=self.node, blob=self.blob)
        self._unsettle(merged)
        self._blobs |= merged.blobs
        update = tree_edit.update(self.node, left.tree, dict[str, BlobId | None](merged.changes.items()))
        self._nodes |= update.decoded
        self._commits[made_id] = Commit(
            tree=update.root,
            parents=(ours, theirs),
            author="",
            time=max(left.time, right.time),
            message="",
            generation=1 + max(left.generation, right.generation),
            id=made_id,
        )
        return made_id

    def _unsettle(self, merged: TreesMerged) -> None:
        """Put what no document has where two bases disagree."""
        by_name: dict[DocumentName, list[Conflict]] = {}
        for conflict in merged.conflicts:
            by_name.setdefault(conflict.name, []).append(conflict)
        for name, conflicts in by_name.items():
            blob_id = merged.contested[name]
            value = canonical.decode_trusted(merged.blobs.get(blob_id) or self.blob(blob_id))
            for conflict in conflicts:
                value = pointer.set_at(value, conflict.pointer, UNSETTLED)
            data = canonical.encode(value)
            unsettled = BlobId(canonical.digest(data))
            merged.changes[name], merged.blobs[unsettled] = unsettled, data
