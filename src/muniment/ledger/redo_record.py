"""What the redo log of a ledger says.

Format: docs/format/ledgers.md, "Appending".
"""

from typing import Annotated

import msgspec

from muniment.errors import MalformedError
from muniment.values.cursor import Count

SegmentName = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
"""A segment's name: it becomes a path, and `local/` may have come with a stranger's store."""


class Record(msgspec.Struct, frozen=True, array_like=True):
    """These bytes stand at that position of that segment.

    No bytes: from there on stands what was not in the redo log, and may be damaged if no other record follows.
    """

    segment: SegmentName
    position: Count
    data: bytes


_decoder = msgspec.msgpack.Decoder(Record)


def decode(path: str, payload: bytes) -> Record:
    """Read a record of the redo log at `path`.

    Raises:
        MalformedError: It is none that this program knows.
    """
    try:
        return _decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(path, f"a record that this program does not know: {error}") from error
