"""Take an operation back, or make it again: the heads, tags and choice of branch are as they were, by an operation.

An operation after which its branch went on is taken back by a three-way merge, as a new commit: what came later stays.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from muniment.errors import LockTimeoutError, MergeConflictError, UndoError
from muniment.history import walk
from muniment.repo import inverse, operations, reference_changes, replacing
from muniment.repo.assembling import Words
from muniment.repo.merging import carrying_out
from muniment.repo.merging.merge_plan import Plan
from muniment.repo.merging.merge_result import Merged, UpToDate
from muniment.repo.merging.three_way import Sides, merge_trees
from muniment.repo.operations import Step
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.storage.change import Replacement
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.operation import HeadMove, Operation, OperationId, TagMove


def undo(parts: Parts, operation: str | None, author: str | None) -> Operation:
    """Take back an operation, the last one that counts by default, and give the operation that did it.

    Raises:
        UndoError: There is none, or it cannot be taken back any more; it says why. Nothing was changed.
        MergeConflictError: Later commits changed the same places: revert it, and settle them.
        MergeInProgressError: A merge waits for its conflicts.
        LockTimeoutError: Others did something each time that it was looked at: retry.
    """
    return _take(parts, operations.last_done if operation is None else partial(operations.step_of, operation), author)


def redo(parts: Parts, author: str | None) -> Operation:
    """Make the operation again that was undone last, and give the operation that did it; errors as for `undo`."""
    return _take(parts, operations.last_undone, author)


def _take(parts: Parts, choose: Callable[[Iterator[Operation]], Step], author: str | None) -> Operation:
    deadline = time.monotonic() + parts.lock_timeout_s
    while True:
        parts.refuse_unfinished_merge()
        newest = operations.newest(parts)
        step = choose(parts.storage.operations.newest_first())
        try:
            if (made := _took(parts, step, newest, author)) is not None:
                return made
        except (UndoError, MergeConflictError):
            parts.finish_writers()  # whose heads may be moved already, and the log not yet written
            if operations.newest(parts) == newest:
                raise  # else another program did something meanwhile, and that may be why
        if time.monotonic() >= deadline:
            raise LockTimeoutError("the operation log", parts.lock_timeout_s, None)


def _took(parts: Parts, step: Step, newest: OperationId | None, author: str | None) -> Operation | None:
    """Take a step, and give the operation; None, and nothing happens, where another did something meanwhile."""
    for branch in inverse.branches(step.reversed):
        if inverse.is_moved_on(parts, step.reversed, branch):
            return _merge_out(parts, step, branch, newest, parts.author_of(author))
    return _move_all(parts, step, newest, parts.author_or_nobody(author))


def _made_by(parts: Parts, step: Step) -> Operation:
    """Find the operation of the commit that just made a step, once whatever is half published is finished."""
    parts.finish_writers()
    lines = parts.storage.operations.newest_first()
    return next(one for one in lines if step.operation in (one.undoes, one.redoes))


def _intent(step: Step, author: str) -> Intent:
    undone, redone = (step.operation, None) if step.verb == "undo" else (None, step.operation)
    return Intent(verb=step.verb, author=author, message=f"{step.verb}: {step.said}", undoes=undone, redoes=redone)


class _Moves(NamedTuple):
    """What is moved, and the commits that the working files go between; the same twice where they stay."""

    heads: list[HeadMove]
    tags: list[TagMove]
    select: BranchName | None
    before: CommitId | None
    after: CommitId | None


def _move_all(parts: Parts, step: Step, newest: OperationId | None, author: str) -> Operation | None:
    """Move everything that the operation moved; the files that it replaced follow where nobody touched them since."""
    moves = _moves(parts, step.reversed)
    committed, wanted = replacing.differences(parts, parts.tree_of(moves.before), parts.tree_of(moves.after))
    with parts.locks.exclusive(committed), parts.storage.exclusive(parts.lock_timeout_s):
        parts.refuse_unfinished_merge()
        if operations.newest(parts) != newest or _moves(parts, step.reversed) != moves:
            return None
        follow = [
            Replacement(name, before, wanted[name])
            for name, before in committed.items()
            if parts.storage.working.holds(name, before)
        ]
        return reference_changes.record(
            parts,
            _intent(step, author),
            moves.heads,
            tags=moves.tags,
            replacements=follow,
            select=moves.select,
            worktree=step.reversed.worktree,
        )


def _moves(parts: Parts, operation: Operation) -> _Moves:
    moves = [move for branch in inverse.branches(operation) for move in inverse.head_moves(parts, operation, branch)]
    tags = inverse.tag_moves(parts, operation)
    selected = parts.selected_branch()
    select = None
    if operation.selected is not None:
        select, left = operation.selected
        if selected != left:
            raise UndoError(operation.id, f"{selected} is checked out now, not {left}: switch there first")
    branch = select or selected
    heads = _heads_after(parts, branch, moves)
    if not heads and (select or branch in inverse.branches(operation)):
        _refuse_without_head(parts, operation, branch)
    if not operation.worktree and not select:
        return _Moves(moves, tags, select, None, None)
    found = walk.newest_first(parts.history.commit, walk.independent(parts.history.commit, heads))
    return _Moves(moves, tags, select, parts.lead(selected), found[0].id if found else None)


def _heads_after(parts: Parts, branch: BranchName, moves: list[HeadMove]) -> list[CommitId]:
    heads = list(parts.storage.heads.heads(branch))
    for move in moves:
        if move.branch == branch:
            heads = [head for head in heads if head not in (move.expected, move.new)] + ([move.new] if move.new else [])
    return heads


def _refuse_without_head(parts: Parts, operation: Operation, branch: BranchName) -> None:
    """Refuse to check out a branch without a head, unless it is as before the first commit of all."""
    lost = [parts.history.commit(head) for head in parts.storage.heads.heads(branch)]
    if any(commit.parents for commit in lost) or any(one != branch for one in parts.storage.heads.branches()):
        reason = f"it would delete {branch}, which is checked out: switch to another branch first"
        raise UndoError(operation.id, reason if lost else f"there is no branch {branch} any more")


def _merge_out(
    parts: Parts, step: Step, branch: BranchName, newest: OperationId | None, author: str
) -> Operation | None:
    """Take what an operation did out of a branch that went on since, by a commit."""
    operation = step.reversed
    if len(operation.heads) != 1 or operation.tags or operation.selected:
        raise inverse.went_on(operation, branch)
    before, after = operation.heads[0].expected, operation.heads[0].new
    if before is None or after is None:
        raise inverse.went_on(operation, branch)
    intent = _intent(step, author)
    parts.merge_rules.record()

    def plan() -> Plan | UpToDate:
        if operations.newest(parts) != newest:
            return UpToDate()
        parts.history.begin_walk()
        head = parts.head(branch)
        if head is None or not walk.is_ancestor(parts.history.walked_commit, after, head):
            raise UndoError(operation.id, f"{branch} does not hold it any more")
        ours = parts.history.commit(head)
        merged = merge_trees(parts, Sides(parts.tree_of(after), ours.tree, parts.tree_of(before)))
        if merged.conflicts:
            raise MergeConflictError(merged.conflicts, "later commits changed the same: revert it, and settle them")
        if not merged.changes:
            raise UndoError(operation.id, f"nothing of it is left in {branch}")
        words = Words(author, intent.message)
        follow = carrying_out.only_clean_files
        return Plan("revert", branch, (head,), (ours,), ours.tree, merged, words, follow, intent=intent)

    return _made_by(parts, step) if isinstance(carrying_out.carry_out(parts, plan), Merged) else None
