"""Erase the content of one version of a document for good; history keeps its id, and everything else.

What is erased is recorded first, with who and why: so whoever finds it missing is told, and an erasure that was
interrupted is repeated.
"""

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from muniment.errors import (
    AmbiguousRevisionError,
    BlobInUseError,
    BlobNotFoundError,
    InvalidValueError,
    MalformedError,
    ObjectNotFoundError,
)
from muniment.history import tree
from muniment.repo import arguments, erasures
from muniment.repo.parts import Parts
from muniment.values.ids import BlobId, CommitId, TagId, TreeId, is_prefix
from muniment.values.objects import decode_commit, decode_node, decode_tag

if TYPE_CHECKING:
    from muniment.values.entry import Entry

_NEW_VERSION = "commit a version without it"
_SETTLE = "continue or abort the merge"


def erase(parts: Parts, blob: str, reason: str, author: str | None) -> "Entry":
    """Remove a content from all that this copy keeps, and give the record of it.

    Raises:
        BlobNotFoundError: No content has that id, nor one that begins so.
        AmbiguousRevisionError: Several have.
        BlobInUseError: A head, a working file or a merge under way holds it; nothing was changed.
        InvalidValueError: The reason is empty.
        MissingAuthorError: Neither this call nor the store names one.
        CorruptionError: It is damaged, or a pack that has it is: restore that, and erase again.
    """
    who = parts.author_of(author)
    if not arguments.message(reason).strip():
        raise InvalidValueError("an erasure needs a reason: say why, for those who will miss the content")
    timeout_s = parts.lock_timeout_s
    with parts.storage.packer.alone(timeout_s), parts.storage.exclusive(timeout_s):
        blob_id = _resolved(parts, blob)
        if _is_stored(parts, blob_id):
            _refuse_in_use(parts, blob_id)
            entry = erasures.record(parts, blob_id, who, reason)
        else:
            last = erasures.of_blob(parts, blob_id)
            if last is None:
                raise BlobNotFoundError(blob)
            entry = last
        parts.storage.erase(blob_id)
    return entry


def _resolved(parts: Parts, text: object) -> BlobId:
    if not isinstance(text, str) or not is_prefix(text):
        raise BlobNotFoundError(str(text))
    stored = {one for one in parts.storage.objects.ids(text) if _is_blob(parts, one)}
    candidates = sorted(stored | erasures.beginning_with(parts, text))
    if not candidates:
        raise BlobNotFoundError(text)
    if len(candidates) > 1:
        raise AmbiguousRevisionError(text, candidates)
    return BlobId(candidates[0])


def _is_blob(parts: Parts, object_id: str) -> bool:
    """Tell whether an object is nothing else than a content: history stands on commits, trees and tags."""
    data = parts.storage.objects.find(object_id)
    decoders = (
        partial(decode_commit, CommitId(object_id)),
        partial(decode_node, TreeId(object_id)),
        partial(decode_tag, TagId(object_id)),
    )
    for decode in decoders:
        with suppress(MalformedError):
            decode(data)
            return False
    return True


def _is_stored(parts: Parts, blob_id: BlobId) -> bool:
    try:
        parts.storage.objects.find(blob_id)
    except ObjectNotFoundError:
        return False
    return True


def _refuse_in_use(parts: Parts, blob_id: BlobId) -> None:
    merge = parts.unfinished_merge()
    if merge is not None:  # its note has parts of contents, of bases too
        raise BlobInUseError(blob_id, f"the {merge.verb} under way into {merge.branch}", _SETTLE)
    heads = parts.storage.heads
    for branch in heads.branches():
        for head in heads.heads(branch):
            for name, blob in tree.entries(parts.history.node, parts.history.commit(head).tree):
                if blob == blob_id:
                    raise BlobInUseError(blob_id, f"{name} at the head of branch {branch}", _NEW_VERSION)
    for name, blob in parts.storage.scanner.scan().blobs.items():
        if blob == blob_id:
            raise BlobInUseError(blob_id, f"the working file of {name}", "change or delete that file")
