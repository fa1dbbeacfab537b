"""Assemble a commit out of what it shall change, and make it real."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from muniment.history import tree_edit
from muniment.history.tree_build import TreeUpdate
from muniment.repo import reference_changes, requirements, still_stored
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.repo.signatures import COMMIT_NAMESPACE, Signatures
from muniment.storage.change import Change, Replacement
from muniment.values import canonical
from muniment.values.ids import BlobId, CommitId, TreeId
from muniment.values.names import BranchName, DocumentName
from muniment.values.objects import Commit, decode_commit, encode_commit
from muniment.values.operation import HeadMove


class Draft(msgspec.Struct, frozen=True):
    """What a commit shall change.

    `blobs` are contents by id; `changes` the document names with their new blob, None to delete;
    `replacements` the working files that follow; `meta` is told in the commit beside what its verb tells.
    """

    blobs: dict[BlobId, bytes]
    changes: dict[DocumentName, BlobId | None]
    replacements: list[Replacement]
    meta: Mapping[str, Any] = {}


class Assembled(NamedTuple):
    """A commit and the objects it needs, bottom-up, as they must be written; nothing is stored yet."""

    commit: Commit
    data: bytes
    update: TreeUpdate
    objects: list[tuple[str, bytes]]
    borrowed: list[BlobId]
    """Contents that are not among them, because another commit has them."""


class Words(NamedTuple):
    """What a commit says of itself: who, why, when at the earliest, and the committer's own object."""

    author: str
    message: str
    meta: Mapping[str, Any] = {}
    time: datetime | None = None
    """When, where it is not now: a time that every copy can tell makes the commit the same in all of them."""


def assemble(
    parts: Parts, words: Words, parents: Sequence[Commit], base: TreeId, draft: Draft, *, sign: bool = True
) -> Assembled:
    """Make the commit of `parents` whose tree is `base` with the changes of a draft; touches nothing.

    The store's signer signs it, unless every copy has to make the same, or it is only to be looked at.

    Raises:
        SigningError: The signer cannot; see there.
    """
    update = tree_edit.update(parts.history.node, base, dict[str, BlobId | None](draft.changes.items()))
    signatures = parts.signatures if sign and words.time is None else None
    made, data = _make_commit(words, parents, update.root, {**words.meta, **draft.meta}, signatures)
    objects = [*draft.blobs.items(), *update.nodes.items(), (made.id, data)]
    borrowed = [blob for blob in draft.changes.values() if blob is not None and blob not in draft.blobs]
    return Assembled(made, data, update, objects, borrowed)


def _make_commit(
    words: Words, parents: Sequence[Commit], root: TreeId, meta: Mapping[str, Any], signatures: Signatures | None
) -> tuple[Commit, bytes]:
    fields: dict[str, Any] = {
        "tree": root,
        "parents": tuple(parent.id for parent in parents),
        "author": words.author,
        "time": max([words.time or datetime.now(UTC), *(parent.time for parent in parents)]),
        "message": words.message,
        "generation": 1 + max((parent.generation for parent in parents), default=0),
        "meta": dict(meta),
    }
    data = encode_commit(**fields)
    if signatures is not None and (signature := signatures.sign(data, COMMIT_NAMESPACE)) is not None:
        fields["signature"] = signature
        data = encode_commit(**fields)
    commit_id = CommitId(canonical.digest(data))
    if meta:  # as everybody else will read it: 1.0 as 1, and no part of it the caller's
        return decode_commit(commit_id, data), data
    return Commit(**fields, id=commit_id), data


def record(
    parts: Parts,
    made: Assembled,
    intent: Intent,
    branch: BranchName,
    heads: Sequence[CommitId],
    replacements: Sequence[Replacement] = (),
    *,
    merge: bytes | None = None,
    worktree: bool = False,
) -> Commit:
    """Make the commit real, durably: the branch stands at it, and at none of `heads` any more.

    `worktree` tells that working files hold it already. Needs the store's lock, and that the heads were read since it
    was taken.

    Raises:
        BadSignatureError: The branch requires signatures, and this one is missing or no allowed signer's.
        ObjectNotFoundError: What it takes from another commit was collected meanwhile.
    """
    still_stored.refuse_missing(parts, [*made.commit.parents, *made.borrowed], besides=heads)
    requirements.refuse_unsigned(parts, [HeadMove(branch, None, made.commit.id)], (made.commit, made.data))
    objects, packs = parts.storage.pack_if_many(made.objects)
    moves = [HeadMove(branch, heads[0] if heads else None, made.commit.id)]
    moves += [HeadMove(branch, other, None) for other in heads[1:]]
    is_followed = worktree or bool(replacements)
    line = reference_changes.operation_line(intent, intent.time or made.commit.time, moves=moves, worktree=is_followed)
    parts.storage.commit(Change(objects, packs, moves, [*replacements], [made.data], line, merge=merge))
    parts.history.remember(made.commit, made.update.decoded.items())
    return made.commit
