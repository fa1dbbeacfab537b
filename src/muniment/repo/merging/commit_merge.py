"""Merge what two commits made of what they have in common."""

import msgspec

from muniment.history.tree import EMPTY_TREE
from muniment.repo.merging.common_base import CommonBase
from muniment.repo.merging.three_way import Sides, TreesMerged, merge_trees
from muniment.repo.parts import Parts
from muniment.values import unsettled
from muniment.values.json_merge import Prefer
from muniment.values.objects import Commit


def merge_commits(
    parts: Parts, ours: Commit, theirs: Commit, *, prefer: Prefer | None = None, allow_unrelated: bool = False
) -> TreesMerged | None:
    """Merge two commits; None where they have nothing in common, unless that is allowed: then as if out of nothing.

    Errors as for `merge_trees`.
    """
    parts.history.begin_walk()
    base = CommonBase(parts)
    root = base.tree(ours.id, theirs.id)
    if root is None and not allow_unrelated:
        return None
    sides = Sides(EMPTY_TREE if root is None else root, ours.tree, theirs.tree)
    merged = merge_trees(parts, sides, node=base.node, blob=base.blob, prefer=prefer)
    shown = [msgspec.structs.replace(one, base=unsettled.told(one.base)) for one in merged.conflicts]
    return merged._replace(conflicts=shown)
