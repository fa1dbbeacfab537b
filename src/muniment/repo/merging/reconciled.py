"""The commit that reconciling two heads comes to, thought through once more: to compare it with one that is there."""

from muniment.history import walk
from muniment.repo import assembling
from muniment.repo.assembling import Draft, Words
from muniment.repo.merging.commit_merge import merge_commits
from muniment.repo.parts import Parts
from muniment.repo.requirements import RECONCILER
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.objects import Commit


def words(branch: BranchName, ours: Commit, theirs: Commit) -> Words:
    """Say what the commit says: the same in every copy."""
    return Words(RECONCILER, f"reconcile {branch}", time=max(ours.time, theirs.time))


def again(parts: Parts, branch: BranchName, parents: tuple[CommitId, ...]) -> CommitId | None:
    """Give the id of the commit that reconciles two heads of a branch, in this order.

    None where they need a decision, or their order is another.
    """
    ours, theirs = walk.newest_first(parts.history.commit, parents)
    if (ours.id, theirs.id) != parents:
        return None
    merged = merge_commits(parts, ours, theirs)
    if merged is None or merged.conflicts:
        return None
    draft = Draft(merged.blobs, merged.changes, [])
    return assembling.assemble(parts, words(branch, ours, theirs), (ours, theirs), ours.tree, draft).commit.id
