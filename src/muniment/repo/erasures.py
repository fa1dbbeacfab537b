"""The ledger `erasures`: which contents were erased, by whom, when and why.

It is looked at only once a content is found missing, so that nothing else gets slower.

Format: docs/format/objects.md, "Erased blobs".
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from muniment.errors import BlobErasedError, CorruptionError, NotFoundError, ObjectNotFoundError
from muniment.files import atomic, disk
from muniment.files.layout import SEGMENT_SUFFIX
from muniment.repo.parts import Parts

if TYPE_CHECKING:
    from muniment.ledger.ledger import Ledger
    from muniment.values.entry import Entry

LEDGER = "erasures"
KIND = "blob-erased"


def why_missing(parts: Parts, object_id: str) -> NotFoundError:
    """Give the error to raise where an object is not there: that it was erased, if the ledger says so."""
    with suppress(CorruptionError):  # of the ledger: `Ledger.verify` tells that, and the object is missing anyway
        entry = of_blob(parts, object_id)
        if entry is not None:
            return BlobErasedError(object_id, entry.actor, entry.time, str(entry.payload.get("reason", "")))
    return ObjectNotFoundError(object_id)


def of_blob(parts: Parts, blob_id: str) -> "Entry | None":
    """Give the last record of an erasure of a content; None where it was never erased."""
    found = None
    if _is_any(parts):
        for key in _keys(blob_id):
            entry = ledger(parts).by_key(key)
            if entry is None or not _tells_of(entry, blob_id):
                break
            found = entry
    return found


def beginning_with(parts: Parts, prefix: str) -> set[str]:
    """Give the ids of the erased contents that begin with these hex digits."""
    if not _is_any(parts):
        return set()
    blobs = [entry.payload.get("blob") for entry in ledger(parts) if entry.kind == KIND and _is_object(entry)]
    return {blob for blob in blobs if isinstance(blob, str) and blob.startswith(prefix)}


def record(parts: Parts, blob_id: str, author: str, reason: str) -> "Entry":
    """Record, durably, who erases a content and why; where the last record says just that, it stands for this one.

    A content that was stored again, and is erased again by somebody else or for another reason, gets another record.
    """
    last = of_blob(parts, blob_id)
    if last is None or (last.actor, last.payload.get("reason")) != (author, reason):
        key = next(key for key in _keys(blob_id) if ledger(parts).by_key(key) is None)
        payload = {"blob": blob_id, "reason": reason}
        last = ledger(parts).append(kind=KIND, actor=author, payload=payload, key=key)
    _make_durable(parts)
    return last


def ledger(parts: Parts) -> "Ledger":
    """Give the ledger, opened once; what is appended is durable, whatever the store was told."""
    if parts.erasures is None:
        from muniment.repo import ledgers

        parts.erasures = ledgers.open_ledger(parts, LEDGER, None, ledgers.FIELDS, sync=True)
    return parts.erasures


def _keys(blob_id: str) -> Iterator[str]:
    yield f"blob/{blob_id}"
    number = 2
    while True:
        yield f"blob/{blob_id}/{number}"
        number += 1


def _tells_of(entry: "Entry", blob_id: str) -> bool:
    return entry.kind == KIND and _is_object(entry) and entry.payload.get("blob") == blob_id


def _is_object(entry: "Entry") -> bool:
    return isinstance(entry.payload, dict)


def _is_any(parts: Parts) -> bool:
    try:
        disk.stat(parts.layout.ledger(LEDGER).root)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _make_durable(parts: Parts) -> None:
    """Sync the ledger's files: a record that was found may be one that the host's git brought a moment ago."""
    root = parts.layout.ledger(LEDGER).root
    segments = [f"{root}/{name}" for name in disk.listdir(root) if name.endswith(SEGMENT_SUFFIX)]
    for path in segments:
        disk.sync_file(path)
    atomic.sync_names([*segments, root, parts.layout.ledgers])
