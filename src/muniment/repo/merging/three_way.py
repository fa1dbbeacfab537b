"""Three-way merging of whole trees: at the cost of what changed, and by meaning where both sides changed a document."""

from collections.abc import Callable
from typing import NamedTuple

from muniment.history import tree_merge
from muniment.history.tree import NodeLoader
from muniment.history.tree_merge import Collision
from muniment.repo.merging.document_merge import DocumentMerge, merge_document
from muniment.repo.parts import Parts
from muniment.values import canonical
from muniment.values.conflict import Conflict
from muniment.values.ids import BlobId, TreeId
from muniment.values.json_merge import Prefer
from muniment.values.merge_rules import NO_RULES
from muniment.values.names import DocumentName

BlobLoader = Callable[[BlobId], bytes]


class Sides(NamedTuple):
    """The trees of a merge: what both sides were made of, the one that is merged into, the one that is merged."""

    base: TreeId
    ours: TreeId
    theirs: TreeId


class TreesMerged(NamedTuple):
    """What a merge makes of the tree of ours.

    `changes` are all documents that get other content, those in conflict included: `{"services/web": blob}`, None to
    delete. `blobs` are the contents that are new. `conflicts` are in the order of names, and of places; `contested` are
    the documents that have any, with what they hold until these are settled. `added` are the documents that ours has
    not.
    """

    changes: dict[DocumentName, BlobId | None]
    blobs: dict[BlobId, bytes]
    conflicts: list[Conflict]
    contested: dict[DocumentName, BlobId]
    added: list[DocumentName]


def merge_trees(
    parts: Parts,
    sides: Sides,
    *,
    node: NodeLoader | None = None,
    blob: BlobLoader | None = None,
    prefer: Prefer | None = None,
) -> TreesMerged:
    """Merge three trees; `node` and `blob` load what they are made of, from the history unless they are given.

    Raises:
        ObjectNotFoundError, CorruptionError: Something of them is not stored, or damaged.
        InvalidValueError: A function among the strategies gave what is no JSON value.
    """
    load_blob = blob or parts.history.blob
    found = tree_merge.merge(node or parts.history.node, *sides)
    merged = TreesMerged({DocumentName(name): blob_id for name, blob_id in found.changes.items()}, {}, [], {}, [])
    merged.added.extend(map(DocumentName, found.added))
    book = parts.merge_rules.book()
    both = found.collisions + [one for one in found.alike if book and book.of(one.name).count()]
    for one in sorted(both, key=lambda one: one.name):
        rules = book.of(one.name) if book else NO_RULES
        base, ours, theirs = (None if side is None else load_blob(side) for side in (one.base, one.ours, one.theirs))
        name = DocumentName(one.name)
        _take(merged, one, merge_document(parts, name, base, ours, theirs, prefer=prefer, rules=rules))
    return merged


def _take(merged: TreesMerged, one: Collision, result: DocumentMerge) -> None:
    name, blob_id = DocumentName(one.name), None
    if result.blob is not None:
        blob_id = BlobId(canonical.digest(result.blob))
        if blob_id not in (one.ours, one.theirs):
            merged.blobs[blob_id] = result.blob
        if result.conflicts:
            merged.contested[name] = blob_id
    if blob_id != one.ours:
        merged.changes[name] = blob_id
        if one.ours is None:
            merged.added.append(name)
    merged.conflicts.extend(result.conflicts)
