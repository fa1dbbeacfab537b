"""Changes of branches and tags, and what the operation log says of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from muniment.repo import requirements, still_stored
from muniment.repo.parts import Parts
from muniment.storage.change import Change, Replacement
from muniment.values import operation as operations
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.operation import HeadMove, Operation, OperationId, TagMove


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """Who does it, by which verb, and what the operation log says of it.

    `undoes` and `redoes` name the operation that this takes back, or makes again. `time` is when, where that is not
    the time of the commit that it makes.
    """

    verb: str
    author: str
    message: str
    time: datetime | None = None
    undoes: OperationId | None = None
    redoes: OperationId | None = None


def record(
    parts: Parts,
    intent: Intent,
    moves: Sequence[HeadMove] = (),
    *,
    tags: Sequence[TagMove] = (),
    objects: Sequence[tuple[str, bytes]] = (),
    targets: Sequence[CommitId] = (),
    replacements: Sequence[Replacement] = (),
    select: BranchName | None = None,
    worktree: bool = False,
) -> Operation:
    """Make the change real, durably, and give its operation.

    `targets` are the commits of new tags. `worktree` tells that working files follow it, even where none had to be
    replaced. Needs the store's lock, and that
    the heads were read since it was taken.

    Raises:
        BadSignatureError: A branch requires signatures, and would get a commit without.
        ObjectNotFoundError: A commit or tag that it leads to was collected meanwhile.
    """
    made = [object_id for object_id, _ in objects]
    leads_to = [*(move.new for move in moves), *(move.after for move in tags)]
    still_stored.refuse_missing(parts, [*filter(None, leads_to), *targets], besides=made)
    requirements.refuse_unsigned(parts, moves)
    selected = None if select is None else (parts.selected_branch(), select)
    line = operation_line(
        intent, datetime.now(UTC), moves=moves, tags=tags, selected=selected, worktree=worktree or bool(replacements)
    )
    parts.storage.commit(Change([*objects], [], [*moves], [*replacements], [], line, [*tags], select))
    return operations.decode(line)


def operation_line(
    intent: Intent,
    time: datetime,
    *,
    moves: Sequence[HeadMove] = (),
    tags: Sequence[TagMove] = (),
    selected: tuple[BranchName, BranchName] | None = None,
    worktree: bool = False,
) -> bytes:
    """Write what the operation log keeps of a change; `worktree` tells whether working files followed."""
    operation = Operation(
        author=intent.author,
        heads=tuple(moves),
        message=intent.message,
        time=time,
        verb=intent.verb,
        redoes=intent.redoes,
        selected=selected,
        tags=tuple(tags),
        undoes=intent.undoes,
        worktree=worktree,
    )
    return operations.encode(operation)
