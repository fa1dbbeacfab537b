"""What an operation's moves are the other way round, and whether they still fit what is there."""

from collections.abc import Iterable

from muniment.errors import InvalidNameError, UndoError
from muniment.repo import reference_names
from muniment.repo.parts import Parts
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.operation import HeadMove, Operation, TagMove


def branches(operation: Operation) -> list[BranchName]:
    """List the branches whose heads it moved."""
    return list(dict.fromkeys(move.branch for move in operation.heads))


def _ends(operation: Operation, branch: BranchName) -> tuple[list[CommitId], list[CommitId]]:
    """Give the heads that a branch has to have, and those that it shall have in their place."""
    moves = [move for move in operation.heads if move.branch == branch]
    before = [move.expected for move in moves if move.expected is not None and move.expected != move.new]
    after = [move.new for move in moves if move.new is not None]
    return after, before


def is_moved_on(parts: Parts, operation: Operation, branch: BranchName) -> bool:
    """Tell whether a branch has not the heads any more that the operation gave it."""
    start, _ = _ends(operation, branch)
    return bool(start) and not set(start) <= set(parts.heads(branch))


def head_moves(parts: Parts, operation: Operation, branch: BranchName) -> list[HeadMove]:
    """Give the moves of one branch; heads that others there were built on go with them.

    Raises:
        UndoError: It went on, or is there again.
        ObjectNotFoundError, CorruptionError: A commit that it shall stand at is not stored any more, or damaged.
    """
    start, end = _ends(operation, branch)
    if is_moved_on(parts, operation, branch):
        raise went_on(operation, branch)
    for one in end:
        parts.history.commit(one)
    if not start:
        return _made_again(parts, operation, branch, end)
    found = parts.storage.heads.heads(branch)
    stale = [one for one in found if one not in parts.heads(branch) and one not in end]
    first = HeadMove(branch, start[0], end[0] if end else None)
    gone = [HeadMove(branch, one, None) for one in (*start[1:], *stale)]
    return [first, *gone, *(HeadMove(branch, one, one) for one in end[1:])]


def _made_again(parts: Parts, operation: Operation, branch: BranchName, end: list[CommitId]) -> list[HeadMove]:
    """Give a branch its heads again; several each by itself, so that a recovery never takes one for all of them."""
    if operation.verb == "reconcile":  # heads without their history were dropped from beside others
        return [HeadMove(branch, one, one) for one in end]
    if parts.storage.heads.heads(branch):
        raise UndoError(operation.id, f"there is a branch {branch} again; rename or delete it first")
    others = [one for one in parts.storage.heads.branches() if one not in branches(operation)]
    _check_free(operation, "branch", branch, others, "tag", parts.storage.tags.names())
    return [HeadMove(branch, None if len(end) == 1 else one, one) for one in end]


def tag_moves(parts: Parts, operation: Operation) -> list[TagMove]:
    """Give the moves of the tags.

    Raises:
        UndoError: One is not as the operation left it.
        ObjectNotFoundError: The object of one that was deleted is not stored any more.
    """
    moves = []
    for move in operation.tags:
        found = parts.storage.tags.ids(move.tag)
        if (move.after is not None and move.after not in found) or (move.after is None and found):
            raise UndoError(operation.id, f"tag {move.tag} was changed since")
        if move.before is not None:
            parts.storage.objects.get(move.before)
            names = parts.storage.tags.names(), "branch", parts.storage.heads.branches()
            _check_free(operation, "tag", move.tag, *names)
        moves.append(TagMove(move.tag, move.after, move.before))
    return moves


def _check_free(
    operation: Operation, kind: str, name: str, alike: Iterable[str], other: str, others: Iterable[str]
) -> None:
    try:
        reference_names.refuse_lookalike(kind, name, alike)
        reference_names.refuse_shared(kind, name, other, others)
    except InvalidNameError as error:
        raise UndoError(operation.id, f"{kind} {name}: {error.reason}") from error


def went_on(operation: Operation, branch: BranchName) -> UndoError:
    """Make the error of a branch that went on in a way that leaves no other choice."""
    return UndoError(operation.id, f"{branch} went on since; undo what came later first")
