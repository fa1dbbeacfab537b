"""Looking one document up in many trees: two trees are mostly the same nodes, and in those it is found once."""

from muniment.history import tree
from muniment.history.tree import EMPTY_TREE, NodeLoader
from muniment.values.ids import BlobId, TreeId


class Lookup:
    """Finds the blob of one name, and remembers what it found in each node. It may be shared by threads."""

    def __init__(self, load: NodeLoader, name: str) -> None:
        self._load = load
        self.name = name
        self._found: dict[str, BlobId | None] = {EMPTY_TREE: None}

    def __len__(self) -> int:
        """Count what is remembered: an entry for each node that was looked into."""
        return len(self._found)

    def find(self, root: TreeId, level: int | None = None) -> BlobId | None:
        """Give the blob in the tree of `root`, None where it has no such name; below another node, `level` is its own.

        Raises:
            MalformedError: A node is not of the level of its place.
        """
        known = self._found
        if root in known:
            return known[root]
        node = tree.check_level(root, self._load(root), level)
        below = tree.step(node, self.name)
        if below is None or not node.level:
            found = None if below is None else BlobId(below)
        else:
            found = known[below] if below in known else self.find(TreeId(below), node.level - 1)
        known[root] = found
        return found
