"""Reading history: objects decoded and remembered, as loaders that the graph algorithms take."""

from collections.abc import Callable, Collection, Container
from typing import TypeVar

from muniment.files.layout import Layout
from muniment.history import tree
from muniment.history.first_parents import FirstParents
from muniment.history.tree_lookup import Lookup
from muniment.repo.nodes import Nodes
from muniment.storage import commit_index
from muniment.storage.commit_index import CommitIndex
from muniment.storage.interface import ObjectStore
from muniment.storage.recent import Recent
from muniment.values.ids import BlobId, CommitId, TreeId
from muniment.values.objects import Commit, CommitLink, TreeNode, decode_commit, decode_link

Decoded = TypeVar("Decoded", Commit, CommitLink)

_REMEMBERED_COMMITS = 20_000
_REMEMBERED_LOOKUPS = 8_000
_REMEMBERED_OF_NAMES = 50_000
_WORTH_INDEXING = 64


class History:
    """The commits, trees and blobs of one store. Everything it gives is shared: nobody may change it."""

    def __init__(self, layout: Layout, objects: ObjectStore) -> None:
        self._layout = layout
        self._objects = objects
        self._index = CommitIndex(layout.index)
        self._commits: Recent[CommitId, Commit] = Recent(_REMEMBERED_COMMITS)
        self._nodes = Nodes(objects)
        self.node = self._nodes.load
        self.first_parents = FirstParents(self._link)
        self._found: Recent[tuple[TreeId, str], BlobId] = Recent(_REMEMBERED_LOOKUPS)
        self._lookups: Recent[str, Lookup] = Recent(_REMEMBERED_OF_NAMES)
        self._unindexed: dict[CommitId, tuple[int, bytes]] = {}

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
            commit = self._walked(commit_id, decode_commit)
            self._commits.put(commit_id, commit)
        return commit

    def _link(self, commit_id: CommitId) -> Commit | CommitLink:
        """Load as much of a commit as leads on from it, of very many that are not worth remembering."""
        return self._commits.get(commit_id) or self._walked(commit_id, decode_link)

    def _walked(self, commit_id: CommitId, decode: Callable[[CommitId, bytes], Decoded]) -> Decoded:
        data = self._index.get(commit_id)
        if data is not None:
            return decode(commit_id, data)
        data = self._objects.get(commit_id)
        commit = decode(commit_id, data)
        self._unindexed[commit_id] = commit.generation, data
        return commit

    def begin_walk(self) -> None:
        """Take in what other programs committed, before a walk along `walked_commit`."""
        self._index.refresh()

    def end_walk(self) -> None:
        """Add to the index the commits it was found to lack, if they are many."""
        missing, self._unindexed = self._unindexed, {}
        if len(missing) >= _WORTH_INDEXING:
            self._index.add(data for _, data in sorted(missing.values()))

    def forget(self, ids: Container[str]) -> None:
        """Forget commits that were removed: a writer of the index has no use for them; needs the store's lock."""
        commit_index.drop(self._layout.index, self._layout.temporary, ids)
        self._commits.forget()
        self._unindexed = {}

    def remember(self, commit: Commit, nodes: Collection[tuple[TreeId, TreeNode]]) -> None:
        """Keep what was just written, so that the next change need not read it."""
        self._commits.put(commit.id, commit)
        self._nodes.remember(nodes)

    def lookup(self, root: TreeId, name: str) -> BlobId | None:
        """Find the blob of a document in a tree; None where the tree has no such name."""
        found = self._found.get((root, name))
        if found is None:
            found = tree.lookup(self.node, root, name)
            if found is not None:
                self._found.put((root, name), found)
        return found

    def lookup_of(self, name: str) -> Lookup:
        """Give what looks a document up in many trees, with what was found by the last that was handed to `keep`."""
        kept = self._lookups.get(name)
        return Lookup(self.node, name) if kept is None else kept

    def keep(self, lookup: Lookup) -> None:
        """Remember what was found of a name, for whoever asks for its history again."""
        if len(lookup) <= _REMEMBERED_OF_NAMES:
            self._lookups.put(lookup.name, lookup, len(lookup))

    def blob(self, blob_id: BlobId) -> bytes:
        """Give the canonical bytes of a document's content."""
        return self._objects.get(blob_id)
