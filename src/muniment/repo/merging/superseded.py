"""The heads of a branch that a new commit takes the place of: those that it is built on, and no others."""

from collections.abc import Sequence

from muniment.history import walk
from muniment.repo.parts import Parts
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.objects import Commit


def heads(parts: Parts, branch: BranchName, parents: Sequence[Commit]) -> list[CommitId]:
    """List the heads that a commit of `parents` leaves behind, that of the first parent first.

    Where a branch has others, it stays diverged.
    """
    load = parts.history.walked_commit
    found = parts.storage.heads.heads(branch)
    behind = [head for head in found if any(walk.is_ancestor(load, head, parent.id) for parent in parents)]
    return sorted(behind, key=lambda head: head != parents[0].id)
