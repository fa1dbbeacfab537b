"""A change of the store as the journal keeps it: all that is needed to make it, or make it again.

Format: docs/format/journal.md, "Records".
"""

import msgspec

from muniment.errors import InvalidNameError, MalformedError
from muniment.values import names
from muniment.values.ids import BlobId, is_id
from muniment.values.names import BranchName, DocumentName
from muniment.values.operation import HeadMove, TagMove


class Replacement(msgspec.Struct, frozen=True, array_like=True):
    """The working file of `name` goes from one content to another; None means no file.

    Where the file holds neither when the change is made, somebody edited it: it is left alone.
    """

    name: DocumentName
    before: BlobId | None
    after: BlobId | None


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One change: new objects, head moves, replaced working files, and the operation to log.

    `objects` holds every object that the change made, even where one of that name is stored
    already: that it exists does not mean it is durable. A change of many objects names instead
    the `packs` that hold them. `commits` are the bytes of the new commits, for the commit index.
    `operation` is one line of the operation log, without its line feed; empty where there is nothing to log. `select`
    is the branch that is checked out from now on, None where that stays. `merge` is what is noted of a merge that
    waits for its conflicts, empty where none does any more, None where that stays. `texts` are the bytes that replaced
    files get, where they are not to be laid out as usual.
    """

    objects: list[tuple[str, bytes]]
    packs: list[str]
    moves: list[HeadMove]
    replacements: list[Replacement]
    commits: list[bytes]
    operation: bytes
    tags: list[TagMove] = []
    select: BranchName | None = None
    merge: bytes | None = None
    texts: dict[DocumentName, bytes] = {}


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Change)


def encode_change(change: Change) -> bytes:
    """Write a change as the payload of a journal record."""
    return _encoder.encode(change)


def decode_change(payload: bytes) -> Change:
    """Read the payload of a journal record.

    Raises:
        MalformedError: It is whole, but nothing that this program writes: perhaps a newer one did.
    """
    try:
        change = _decoder.decode(payload)
        _check(change)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidNameError) as error:
        raise MalformedError("the journal", f"a record that this program does not know: {error}") from error
    return change


def _check(change: Change) -> None:
    """Check that all that becomes a path is an id or a name: a journal may have come with a stranger's store.

    Raises:
        InvalidNameError, MalformedError: Something is neither, or a line is two.
    """
    ids = [
        *(object_id for object_id, _ in change.objects),
        *change.packs,
        *(item.after for item in change.replacements),
    ]
    for move in change.moves:
        names.branch_name(move.branch)
        ids += move.expected, move.new
    for tag in change.tags:
        names.tag_name(tag.tag)
        ids += tag.before, tag.after
    if not all(found is None or is_id(found) for found in ids):
        raise MalformedError("the journal", "a record names something that is no id")
    for name in (*(item.name for item in change.replacements), *change.texts):
        names.document_name(name)
    if change.select is not None:
        names.branch_name(change.select)
    if any(b"\n" in line for line in (change.operation, *change.commits)):
        raise MalformedError("the journal", "a record has a line that is two")
