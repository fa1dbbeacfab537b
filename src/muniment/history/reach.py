"""What can be reached from some commits, trees and tags: every id that they lead to, however long history is.

Memory holds the ids and what waits to be looked at; nothing here calls itself. An object that was looked at once is not
looked at again, so that what was added to the roots since costs no more than what only that leads to.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

from muniment.history import tree
from muniment.values.ids import BlobId, CommitId, TagId, TreeId
from muniment.values.objects import Commit, Tag, TreeNode

Id = TypeVar("Id", CommitId, TreeId, TagId)
Loaded = TypeVar("Loaded")
Faults: TypeAlias = tuple[type[Exception], ...]


class Reach:
    """The ids that were reached so far.

    `passing_over` are the errors of a loader after which an object counts as not there, and is no fault; it is looked
    at again if something else leads to it.
    """

    def __init__(
        self,
        commit: Callable[[CommitId], Commit],
        node: Callable[[TreeId], TreeNode],
        tag: Callable[[TagId], Tag],
    ) -> None:
        self._commit, self._node, self._tag = commit, node, tag
        self._followed: set[str] = set()
        self.contents: set[str] = set()
        """What was reached as a content: it leads nowhere, even where its text is that of a commit."""

    def __contains__(self, object_id: str) -> bool:
        """Tell whether an id was reached."""
        return object_id in self._followed or object_id in self.contents

    def commits(self, ids: Iterable[CommitId], passing_over: Faults = ()) -> None:
        """Follow commits: to their trees, and to all that they were built on."""
        waiting = list(ids)
        while waiting:
            commit_id = waiting.pop()
            commit = self._load(self._commit, commit_id, passing_over)
            if commit is not None:
                waiting += commit.parents
                self.trees([commit.tree], passing_over)

    def trees(self, ids: Iterable[TreeId], passing_over: Faults = ()) -> None:
        """Follow nodes of trees, down to the contents."""
        waiting = [node_id for node_id in ids if node_id != tree.EMPTY_TREE]
        while waiting:
            node = self._load(self._node, waiting.pop(), passing_over)
            if node is None:
                continue
            if node.level:
                waiting += [TreeId(child) for _, child in node.entries]
            else:
                self.contents.update(child for _, child in node.entries)

    def tags(self, ids: Iterable[TagId], passing_over: Faults = ()) -> None:
        """Follow tags to their commits."""
        for tag_id in ids:
            tag = self._load(self._tag, tag_id, passing_over)
            if tag is not None:
                self.commits([tag.target], passing_over)

    def blobs(self, ids: Iterable[BlobId]) -> None:
        """Take contents for reached."""
        self.contents.update(ids)

    def _load(self, loader: Callable[[Id], Loaded], object_id: Id, passing_over: Faults) -> Loaded | None:
        """Load what was not looked at yet; None where it was, or is not there."""
        if object_id in self._followed:
            return None
        try:
            found = loader(object_id)
        except passing_over:
            return None
        self._followed.add(object_id)
        return found
