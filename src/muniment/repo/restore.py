"""Discard edits: bring working files back to what a commit holds. History is not touched."""

from collections.abc import Iterable

from muniment.errors import DocumentNotFoundError
from muniment.history import tree
from muniment.repo import documents, revisions
from muniment.repo.parts import Parts
from muniment.values import names as grammar


def restore(parts: Parts, names: Iterable[str], revision: str) -> None:
    """Replace the working files of `names` by what they were at `revision`, or delete those it has not.

    Raises:
        DocumentNotFoundError: One is neither there nor a working file; nothing was replaced.
    """
    wanted = sorted(set(grammar.document_names(names)))
    root = revisions.resolve(parts, revision).tree
    with parts.locks.exclusive(wanted):
        blobs = {name: tree.lookup(parts.history.node, root, name) for name in wanted}
        for name, blob_id in blobs.items():
            if blob_id is None and not documents.exists(parts, name):
                raise DocumentNotFoundError(name, f"{revision} or the working files")
        parts.storage.let_go_of_documents(parts.lock_timeout_s)
        for name, blob_id in blobs.items():
            if blob_id is None:
                parts.storage.working.remove(name)
            else:
                parts.storage.working.write(name, parts.history.blob(blob_id))
