"""Bring the committed documents of all kinds to their newest schema version, by one commit."""

from collections.abc import Iterable

import msgspec

from muniment.errors import DocumentNotFoundError, InvalidValueError, NothingToCommitError
from muniment.history import tree
from muniment.repo import arguments, committing, conversion, replacing
from muniment.repo.assembling import Draft
from muniment.repo.document_change import DocumentChange
from muniment.repo.parts import Parts
from muniment.values import canonical
from muniment.values import names as grammar
from muniment.values.ids import BlobId, TreeId
from muniment.values.names import DocumentName
from muniment.values.objects import Commit

MESSAGE = "migrate to the newest schema versions"


class Migrated(msgspec.Struct, frozen=True):
    """What a migration changed, document by document, and the commit that did it.

    `commit` is None where nothing was to be done, or nothing was done because it was a dry run.
    """

    changes: tuple[DocumentChange, ...]
    commit: Commit | None


_Planned = dict[DocumentName, tuple[BlobId, bytes]]
"""The documents to be replaced: the blob that each has, and the bytes that it gets."""


def migrate(
    parts: Parts, *, names: Iterable[str] | None, message: str | None, author: str | None, dry_run: bool
) -> Migrated:
    """Migrate the documents at the head, all or those in `names`, and their working files with them."""
    wanted = None if names is None else grammar.document_names(names)
    parts.schemas.refuse_damaged()
    branch = parts.selected_branch()
    intent = committing.Intent(
        verb="migrate",
        branch=branch,
        message=arguments.message(MESSAGE if message is None else message),
        author="" if dry_run else parts.author_of(author),
        meta={},
    )
    planned = _plan(parts, parts.tree_of(parts.head(branch)), wanted)
    if dry_run or not planned:
        return Migrated(_changes(parts, planned), None)
    for kind in {governed.kind for governed in map(parts.schemas.governing, planned) if governed}:
        parts.schemas.record(kind)
    try:
        with parts.locks.exclusive(list(planned)):
            made = committing.commit(parts, intent, lambda base: _compose(parts, base, planned))
    except NothingToCommitError:  # somebody else migrated them meanwhile
        return Migrated((), None)
    return Migrated(_changes(parts, planned), made)


def _changes(parts: Parts, planned: _Planned) -> tuple[DocumentChange, ...]:
    return tuple(DocumentChange(name, old, new, parts.history.blob) for name, (old, new) in planned.items())


def _compose(parts: Parts, base: TreeId, planned: _Planned) -> Draft:
    """Compose the commit on what the documents have become since they were planned, and leave that as the plan."""
    still_there = [name for name in planned if tree.lookup(parts.history.node, base, name)]
    fresh = _plan(parts, base, still_there)
    planned.clear()
    planned.update(fresh)
    blobs = {BlobId(canonical.digest(new)): new for _, new in planned.values()}
    changes: dict[DocumentName, BlobId | None] = {
        name: BlobId(canonical.digest(new)) for name, (_, new) in planned.items()
    }
    committed = {name: old for name, (old, _) in planned.items()}
    return Draft(blobs, changes, replacing.replacements(parts, committed, changes))


def _plan(parts: Parts, root: TreeId, wanted: list[DocumentName] | None) -> _Planned:
    planned: _Planned = {}
    for name, blob_id in _documents(parts, root, wanted):
        kind = parts.schemas.of(name)
        if kind is None:
            continue
        try:
            new = kind.migrated(name, parts.history.blob(blob_id))
        except InvalidValueError as error:
            raise conversion.invalid(name, error) from error
        if new is not None:
            planned[name] = blob_id, new
    return planned


def _documents(parts: Parts, root: TreeId, wanted: list[DocumentName] | None) -> list[tuple[DocumentName, BlobId]]:
    load = parts.history.node
    if wanted is None:
        return [(DocumentName(name), BlobId(blob)) for name, blob in tree.entries(load, root)]
    found = [(name, tree.lookup(load, root, name)) for name in sorted(set(wanted))]
    for name, blob_id in found:
        if blob_id is None:
            raise DocumentNotFoundError(name, "the head")
    return [(name, blob_id) for name, blob_id in found if blob_id is not None]
