"""Comparing two trees at the cost of their differences: no node that both have is loaded.

Both are gone through in order of names. Whichever is behind, or else the higher of the two, stands
on a node that the other tree cannot have; so that one is opened, and nothing else.
"""

from collections.abc import Iterator
from typing import TypeAlias

from muniment.history.tree import EMPTY_TREE, NodeLoader, entries_within
from muniment.values.ids import BlobId, TreeId

TreeChange: TypeAlias = tuple[str, BlobId | None, BlobId | None]
"""A name, its blob before and its blob after; None where there is no such document."""

_Part: TypeAlias = tuple[str, str, int]
"""A part of a tree still to be compared: first name, id, height (0 for a document)."""


def changes(load: NodeLoader, before: TreeId, after: TreeId, prefix: str = "") -> Iterator[TreeChange]:
    """List the documents that differ, in order, of those whose names begin with `prefix`.

    Only nodes that one of the trees has and the other has not are loaded, whatever the heights of
    the trees; besides the roots and, for a prefix, the nodes at the edge of it.
    """
    if before == after:
        return
    old, new = _whole(load, before), _whole(load, after)
    while old or new:
        left, right = _take_first(old, new)
        if left == right:
            continue
        height = max(part[2] for part in (left, right) if part)
        if height:
            lefts, rights = _open(load, left, height, prefix), _open(load, right, height, prefix)
            shared = set(lefts).intersection(rights)
            old += [part for part in reversed(lefts) if part not in shared]
            new += [part for part in reversed(rights) if part not in shared]
        else:
            yield _change(left, right)


def _whole(load: NodeLoader, root: TreeId) -> list[_Part]:
    if root == EMPTY_TREE:
        return []
    node = load(root)
    return [(node.entries[0][0], root, node.level + 1)]


def _take_first(old: list[_Part], new: list[_Part]) -> tuple[_Part | None, _Part | None]:
    """Take the last part off the list where it has the smaller name, or off both where they have the same."""
    if not new or (old and old[-1][0] < new[-1][0]):
        return old.pop(), None
    if not old or new[-1][0] < old[-1][0]:
        return None, new.pop()
    return old.pop(), new.pop()


def _open(load: NodeLoader, part: _Part | None, height: int, prefix: str) -> list[_Part]:
    """Give the parts of a part of that `height`; a lower one stays whole."""
    if part is None:
        return []
    if part[2] < height:
        return [part]
    node = load(TreeId(part[1]))
    return [(name, child, node.level) for name, child in entries_within(node, prefix)]


def _change(left: _Part | None, right: _Part | None) -> TreeChange:
    name = left[0] if left else right[0] if right else ""
    return name, BlobId(left[1]) if left else None, BlobId(right[1]) if right else None
