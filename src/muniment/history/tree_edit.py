"""Making a tree out of another: O(log n) nodes for each change, and the one possible root.

An edit goes down to the nodes that its names fall into and rewrites them on the way back up. Two
things can befall a node besides: an inserted name of some rank splits it; and when the name that it
begins with is deleted, the rest of it belongs to its left neighbour. Since the first name of a
node is also the first of each lower node on its left edge, the deleted names alone tell, already on
the way down, which neighbours have to be rewritten as one *run*.

The root is not cut. When its list outgrows it, it is cut and a root made above; when the level below
has shrunk so far that it fits, which takes deletions, that becomes the root.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TypeAlias

from muniment.history import tree_replace
from muniment.history.tree import EMPTY_TREE, ROOT_ENTRIES, Entry, NodeLoader, check_level, name_of
from muniment.history.tree_build import NodeWriter, TreeUpdate, build
from muniment.values.ids import BlobId, TreeId
from muniment.values.objects import TreeNode

_Change: TypeAlias = tuple[str, BlobId | None]


def update(load: NodeLoader, root: TreeId, changes: Mapping[str, BlobId | None]) -> TreeUpdate:
    """Apply `changes` to the tree of `root`: a blob sets a name, None deletes it if it is there.

    However many changes fall into a node, it is loaded once and written once.
    """
    if root == EMPTY_TREE:
        return build({name: blob for name, blob in changes.items() if blob is not None})
    if len(changes) == 1:
        ((name, blob),) = changes.items()
        if blob is not None and (replaced := tree_replace.replace(load, root, name, blob)) is not None:
            return replaced
    edit = _Edit(load)
    return edit.apply(root, sorted(changes.items()))


class _Edit:
    """One update under way: old nodes come from `load`, new ones go to `writer`."""

    def __init__(self, load: NodeLoader) -> None:
        self._load = load
        self._writer = NodeWriter()

    def apply(self, root: TreeId, changes: list[_Change]) -> TreeUpdate:
        """Rewrite what sorted changes touch, then let the root rise or sink to the first level that fits into it."""
        old = self._node(root)
        level = old.level
        entries, _ = self._edited(old.entries, level, changes)
        if any(blob is None for _, blob in changes):
            entries, level = self._sink(entries, level)
        return TreeUpdate(self._writer.pile(entries, level), self._writer.nodes, self._writer.decoded)

    def _node(self, node_id: TreeId) -> TreeNode:
        """Give a node that this update made, or else one of the old tree."""
        made = self._writer.decoded.get(node_id)
        if made is not None:
            return made
        self._writer.known.add(node_id)
        return self._load(node_id)

    def _edited(self, old: list[Entry], level: int, changes: list[_Change]) -> tuple[list[Entry], set[str]]:
        """Apply sorted changes to entries of one level; give them all, and the names that are new among them."""
        if not level:
            return _merge(old, changes)
        new: list[Entry] = []
        added: set[str] = set()
        done = 0
        for start, stop, inside in _runs(old, changes):
            nodes = self._rewritten([TreeId(node_id) for _, node_id in old[start:stop]], level - 1, inside)
            added.update(name for name, _ in nodes if name != old[start][0])
            new += old[done:start]
            new += nodes
            done = stop
        new += old[done:]
        return new, added

    def _rewritten(self, run: list[TreeId], level: int, changes: list[_Change]) -> list[Entry]:
        """Apply sorted changes to a run of neighbours; give the entries for the nodes in their place."""
        nodes = [check_level(node_id, self._node(node_id), level) for node_id in run]
        old = nodes[0].entries if len(nodes) == 1 else list(chain.from_iterable(node.entries for node in nodes))
        new, added = self._edited(old, level, changes)
        if added:
            added.add(old[0][0])  # on the left edge, a smaller name may have come before it
        return self._writer.cut(new, level, maybe_first=added)

    def _sink(self, entries: list[Entry], level: int) -> tuple[list[Entry], int]:
        """Go down from the list of `level` to the first list that fits into a root; give it and its level."""
        while level and (below := self._below(entries)) is not None:
            for _, node_id in entries:
                self._writer.discard(TreeId(node_id))
            entries, level = below, level - 1
        return entries, level

    def _below(self, entries: list[Entry]) -> list[Entry] | None:
        """Give the list of the level below if it fits into a root; a few nodes are enough to tell that it does not."""
        new = self._writer.decoded
        below: list[Entry] = []
        least = len(entries)  # no node is empty
        for _, node_id in sorted(entries, key=lambda entry: entry[1] not in new):  # those at hand first
            node = self._node(TreeId(node_id))
            below += node.entries
            least += len(node.entries) - 1
            if least > ROOT_ENTRIES:
                return None
        return sorted(below)


def _merge(old: list[Entry], changes: list[_Change]) -> tuple[list[Entry], set[str]]:
    """Apply changes to documents, as `_Edit._edited` does to nodes."""
    new: list[Entry] = []
    added: set[str] = set()
    done = 0
    for name, blob in changes:
        at = bisect_left(old, name, done, key=name_of)
        new += old[done:at]
        done = at
        if at < len(old) and old[at][0] == name:
            done += 1
        elif blob is not None:
            added.add(name)
        if blob is not None:
            new.append((name, blob))
    new += old[done:]
    return new, added


def _runs(nodes: list[Entry], changes: list[_Change]) -> Iterator[tuple[int, int, list[_Change]]]:
    """Divide the changes among runs of neighbours: `nodes[start:stop]`, and the changes inside.

    A node whose first name is deleted is in one run with its left neighbour. The first node has
    none: it begins with whatever remains of it, and takes the names before its first as well.
    """

    def count_before(stop: int) -> int:
        return bisect_left(changes, nodes[stop][0], done, key=name_of) if stop < len(nodes) else len(changes)

    done = 0
    while done < len(changes):
        name, blob = changes[done]
        start = max(bisect_right(nodes, name, key=name_of) - 1, 0)
        if blob is None and start and nodes[start][0] == name:
            start -= 1
        stop = start + 1
        while (end := count_before(stop)) < len(changes) and changes[end] == (nodes[stop][0], None):
            stop += 1
        yield start, stop, changes[done:end]
        done = end
