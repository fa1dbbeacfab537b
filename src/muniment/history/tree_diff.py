"""Comparing two trees at the cost of their differences: no node that both have is loaded.

Both are gone through in order of names. Whichever is behind, or else the higher of the two, stands
on a node that the other tree cannot have; so that one is opened, and nothing else.
"""

from collections.abc import Iterator
from typing import TypeAlias

from muniment.history.tree import EMPTY_TREE, Entry, NodeLoader, entries_within, name_of, node_below
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
        height = max(left[2] if left else 0, right[2] if right else 0)
        if not height:
            yield _change(left, right)
            continue
        if left and left[2] < height:  # it stays whole until the higher one is opened so far
            old.append(left)
            left = None
        if right and right[2] < height:
            new.append(right)
            right = None
        lefts, rights = _apart(_entries(load, left, old, prefix), _entries(load, right, new, prefix))
        if height == 1 and list(map(name_of, lefts)) == list(map(name_of, rights)):
            for (name, was), (_, now) in zip(lefts, rights, strict=True):
                yield name, BlobId(was), BlobId(now)
            continue
        old += [(name, child, height - 1) for name, child in reversed(lefts)]
        new += [(name, child, height - 1) for name, child in reversed(rights)]


def _whole(load: NodeLoader, root: TreeId) -> list[_Part]:
    if root == EMPTY_TREE:
        return []
    node = load(root)
    if not node.entries:
        return []
    return [(node.entries[0][0], root, node.level + 1)]


def _take_first(old: list[_Part], new: list[_Part]) -> tuple[_Part | None, _Part | None]:
    """Take the last part off the list where it has the smaller name, or off both where they have the same."""
    if not new or (old and old[-1][0] < new[-1][0]):
        return old.pop(), None
    if not old or new[-1][0] < old[-1][0]:
        return None, new.pop()
    return old.pop(), new.pop()


def _entries(load: NodeLoader, part: _Part | None, behind: list[_Part], prefix: str) -> list[Entry]:
    if part is None:
        return []
    name, node_id, height = part
    end = behind[-1][0] if behind else None
    return entries_within(node_below(load, (name, node_id), height - 1, end), prefix)


def _apart(lefts: list[Entry], rights: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Leave out entries that both have: there is nothing to compare below, and they are most."""
    if len(lefts) == len(rights):  # mostly with the same names; else what stays is found to be equal later
        pairs = [(one, other) for one, other in zip(lefts, rights, strict=True) if one is not other and one != other]
        return [one for one, _ in pairs], [other for _, other in pairs]
    shared = set(lefts).intersection(rights)
    return [one for one in lefts if one not in shared], [one for one in rights if one not in shared]


def _change(left: _Part | None, right: _Part | None) -> TreeChange:
    name = left[0] if left else right[0] if right else ""
    return name, BlobId(left[1]) if left else None, BlobId(right[1]) if right else None
