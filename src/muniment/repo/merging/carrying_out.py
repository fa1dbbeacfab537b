"""Carry out a merge that was thought through without a lock, if nothing moved meanwhile; else think anew."""

from datetime import UTC, datetime

from muniment.repo import assembling, reference_changes, replacing
from muniment.repo.assembling import Draft
from muniment.repo.merging import superseded, unfinished
from muniment.repo.merging.merge_plan import Forward, Plan, Planner
from muniment.repo.merging.merge_result import Conflicted, FastForward, Merged, MergeResult, UpToDate
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.repo.replacing import Contents
from muniment.storage.change import Replacement
from muniment.values.ids import CommitId
from muniment.values.names import DocumentName
from muniment.values.operation import HeadMove

_ROUNDS = 3
"""How often it is thought through without a lock: beside a writer that never rests, no thought would hold."""


def carry_out(parts: Parts, plan_anew: Planner) -> MergeResult:
    """Carry a merge out: planned without a lock, and applied under the locks if the branch is where it was.

    After some rounds in vain it is planned under the store's lock.

    Raises:
        DirtyDocumentError: A working file to be replaced has uncommitted edits; nothing was changed.
        InvalidNameError: Names of the two sides differ by case alone.
        MergeInProgressError: Another merge into the branch waits for its conflicts.
        LockTimeoutError: Another program held a document, or the store, for as long as the store waits: retry.
    """
    for _ in range(_ROUNDS):
        plan = plan_anew()
        if not isinstance(plan, Plan | Forward):
            return plan
        is_checked_out = plan.branch == parts.selected_branch()
        locked = plan.names if is_checked_out else ()
        with parts.locks.exclusive(locked), parts.storage.exclusive(parts.lock_timeout_s):
            is_still_so = is_checked_out == (plan.branch == parts.selected_branch())
            if is_still_so and parts.heads(plan.branch) == plan.heads:
                return _apply(parts, plan, is_checked_out=is_checked_out)
    return _carry_out_alone(parts, plan_anew)


def _carry_out_alone(parts: Parts, plan_anew: Planner) -> MergeResult:
    """Plan while nobody else can move a head.

    Nobody may wait for a document while holding the store's lock: the documents that turn out to be needed are waited
    for before the next round, which needs no others unless a head moved.
    """
    locked: set[DocumentName] = set()
    while True:
        with parts.locks.exclusive(locked), parts.storage.exclusive(parts.lock_timeout_s):
            plan = plan_anew()
            if not isinstance(plan, Plan | Forward):
                return plan
            is_checked_out = plan.branch == parts.selected_branch()
            if not is_checked_out or plan.names <= locked:
                return _apply(parts, plan, is_checked_out=is_checked_out)
        locked |= plan.names


def only_clean_files(parts: Parts, plan: Plan) -> list[Replacement]:
    """Let the files of all changed documents follow; one with uncommitted edits is refused."""
    committed: Contents = {name: parts.history.lookup(plan.ours, name) for name in plan.names}
    return replacing.replacements(parts, committed, {**plan.merged.contested, **plan.merged.changes})


def _apply(parts: Parts, plan: Plan | Forward, *, is_checked_out: bool) -> MergeResult:
    parts.refuse_unfinished_merge(plan.branch)
    if isinstance(plan, Forward):
        follow = replacing.replacements(parts, plan.committed, plan.wanted) if is_checked_out else []
        moves = [HeadMove(plan.branch, next(iter(plan.heads), None), CommitId(plan.target.id))]
        reference_changes.record(parts, plan.intent, moves, replacements=follow)
        return FastForward(plan.target)
    if plan.is_needless:
        return UpToDate()
    return _apply_plan(parts, plan, is_checked_out=is_checked_out)


def _apply_plan(parts: Parts, plan: Plan, *, is_checked_out: bool) -> MergeResult:
    merged = plan.merged
    parts.spellings.check_new(plan.ours, merged.added)
    follow = plan.follow(parts, plan) if is_checked_out else []
    if merged.conflicts:
        if is_checked_out:
            begun = unfinished.Begun(plan.verb, plan.branch, plan.heads, plan.parents, plan.words)
            unfinished.begin(parts, begun, merged, follow)
        return Conflicted(tuple(merged.conflicts))
    made = assembling.assemble(parts, plan.words, plan.parents, plan.ours, Draft(merged.blobs, merged.changes, follow))
    heads = superseded.heads(parts, plan.branch, plan.parents)
    return Merged(assembling.record(parts, made, plan.intent or _intent(plan), plan.branch, heads, follow))


def _intent(plan: Plan) -> Intent:
    """Say what the operation log tells of a merge.

    Its time is that of the operation, also where the commit bears one that every copy can tell: a reconcile that is
    undone and made again would leave the same line twice.
    """
    happened = datetime.now(UTC) if plan.words.time else None
    return Intent(verb=plan.verb, author=plan.words.author, message=plan.words.message, time=happened)
