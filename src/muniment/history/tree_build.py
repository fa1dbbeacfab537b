"""Making the nodes of a tree: ordered entries are cut where nodes begin, encoded and named.

Format: docs/format/objects.md, "Trees".
"""

from collections.abc import Collection, Mapping
from itertools import pairwise

import msgspec

from muniment.history.tree import ROOT_ENTRIES, Entry, rank
from muniment.values import canonical
from muniment.values.ids import BlobId, TreeId
from muniment.values.objects import TreeNode, encode_node


class TreeUpdate(msgspec.Struct, frozen=True):
    """A root, and every node that it needs and the old tree did not have, children first.

    `nodes` are canonical bytes, to be stored; `decoded` are the same nodes, for a cache. An empty
    tree always comes along, since nobody may have stored it.
    """

    root: TreeId
    nodes: dict[TreeId, bytes]
    decoded: dict[TreeId, TreeNode]


def build(documents: Mapping[str, BlobId]) -> TreeUpdate:
    """Make the tree of `documents` from nothing; sorting the names apart, in linear time."""
    writer = NodeWriter()
    root = writer.pile(sorted(documents.items()), 0)
    return TreeUpdate(root, writer.nodes, writer.decoded)


class NodeWriter:
    """Cuts entries into nodes, and collects those that are new; `nodes` and `decoded` are a `TreeUpdate`'s.

    Nodes whose ids are in `known` are not new.
    """

    def __init__(self) -> None:
        self.nodes: dict[TreeId, bytes] = {}
        self.decoded: dict[TreeId, TreeNode] = {}
        self.known: set[TreeId] = set()

    def pile(self, entries: list[Entry], level: int) -> TreeId:
        """Write the list of one level, and those of the levels above it until one fits into a root; give the root."""
        while len(entries) > ROOT_ENTRIES:
            entries = self.cut(entries, level, maybe_first={name for name, _ in entries})
            level += 1
        return self._write(entries, level)

    def cut(self, entries: list[Entry], level: int, *, maybe_first: Collection[str]) -> list[Entry]:
        """Write consecutive entries as nodes of `level`; give the entries that stand for them one level up.

        A rank costs a hash, so only names in `maybe_first` are asked for theirs: all others must
        be known to begin no node here, except the first, which always does.
        """
        if not entries:
            return []
        firsts = [0]
        if maybe_first:
            firsts += [at for at, (name, _) in enumerate(entries) if at and name in maybe_first and rank(name) > level]
        bounds = pairwise([*firsts, len(entries)])
        return [(entries[start][0], self._write(entries[start:stop], level)) for start, stop in bounds]

    def discard(self, node_id: TreeId) -> None:
        """Forget a node that turned out not to be needed, if it is new."""
        self.nodes.pop(node_id, None)
        self.decoded.pop(node_id, None)

    def _write(self, entries: list[Entry], level: int) -> TreeId:
        node = TreeNode(entries, level)
        data = encode_node(node)
        node_id = TreeId(canonical.digest(data))
        if node_id not in self.known:
            self.nodes[node_id] = data
            self.decoded[node_id] = node
        return node_id
