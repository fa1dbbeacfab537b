"""In which order objects lie best in a pack: what is alike together, oldest first.

Commits by generation; nodes of trees by their place in the tree; contents by the document they are of. What a content
is of is known from the trees among the objects: where they lie elsewhere, it lies by its id. Nothing depends on it but
the size of the pack.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress

from muniment.errors import MalformedError
from muniment.values.ids import CommitId
from muniment.values.objects import decode_commit, decode_node, kind_of

Read = Callable[[str], bytes]

_COMMITS = "commits"


class PackOrder:
    """The order of some objects, each given once; `read` gives a tree again."""

    def __init__(self, objects: Iterable[tuple[str, bytes]], read: Read) -> None:
        self._read = read
        self._alike: dict[str, str] = {}
        self._contents: dict[str, tuple[str, int]] = {}
        self._nodes: dict[str, tuple[int, str, int]] = {}
        commits: list[tuple[int, str, str]] = []
        trees: set[str] = set()
        self._rest: set[str] = set()
        for object_id, data in objects:
            kind = kind_of(data)
            if kind == "tree node":
                trees.add(object_id)
            elif kind == "commit" and (commit := _commit(object_id, data)) is not None:
                commits.append(commit)
            else:
                self._rest.add(object_id)
        self._commits = [commit_id for _, commit_id, _ in sorted(commits)]
        for _, _, root in sorted(commits):
            self._visit(root, trees)
        for node_id in sorted(trees):  # those of commits that lie elsewhere
            self._visit(node_id, trees)

    def _visit(self, root: str, trees: set[str]) -> None:
        """Place a node, and all below it that were not placed yet."""
        waiting = [root]
        while waiting:
            node_id = waiting.pop()
            if node_id not in trees:
                continue
            trees.discard(node_id)
            try:
                node = decode_node(node_id, self._read(node_id))
            except MalformedError:
                self._rest.add(node_id)
                continue
            first = node.entries[0][0] if node.entries else ""
            self._nodes[node_id] = node.level, first, len(self._nodes)
            if node.level:
                waiting += [child for _, child in reversed(node.entries)]
                continue
            for name, blob in node.entries:
                if blob in self._rest and blob not in self._contents:
                    self._contents[blob] = name, len(self._contents)

    def ids(self) -> list[str]:
        """Give the ids in the order in which they shall lie."""
        unplaced = sorted(self._rest - self._contents.keys())
        nodes = sorted(self._nodes, key=self._nodes.__getitem__)
        return [*self._commits, *nodes, *sorted(self._contents, key=self._contents.__getitem__), *unplaced]

    @property
    def count(self) -> int:
        """How many objects there are."""
        return len(self._commits) + len(self._nodes) + len(self._rest)

    def alike(self, object_id: str) -> str:
        """Give the same for objects that are alike."""
        if object_id in self._contents:
            return f"content {self._contents[object_id][0]}"
        if object_id in self._nodes:
            level, first, _ = self._nodes[object_id]
            return f"node {level} {first}"
        return object_id if object_id in self._rest else _COMMITS


def _commit(commit_id: str, data: bytes) -> tuple[int, str, str] | None:
    with suppress(MalformedError):
        commit = decode_commit(CommitId(commit_id), data)
        return commit.generation, commit_id, commit.tree
    return None
