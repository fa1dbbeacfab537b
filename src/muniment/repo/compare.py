"""Which documents two revisions have, and have not, in common."""

import msgspec

from muniment.history import tree, tree_diff
from muniment.repo import revisions
from muniment.repo.parts import Parts


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The names of the documents that only one side has, and of those that differ; how many are the same."""

    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    changed: tuple[str, ...]
    identical: int


def compare(parts: Parts, a: str, b: str) -> Comparison:
    """Compare the documents of two revisions, by name."""
    load = parts.history.node
    left, right = revisions.resolve(parts, a).tree, revisions.resolve(parts, b).tree
    differing = list(tree_diff.changes(load, left, right))
    only_a = tuple(name for name, _, blob in differing if blob is None)
    changed = tuple(name for name, old, new in differing if old is not None and new is not None)
    return Comparison(
        only_a=only_a,
        only_b=tuple(name for name, blob, _ in differing if blob is None),
        changed=changed,
        identical=sum(1 for _ in tree.entries(load, left)) - len(only_a) - len(changed),
    )
