"""Merge a branch, or any commit, into a branch."""

import msgspec

from muniment.errors import UnrelatedHistoriesError
from muniment.history import walk
from muniment.repo import replacing
from muniment.repo.assembling import Words
from muniment.repo.merging import carrying_out, commit_merge, merge_plan, one_head
from muniment.repo.merging.merge_plan import Forward, Plan
from muniment.repo.merging.merge_result import MergeResult, UpToDate
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.values.ids import CommitId
from muniment.values.json_merge import Prefer
from muniment.values.names import BranchName
from muniment.values.objects import Commit


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A merge that somebody wants: which commit into which branch, who, why, and what settles conflicts by rule."""

    source: str
    theirs: Commit
    branch: BranchName
    author: str
    message: str
    prefer: Prefer | None
    allow_unrelated: bool


def merge(parts: Parts, wish: Wish, *, dry_run: bool) -> MergeResult:
    """Merge as wished, or tell what would come of it and touch nothing.

    Raises:
        UnrelatedHistoriesError: The two have no commit in common, and the wish does not allow that.
        MergeInProgressError, DirtyDocumentError, DivergedError, InvalidNameError: See there; nothing was changed.
    """
    parts.refuse_unfinished_merge(wish.branch)
    if dry_run:
        return merge_plan.tell(parts, _plan(parts, wish))
    one_head.ensure(parts, wish.branch)
    parts.merge_rules.record()
    return carrying_out.carry_out(parts, lambda: _plan(parts, wish))


def _plan(parts: Parts, wish: Wish) -> Plan | Forward | MergeResult:
    """Think it through for the head as it is now."""
    parts.history.begin_walk()
    head = parts.head(wish.branch)
    load = parts.history.walked_commit
    if head is not None and walk.is_ancestor(load, wish.theirs.id, head):
        return UpToDate()
    if head is None or walk.is_ancestor(load, head, wish.theirs.id):
        return _forward(parts, wish, head)
    ours = parts.history.commit(head)
    merged = commit_merge.merge_commits(
        parts, ours, wish.theirs, prefer=wish.prefer, allow_unrelated=wish.allow_unrelated
    )
    if merged is None:
        raise UnrelatedHistoriesError(wish.source, wish.branch)
    return Plan(
        verb="merge",
        branch=wish.branch,
        heads=(head,),
        parents=(ours, wish.theirs),
        ours=ours.tree,
        merged=merged,
        words=Words(wish.author, wish.message),
        follow=carrying_out.only_clean_files,
    )


def _forward(parts: Parts, wish: Wish, head: CommitId | None) -> Forward:
    committed, wanted = replacing.differences(parts, parts.tree_of(head), wish.theirs.tree)
    intent = Intent(verb="merge", author=wish.author, message=wish.message)
    heads = () if head is None else (head,)
    return Forward(wish.branch, heads, wish.theirs, committed, wanted, intent)
