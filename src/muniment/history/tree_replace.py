"""The commonest edit of a tree: one document that is there gets other content, and no node begins elsewhere."""

from bisect import bisect_right

from muniment.history.tree import EMPTY_TREE, NodeLoader, name_of
from muniment.history.tree_build import TreeUpdate
from muniment.values import canonical
from muniment.values.ids import BlobId, TreeId
from muniment.values.objects import TreeNode, encode_node


def replace(load: NodeLoader, root: TreeId, name: str, blob: BlobId) -> TreeUpdate | None:
    """Give `name` another blob by rewriting one node a level; None where the tree has no such name."""
    path: list[tuple[TreeNode, int]] = []
    below = root
    while not path or path[-1][0].level:
        node = load(below) if below != EMPTY_TREE else TreeNode([], 0)
        at = bisect_right(node.entries, name, key=name_of) - 1
        if at < 0:
            return None
        path.append((node, at))
        below = TreeId(node.entries[at][1])
    if path[-1][0].entries[path[-1][1]][0] != name:
        return None
    nodes: dict[TreeId, bytes] = {}
    decoded: dict[TreeId, TreeNode] = {}
    made: str = blob
    for node, at in reversed(path if str(below) != blob else []):
        entries = node.entries.copy()
        entries[at] = entries[at][0], made
        new = TreeNode(entries, node.level)
        data = encode_node(new)
        made = new_id = TreeId(canonical.digest(data))
        nodes[new_id], decoded[new_id] = data, new
    return TreeUpdate(TreeId(made) if nodes else root, nodes, decoded)
