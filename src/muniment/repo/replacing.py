"""Which working files follow a change of history, and which must not, because they hold edits."""

from collections.abc import Mapping

from muniment.errors import DirtyDocumentError, DocumentInvalidError
from muniment.history import tree_diff
from muniment.repo.parts import Parts
from muniment.storage.change import Replacement
from muniment.values.ids import BlobId, TreeId
from muniment.values.names import DocumentName

Contents = Mapping[DocumentName, BlobId | None]


def differences(parts: Parts, before: TreeId, after: TreeId) -> tuple[Contents, Contents]:
    """Give the documents that differ between two trees: as the one has them, and as the other has them."""
    found = [(DocumentName(name), old, new) for name, old, new in tree_diff.changes(parts.history.node, before, after)]
    return {name: old for name, old, _ in found}, {name: new for name, _, new in found}


def replacements(parts: Parts, committed: Contents, changes: Contents) -> list[Replacement]:
    """List the working files to be replaced so that they hold what `changes` says.

    `committed` is what the head holds now for the same names.

    Raises:
        DirtyDocumentError: A file holds neither that nor the new content: commit or discard it first.
    """
    refuse_dirty(parts, committed, changes)
    return [Replacement(name, committed[name], after) for name, after in changes.items() if after != committed[name]]


def refuse_dirty(parts: Parts, committed: Contents, changes: Contents) -> None:
    """Refuse to go on where a working file has edits that `committed` does not hold, nor `changes`."""
    dirty = [
        name for name, before in committed.items() if not _is_clean(parts, name, before, changes.get(name, before))
    ]
    if dirty:
        raise DirtyDocumentError(dirty)


def _is_clean(parts: Parts, name: DocumentName, before: BlobId | None, after: BlobId | None) -> bool:
    try:
        return parts.storage.working.blob_id(name) in {before, after}
    except DocumentInvalidError:
        return False
