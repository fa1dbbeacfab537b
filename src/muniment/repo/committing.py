"""How every verb that changes history does it: one commit, made of the head as it is under the lock."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from muniment.errors import BranchNotFoundError, BranchSwitchedError, InvalidValueError, NothingToCommitError
from muniment.history import tree, tree_edit
from muniment.history.tree_build import TreeUpdate
from muniment.repo.parts import Parts
from muniment.storage.change import Change, HeadMove, Replacement, TagMove
from muniment.values import canonical
from muniment.values.ids import BlobId, CommitId, TreeId
from muniment.values.names import BranchName, DocumentName
from muniment.values.objects import Commit, decode_commit, encode_commit, encode_in_order, format_time

MOST_LOOSE = 32
"""A change of more objects than this writes them as one pack."""


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants a commit on which branch, by which verb, and why."""

    verb: str
    branch: BranchName
    message: str
    author: str
    meta: Mapping[str, Any]
    allow_empty: bool = False
    is_checked_out: bool | None = True
    """Whether the working files were those of the branch when it began, and have to be so still, or not; None where
    they do not matter."""


class Draft(msgspec.Struct, frozen=True):
    """What a commit shall change.

    `blobs` are contents by id; `changes` the document names with their new blob, None to delete;
    `replacements` the working files that follow; `meta` is told in the commit beside the
    intent's own.
    """

    blobs: dict[BlobId, bytes]
    changes: dict[DocumentName, BlobId | None]
    replacements: list[Replacement]
    meta: Mapping[str, Any] = {}


Composer = Callable[[TreeId], Draft]
"""Composes a commit on top of a tree; called once, under the store's lock."""


def commit(parts: Parts, intent: Intent, compose: Composer) -> Commit:
    """Commit what `compose` makes of the branch's head, durably.

    Raises:
        NothingToCommitError: The documents stay as they are, and the intent does not allow that.
        BranchSwitchedError, BranchNotFoundError: Another program switched, or deleted the branch, meanwhile.
        LockTimeoutError, DivergedError, StorageError: See there; nothing happened.
    """
    with parts.storage.exclusive(parts.lock_timeout_s):
        _check_branch(parts, intent)
        head = parts.head(intent.branch)
        parent = parts.history.commit(head) if head else None
        base = parent.tree if parent else tree.EMPTY_TREE
        draft = compose(base)
        update = tree_edit.update(parts.history.node, base, dict[str, BlobId | None](draft.changes.items()))
        if update.root == base and not intent.allow_empty:
            raise NothingToCommitError(intent.branch)
        made, data = _make_commit(intent, parent, update.root, {**intent.meta, **draft.meta})
        objects = _objects(draft, update, made.id, data)
        packs: list[str] = []
        if len(objects) > MOST_LOOSE:
            packs, objects = [parts.storage.put_pack(objects)], []
        moves = [HeadMove(intent.branch, head, made.id)]
        operation = operation_line(
            author=intent.author, message=intent.message, verb=intent.verb, time=made.time, moves=moves
        )
        parts.storage.commit(Change(objects, packs, moves, draft.replacements, [data], operation))
        parts.history.remember(made, update.decoded.items())
        return made


def _check_branch(parts: Parts, intent: Intent) -> None:
    """Refuse to commit the files of one branch to another, or to a branch that is no more."""
    selected = parts.selected_branch()
    if intent.is_checked_out is not None and intent.is_checked_out is not (selected == intent.branch):
        raise BranchSwitchedError(intent.branch, selected)
    heads = parts.storage.heads
    if not heads.heads(intent.branch) and any(True for _ in heads.branches()):  # the host's git took it away
        raise BranchNotFoundError(intent.branch)


def text_of(message: object) -> str:
    """Check that a commit's message is text.

    Raises:
        InvalidValueError: It is something else.
    """
    if not isinstance(message, str):
        raise InvalidValueError(f"a message is text, not {type(message).__name__}")
    return message


def _make_commit(intent: Intent, parent: Commit | None, root: TreeId, meta: Mapping[str, Any]) -> tuple[Commit, bytes]:
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "tree": root,
        "parents": (parent.id,) if parent else (),
        "author": intent.author,
        "time": max(now, parent.time) if parent else now,
        "message": intent.message,
        "generation": parent.generation + 1 if parent else 1,
        "meta": dict(meta),
    }
    data = encode_commit(**fields)
    commit_id = CommitId(canonical.digest(data))
    if meta:  # as everybody else will read it: 1.0 as 1, and no part of it the caller's
        return decode_commit(commit_id, data), data
    return Commit(**fields, id=commit_id), data


def _objects(draft: Draft, update: TreeUpdate, commit_id: CommitId, data: bytes) -> list[tuple[str, bytes]]:
    """List a commit's new objects bottom-up, as they must be written: blobs, tree, commit."""
    return [*draft.blobs.items(), *update.nodes.items(), (commit_id, data)]


def operation_line(
    *,
    author: str,
    message: str,
    verb: str,
    time: datetime,
    moves: Sequence[HeadMove] = (),
    tags: Sequence[TagMove] = (),
    selected: tuple[BranchName, BranchName] | None = None,
) -> bytes:
    """Write a line of the operation log; what it did not touch is left out, but for heads.

    Format: docs/format/local.md, "Operations".
    """
    line: dict[str, Any] = {
        "author": author,
        "heads": [[move.branch, move.expected, move.new] for move in moves],
        "message": message,
    }
    if selected is not None:
        line["selected"] = selected
    if tags:
        line["tags"] = [[move.tag, move.before, move.after] for move in tags]
    return encode_in_order({**line, "time": format_time(time), "verb": verb})
