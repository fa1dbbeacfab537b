"""Refuse new names that differ only by case from one in a commit's tree.

Most names are equal to their own folded form, so only the others are remembered: a new name can
collide with its folded form, which the tree itself tells, or with one of those.
"""

from collections.abc import Iterable

from muniment.errors import InvalidNameError
from muniment.history import tree, tree_diff
from muniment.history.tree import EMPTY_TREE, NodeLoader
from muniment.values import names as grammar
from muniment.values.ids import TreeId
from muniment.values.names import DocumentName


class TreeSpellings:
    """The names in trees that are not their own folded form; follows the tree from commit to commit."""

    def __init__(self, load: NodeLoader) -> None:
        self._load = load
        self._root = EMPTY_TREE
        self._unusual: dict[str, str] = {}

    def check_new(self, root: TreeId, new: Iterable[DocumentName]) -> None:
        """Let documents pass that are to be added to the tree of `root`, together.

        The first time in a large store this reads the whole tree.

        Raises:
            InvalidNameError: One differs only by case from a document or folder there, or another of them.
        """
        pending = list(new)
        if not pending:
            return
        self._follow(root)
        together: dict[str, str] = {}
        passed: set[str] = set()
        for name in pending:
            for path in _paths(name):
                if path in passed:  # a folder of another
                    continue
                passed.add(path)
                folded = grammar.fold(path)
                known = together.setdefault(folded, path)
                for other in {known, folded, self._unusual.get(folded, path)} - {path}:
                    if other == known or self._is_there(root, other):
                        raise InvalidNameError("document", name, f"{other!r} exists and differs only by case")

    def _follow(self, root: TreeId) -> None:
        for name, _, after in tree_diff.changes(self._load, self._root, root):
            if after is not None:
                for path in _paths(name):
                    if (folded := grammar.fold(path)) != path:
                        self._unusual[folded] = path
        self._root = root

    def _is_there(self, root: TreeId, path: str) -> bool:
        if path.endswith("/"):
            return next(tree.entries(self._load, root, path), None) is not None
        return tree.lookup(self._load, root, path) is not None


def _paths(name: str) -> list[str]:
    """List what a name makes on a disk: its folders, with a slash behind, and its file."""
    return [*(f"{folder}/" for folder in grammar.folders(name)), name]
