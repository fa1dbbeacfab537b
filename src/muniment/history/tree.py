"""The shape of a tree, the ordered map name -> blob id of a whole store, and how it is read.

A tree is a search tree whose nodes begin where the names' hashes say, so equal contents make equal
roots in whatever order they were edited (a prolly tree, or Merkle search tree). Names are ordered
by code point, which is the byte order of their UTF-8.

- The *rank* of a name is the number of leading zero 5-bit groups of the SHA-256 of its UTF-8: a
  name in 32 has rank 1 or more, a name in 1,024 rank 2 or more.
- The list of level 0 is `(name, blob id)` of every document.
- A level whose list has more than `ROOT_ENTRIES` entries is cut into nodes: one begins at the first
  entry, and at each other whose name has a rank greater than the level. The list of the next level
  is `(first name, id)` of each of these nodes.
- The first level whose list has at most `ROOT_ENTRIES` entries is not cut: it is one node, the root.
  The empty tree is one empty node of level 0.

Format: docs/format/objects.md, "Trees".
Source: A. Auvolat, F. Taiani, "Merkle Search Trees", SRDS 2019.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import TypeAlias, cast

from muniment.values import canonical
from muniment.values.ids import BlobId, TreeId
from muniment.values.objects import TreeNode, encode_node

Entry: TypeAlias = tuple[str, str]
"""A name and the id of its blob, or the first name of a node and that node's id."""

NodeLoader: TypeAlias = Callable[[TreeId], TreeNode]
"""Gives the node of an id. Nodes are shared with the loader's cache: nobody may change them."""

EMPTY_NODE = TreeNode([], 0)
EMPTY_TREE = TreeId(canonical.digest(encode_node(EMPTY_NODE)))
"""The root of no documents. It is known to everybody: no loader is ever asked for it."""

ROOT_ENTRIES = 64
"""How many entries the root holds at the most: few names of high rank do not lift a tree by levels of one or two."""

HASH_BITS = 256
RANK_BITS = 5

name_of = itemgetter(0)


def rank(name: str) -> int:
    """Count the leading zero 5-bit groups of the name's hash: how high the nodes go that it begins."""
    leading_zeros = HASH_BITS - int(canonical.digest(name.encode()), 16).bit_length()
    return leading_zeros // RANK_BITS


def lookup(load: NodeLoader, root: TreeId, name: str) -> BlobId | None:
    """Find the blob of a document, or None where the tree has no such name; one node a level is loaded."""
    if root == EMPTY_TREE:
        return None
    node = load(root)
    while node.level:
        below = step(node, name)
        if below is None:
            return None
        node = load(TreeId(below))
    found = step(node, name)
    return None if found is None else BlobId(found)


def step(node: TreeNode, name: str) -> str | None:
    """Give what one node knows of a name: its blob at level 0, above it the node to go on in; None if nothing."""
    if node.level:
        at = bisect_right(node.entries, name, key=name_of) - 1
        return node.entries[at][1] if at >= 0 else None
    at = bisect_left(node.entries, name, key=name_of)
    return node.entries[at][1] if at < len(node.entries) and node.entries[at][0] == name else None


def entries(load: NodeLoader, root: TreeId, prefix: str = "") -> Iterator[tuple[str, BlobId]]:
    """List the documents whose names begin with `prefix`, in order; no node beside that range is loaded."""
    if root != EMPTY_TREE:
        yield from _entries_below(load, load(root), prefix)


def _entries_below(load: NodeLoader, node: TreeNode, prefix: str) -> Iterator[tuple[str, BlobId]]:
    if not node.level:
        yield from cast("list[tuple[str, BlobId]]", entries_within(node, prefix))
        return
    for _, child in entries_within(node, prefix):
        yield from _entries_below(load, load(TreeId(child)), prefix)


def entries_within(node: TreeNode, prefix: str) -> list[Entry]:
    """Pick the entries of one node that hold names beginning with `prefix`, or might.

    Only the first of an inner node can disappoint: it may end before the prefix begins. The list
    may be the node's own.
    """
    if not prefix:
        return node.entries
    if node.level:
        start = max(bisect_right(node.entries, prefix, key=name_of) - 1, 0)
    else:
        start = bisect_left(node.entries, prefix, key=name_of)
    stop = bisect_right(node.entries, prefix, start, key=lambda entry: entry[0][: len(prefix)])
    return node.entries[start:stop]
