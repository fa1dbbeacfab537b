"""Commit the working files as people and programs left them."""

from collections.abc import Iterable, Mapping
from typing import Any

from muniment.errors import DocumentNotFoundError, NothingToCommitError, SchemaError
from muniment.history import tree
from muniment.repo import arguments, checking, committing
from muniment.repo.assembling import Draft
from muniment.repo.merging import one_head
from muniment.repo.parts import Parts
from muniment.values import canonical
from muniment.values import names as grammar
from muniment.values.ids import BlobId, TreeId
from muniment.values.names import DocumentName
from muniment.values.objects import Commit

FORCED = "forced"
"""What a commit's `meta` calls the documents that were not valid for their kind, and were committed all the same."""


def commit_working_files(
    parts: Parts,
    message: str,
    *,
    author: str | None,
    names: Iterable[str] | None,
    allow_empty: bool,
    meta: Mapping[str, Any] | None,
    force: bool,
) -> Commit:
    """Commit all documents that differ from the head, or only those in `names`.

    Raises:
        NothingToCommitError: None differs.
        DocumentInvalidError: A file is no valid document, or not valid for its kind, which `force` lets
            pass: mend it, or name the others.
        DocumentNotFoundError: One of `names` is neither a working file nor in the head.
    """
    intent = committing.Intent(
        verb="commit",
        branch=parts.selected_branch(),
        message=arguments.message(message),
        author=parts.author_of(author),
        meta=arguments.meta(meta),
        allow_empty=allow_empty,
    )
    wanted = None if names is None else grammar.document_names(names)
    reconciled = one_head.ensure(parts, intent.branch)
    try:
        return committing.commit(parts, intent, lambda base: _compose(parts, base, wanted, force=force))
    except NothingToCommitError:
        if reconciled is None:
            raise
        return reconciled  # all that differed was what git had merged


def _compose(parts: Parts, base: TreeId, wanted: list[DocumentName] | None, *, force: bool) -> Draft:
    changes = _all_changes(parts, base) if wanted is None else _named_changes(parts, base, wanted)
    blobs: dict[BlobId, bytes] = {}
    forced: list[str] = []
    for name, blob_id in changes.items():
        if blob_id is not None:
            text = parts.storage.working.valid_text(name)
            try:
                checking.refuse_invalid(parts, name, text)
            except SchemaError:
                if not force:
                    raise
                forced.append(name)
            data = canonical.encode(canonical.decode_trusted(text))
            changes[name] = read_id = BlobId(canonical.digest(data))
            blobs[read_id] = data
    return Draft(blobs, changes, [], {FORCED: sorted(forced)} if forced else {})


def _all_changes(parts: Parts, base: TreeId) -> dict[DocumentName, BlobId | None]:
    scan = parts.storage.scanner.scan()
    for error in scan.invalid.values():
        raise error
    committed = dict(tree.entries(parts.history.node, base))
    changes: dict[DocumentName, BlobId | None] = {
        name: blob_id for name, blob_id in scan.blobs.items() if committed.get(name) != blob_id
    }
    changes.update((DocumentName(name), None) for name in committed.keys() - scan.blobs.keys())
    return changes


def _named_changes(parts: Parts, base: TreeId, wanted: list[DocumentName]) -> dict[DocumentName, BlobId | None]:
    changes: dict[DocumentName, BlobId | None] = {}
    for name in wanted:
        blob_id = parts.storage.working.blob_id(name)
        committed = tree.lookup(parts.history.node, base, name)
        if blob_id is None and committed is None:
            raise DocumentNotFoundError(name, "the working files or the head")
        if blob_id != committed:
            changes[name] = blob_id
            if committed is None:
                parts.spellings.check_new(base, [name])
    return changes
