"""Operations: each change of heads and tags in one copy, and of what is checked out, as the operation log keeps it.

Format: docs/format/local.md, "Operations".
"""

from datetime import datetime
from typing import Annotated, Any, NewType

import msgspec

from muniment.errors import InvalidNameError, MalformedError
from muniment.values import canonical, names
from muniment.values.ids import ID_LENGTH, CommitId, TagId, is_id
from muniment.values.names import BranchName, TagName
from muniment.values.objects import encode_in_order, format_time

OperationId = NewType("OperationId", str)
"""The SHA-256 of an operation's line, without its line feed."""


class HeadMove(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The head of `branch` goes from `expected`, None for a new branch, to `new`, None for no branch any more.

    Where both are one commit, it becomes a head beside those there are: so a branch is made to diverge again.
    """

    branch: BranchName
    expected: CommitId | None
    new: CommitId | None


class TagMove(msgspec.Struct, frozen=True, array_like=True):
    """The tag `tag` is made, where `before` is None, or deleted, where `after` is."""

    tag: TagName
    before: TagId | None
    after: TagId | None


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One change of heads and tags of this copy, or of the branch that is checked out.

    `verb` is what did it, `author` who, empty where nobody is known, `time` when: aware, in UTC. `selected` are the
    branch that was checked out and the one that is, None where that stayed. `worktree` tells whether working files
    follow it. `undoes` and `redoes` name the operation that this one took back, or made again: never an undo or redo.
    """

    author: str
    heads: tuple[HeadMove, ...]
    message: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    verb: str
    redoes: OperationId | None = None
    selected: tuple[BranchName, BranchName] | None = None
    tags: tuple[TagMove, ...] = ()
    undoes: OperationId | None = None
    worktree: bool = False
    id: OperationId = OperationId("")

    def __hash__(self) -> int:
        """Hash by the id, which says all."""
        return hash(self.id)


class _Moves(msgspec.Struct, frozen=True, gc=False):
    heads: tuple[HeadMove, ...]
    time: Annotated[datetime, msgspec.Meta(tz=True)]


_decoder = msgspec.json.Decoder(Operation)
_moves_decoder = msgspec.json.Decoder(_Moves)


def encode(operation: Operation) -> bytes:
    """Write an operation as a line of the log, without its line feed; what it does not touch is left out, but heads."""
    optional: dict[str, Any] = {
        "redoes": operation.redoes,
        "selected": operation.selected,
        "tags": operation.tags,
    }
    line: dict[str, Any] = {"author": operation.author, "heads": operation.heads, "message": operation.message}
    line |= {name: value for name, value in optional.items() if value}
    line["time"] = format_time(operation.time)
    if operation.undoes:
        line["undoes"] = operation.undoes
    line["verb"] = operation.verb
    if operation.worktree:
        line["worktree"] = True
    return encode_in_order(line)


def decode(line: bytes) -> Operation:
    """Read a line of the log.

    Raises:
        MalformedError: It is none.
    """
    try:
        operation = _decoder.decode(line)
        for branch in (*(move.branch for move in operation.heads), *(operation.selected or ())):
            names.branch_name(branch)
        for tag in operation.tags:
            names.tag_name(tag.tag)
        for move in operation.heads:
            _check_id(move.expected)
            _check_id(move.new)
        for tag in operation.tags:
            _check_id(tag.before)
            _check_id(tag.after)
    except (msgspec.MsgspecError, ValueError, RecursionError, InvalidNameError) as error:
        raise MalformedError("the operation log", f"a line that is no operation: {error}") from error
    msgspec.structs.force_setattr(operation, "id", OperationId(canonical.digest(line)))
    return operation


def decode_moves(line: bytes) -> tuple[datetime, tuple[HeadMove, ...]]:
    """Read when an operation was, and where it moved heads: quicker than all of it, for those who read many.

    Raises:
        MalformedError: It is none, or moves what can be no head.
    """
    try:
        read = _moves_decoder.decode(line)
        for move in read.heads:
            _check_head(move.expected)
            _check_head(move.new)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise MalformedError("the operation log", f"a line that is no operation: {error}") from error
    return read.time, read.heads


def _check_id(found: str | None) -> None:
    """Check that what will be part of a path when this is undone is an id."""
    if found is not None and not is_id(found):
        raise ValueError(f"{found!r} is no id")


def _check_head(head: CommitId | None) -> None:
    """Check that a head is an id, as quickly as many are to be checked."""
    if head is not None and len(bytes.fromhex(head)) * 2 != ID_LENGTH:
        raise ValueError(f"{head!r} is no id")
