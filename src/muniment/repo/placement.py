"""What must hold of the nodes of a tree, each by itself and each in its place, for who checks all of them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from muniment.errors import InvalidNameError, MalformedError
from muniment.history.tree import check_node
from muniment.values import names
from muniment.values.objects import TreeNode

MISPLACED = "a node below it is not where it belongs"


class Placed(NamedTuple):
    """Where a node can lie: its level, its first name, and the last name of all below it."""

    level: int
    first: str
    last: str


def is_node(node: TreeNode) -> bool:
    """Tell whether a node may be part of a tree at all: only then it is safe to go on to what is below."""
    try:
        check_node("", node)
    except MalformedError:
        return False
    return True


def faults(node: TreeNode) -> Iterator[object]:
    """Give what is wrong with a node by itself."""
    if not is_node(node):
        yield "its names are out of order, or its level is none that a tree has"
        return
    for name, _ in node.entries:
        try:
            names.document_name(name)
        except InvalidNameError as error:
            yield error


def over(node: TreeNode, below: Sequence[Placed | None]) -> tuple[Placed | None, bool]:
    """Give where a node can lie, whose children lie `below`, and whether these are apart and in their places.

    One that is damaged, None, was told already; what it holds is taken to be where it belongs.
    """
    if not node.entries:
        return None, True
    ends: list[str | None] = [*(name for name, _ in node.entries[1:]), None]
    are_apart = all(
        child is None or (child.level == node.level - 1 and child.first == name and (end is None or child.last < end))
        for (name, _), end, child in zip(node.entries, ends, below, strict=False)
    )
    last = below[-1].last if below and below[-1] is not None else node.entries[-1][0]
    return Placed(node.level, node.entries[0][0], last), are_apart
