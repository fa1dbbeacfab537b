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
from itertools import pairwise
from operator import itemgetter
from typing import TypeAlias, cast

from muniment.errors import MalformedError
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

MOST_LEVEL = HASH_BITS // RANK_BITS + 1
"""No name has a rank that lifts a tree higher."""

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
        node = check_level(below, load(TreeId(below)), node.level - 1)
    found = step(node, name)
    return None if found is None else BlobId(found)


def step(node: TreeNode, name: str) -> str | None:
    """Give what one node knows of a name: its blob at level 0, above it the node to go on in; None if nothing."""
    if node.level:
        at = bisect_right(node.entries, name, key=name_of) - 1
        return node.entries[at][1] if at >= 0 else None
    at = bisect_left(node.entries, name, key=name_of)
    return node.entries[at][1] if at < len(node.entries) and node.entries[at][0] == name else None


def check_node(node_id: str, node: TreeNode) -> TreeNode:
    """Give a node of which all holds that can be told by itself: whoever wrote it need not be known.

    Raises:
        MalformedError: Its names do not ascend, or its level is none that a tree has, or it is empty above the lowest.
    """
    if not 0 <= node.level <= MOST_LEVEL or (node.level and not node.entries):
        raise MalformedError(node_id, "no node of a tree: its level is not one that it can have")
    if any(one[0] >= other[0] for one, other in pairwise(node.entries)):
        raise MalformedError(node_id, "no node of a tree: its names do not ascend")
    return node


def check_level(node_id: str, node: TreeNode, level: int | None) -> TreeNode:
    """Give a node that is of `level`, None for a root, which may have any: so a way down ends.

    Raises:
        MalformedError: It is of another.
    """
    if level is not None and node.level != level:
        raise MalformedError(node_id, "no node of this tree: its level is not that of its place")
    return node


def node_below(load: NodeLoader, entry: Entry, level: int, end: str | None) -> TreeNode:
    """Load the node that an entry stands for: of `level`, and with names from that of the entry up to `end`.

    So no two ways lead to one node, which a few nodes, each many times the child of the next, would need to become
    more documents than anybody can list.

    Raises:
        MalformedError: It has no place there.
    """
    name, node_id = entry
    node = load(TreeId(node_id))
    is_placed = node.level == level and node.entries and node.entries[0][0] == name
    if not is_placed or (end is not None and node.entries[-1][0] >= end):
        raise MalformedError(node_id, "no node of this tree: its level or its names are not those of its place")
    return node


def entries(load: NodeLoader, root: TreeId, prefix: str = "") -> Iterator[tuple[str, BlobId]]:
    """List the documents whose names begin with `prefix`, in order; no node beside that range is loaded."""
    if root != EMPTY_TREE:
        yield from _entries_below(load, load(root), prefix)


def _entries_below(
    load: NodeLoader, node: TreeNode, prefix: str, end: str | None = None
) -> Iterator[tuple[str, BlobId]]:
    if not node.level:
        yield from cast("list[tuple[str, BlobId]]", entries_within(node, prefix))
        return
    inner = entries_within(node, prefix)
    for at, entry in enumerate(inner):
        following = inner[at + 1][0] if at + 1 < len(inner) else end
        yield from _entries_below(load, node_below(load, entry, node.level - 1, following), prefix, following)


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
