"""Merging two trees that were made out of a third, name by name, at the cost of what they changed.

Contents are not looked at: a name to which both sides gave different blobs is a collision, whose contents the
caller has to merge.
"""

from typing import NamedTuple

from muniment.history import tree_diff
from muniment.history.tree import NodeLoader
from muniment.values.ids import BlobId, TreeId


class Collision(NamedTuple):
    """A name that both sides changed, and its blob in each tree; None where there is no such document."""

    name: str
    base: BlobId | None
    ours: BlobId | None
    theirs: BlobId | None


class TreeMerge(NamedTuple):
    """What came of three trees: all three are in the order of the names, and no name is in two of them.

    `changes` are to be made in the tree of ours, as `tree_edit.update` takes them: `{"services/web": blob}`, or None
    for a document to be deleted. They are what theirs alone changed; `added` are those among them that ours has not.

    `collisions` were changed by both, differently: merge the contents and put the results among the changes.

    `alike` were changed by both to the same content, or deleted by both. Nothing is to be done about them, unless
    something inside counts: there, one step up made by each of two sides is two steps (`json_merge`, `counter`).
    """

    changes: dict[str, BlobId | None]
    collisions: list[Collision]
    alike: list[Collision]
    added: list[str]


def merge(load: NodeLoader, base: TreeId, ours: TreeId, theirs: TreeId) -> TreeMerge:
    """Find what has to be done to the tree of `ours` so that it holds the changes of `theirs` too.

    Only nodes are loaded that `base` and one of the sides do not share.
    """
    merged = TreeMerge({}, [], [], [])
    if base == theirs:
        return merged
    changed = {name: after for name, _, after in tree_diff.changes(load, base, ours)}
    for name, before, after in tree_diff.changes(load, base, theirs):
        if name not in changed:
            merged.changes[name] = after
            if before is None:
                merged.added.append(name)
        else:
            both = merged.alike if changed[name] == after else merged.collisions
            both.append(Collision(name, before, changed[name], after))
    return merged
