"""Tree nodes decoded and remembered: nodes that followed one another share what they have in common.

A commit replaces an entry or two in a node a level. Each decoded by itself, ten thousand roots would hold their
names and ids ten thousand times; sharing them, they hold little more than what changed.
"""

from collections.abc import Collection

from muniment.history import tree
from muniment.storage.interface import ObjectStore
from muniment.storage.recent import Recent
from muniment.values.ids import TreeId
from muniment.values.objects import TreeNode, decode_node

_REMEMBERED_ENTRIES = 256_000
"""How many entries are kept, of 250 bytes or so each."""
_REMEMBERED_PLACES = 8_000
_LEVELS = 4
"""As many nodes as the change of one document makes, and hardly ever more."""
_NODE_COSTS, _POINTERS_TO_AN_ENTRY = 2, 32


class Nodes:
    """The nodes used lately, shared with whoever asks: nobody may change them."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._nodes: Recent[TreeId, TreeNode] = Recent(_REMEMBERED_ENTRIES)
        self._newest: Recent[tuple[int, str], TreeId] = Recent(_REMEMBERED_PLACES)

    def load(self, node_id: TreeId) -> TreeNode:
        """Give one node.

        Raises:
            ObjectNotFoundError, CorruptionError: It is not stored, or damaged.
        """
        node = self._nodes.get(node_id)
        if node is None:
            node = tree.check_node(node_id, decode_node(node_id, self._objects.get(node_id)))
            fresh = self._share(node_id, node)
            self._nodes.put(node_id, node, _cost(node, fresh))
        return node

    def remember(self, made: Collection[tuple[TreeId, TreeNode]]) -> None:
        """Keep the nodes that one change made; those of a small one are copies of others but for an entry or two."""
        is_small = len(made) <= _LEVELS
        for node_id, node in made:
            self._nodes.put(node_id, node, _cost(node, 1 if is_small else len(node.entries)))

    def _share(self, node_id: TreeId, node: TreeNode) -> int:
        """Put the entries of the last node that began alike in the place of equal ones; tell how many are left."""
        entries = node.entries
        if not entries:
            return 0
        place = node.level, entries[0][0]
        alike = self._newest.get(place)
        like = None if alike is None else self._nodes.get(alike)
        self._newest.put(place, node_id)
        shared = 0
        if like is not None:
            for at, (known, entry) in enumerate(zip(like.entries, entries, strict=False)):
                if known == entry:
                    entries[at] = known
                    shared += 1
        return len(entries) - shared


def _cost(node: TreeNode, fresh: int) -> int:
    return _NODE_COSTS + fresh + len(node.entries) // _POINTERS_TO_AN_ENTRY
