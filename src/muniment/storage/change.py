"""A change of the store as the journal keeps it: all that is needed to make it, or make it again.

Format: docs/format/journal.md, "Records".
"""

import msgspec

from muniment.errors import MalformedError
from muniment.values.ids import BlobId
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
        return _decoder.decode(payload)
    except msgspec.MsgspecError as error:
        raise MalformedError("the journal", f"a record that this program does not know: {error}") from error
