"""Reading history: objects decoded and remembered, as loaders that the graph algorithms take."""

from collections.abc import Iterable

from muniment.files.layout import Layout
from muniment.history import tree
from muniment.storage.commit_index import CommitIndex
from muniment.storage.interface import ObjectStore
from muniment.storage.recent import Recent
from muniment.values.ids import BlobId, CommitId, TreeId
from muniment.values.objects import Commit, TreeNode, decode_commit, decode_node

_REMEMBERED_COMMITS = 20_000
_REMEMBERED_NODES = 8_000
_REMEMBERED_LOOKUPS = 8_000
_WORTH_INDEXING = 64


class History:
    """The commits, trees and blobs of one store. Everything it gives is shared: nobody may change it."""

    def __init__(self, layout: Layout, objects: ObjectStore) -> None:
        self._objects = objects
        self._index = CommitIndex(layout.index)
        self._commits: Recent[CommitId, Commit] = Recent(_REMEMBERED_COMMITS)
        self._nodes: Recent[TreeId, TreeNode] = Recent(_REMEMBERED_NODES)
        self._found: Recent[tuple[TreeId, str], BlobId] = Recent(_REMEMBERED_LOOKUPS)
        self._unindexed: list[tuple[int, bytes]] = []

    def commit(self, commit_id: CommitId) -> Commit:
        """Load one commit.

        Raises:
            ObjectNotFoundError, CorruptionError: It is not stored, or damaged.
        """
        commit = self._commits.get(commit_id)
        if commit is None:
            commit = decode_commit(commit_id, self._objects.get(commit_id))
            self._commits.put(commit_id, commit)
        return commit

    def walked_commit(self, commit_id: CommitId) -> Commit:
        """Load a commit of many: from the index, and note those that it lacks."""
        commit = self._commits.get(commit_id)
        if commit is None:
            data = self._index.get(commit_id)
            missing = data is None
            if data is None:
                data = self._objects.get(commit_id)
            commit = decode_commit(commit_id, data)
            self._commits.put(commit_id, commit)
            if missing:
                self._unindexed.append((commit.generation, data))
        return commit

    def begin_walk(self) -> None:
        """Take in what other programs committed, before a walk along `walked_commit`."""
        self._index.refresh()

    def end_walk(self) -> None:
        """Add to the index the commits it was found to lack, if they are many."""
        missing, self._unindexed = self._unindexed, []
        if len(missing) >= _WORTH_INDEXING:
            self._index.add(data for _, data in sorted(missing))

    def node(self, node_id: TreeId) -> TreeNode:
        """Load one tree node; errors as for `commit`."""
        node = self._nodes.get(node_id)
        if node is None:
            node = decode_node(node_id, self._objects.get(node_id))
            self._nodes.put(node_id, node)
        return node

    def remember(self, commit: Commit, nodes: Iterable[tuple[TreeId, TreeNode]]) -> None:
        """Keep what was just written, so that the next change need not read it."""
        self._commits.put(commit.id, commit)
        for node_id, node in nodes:
            self._nodes.put(node_id, node)

    def lookup(self, root: TreeId, name: str) -> BlobId | None:
        """Find the blob of a document in a tree; None where the tree has no such name."""
        found = self._found.get((root, name))
        if found is None:
            found = tree.lookup(self.node, root, name)
            if found is not None:
                self._found.put((root, name), found)
        return found

    def blob(self, blob_id: BlobId) -> bytes:
        """Give the canonical bytes of a document's content."""
        return self._objects.get(blob_id)
