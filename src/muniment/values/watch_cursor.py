"""What a reader of changes was told so far, and the token that says it.

The documents are told by a commit and by what differs from it: so the token of a store without edits is short, however
many documents there are.

Format: docs/format/watching.md, "Cursors".
"""

import zlib
from collections.abc import Callable, Mapping
from typing import Annotated

import msgspec

from muniment.errors import InvalidCursorError, InvalidNameError
from muniment.values import names, word
from muniment.values.cursor import Count
from muniment.values.ids import BlobId, CommitId
from muniment.values.names import BranchName, TagName

FORMAT = 1
AFRESH = "since=None"
"""How a reader of changes starts afresh."""

_MOST_BYTES = 1 << 28

_Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Digits = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
"""The first of an id's or a hash's digits: enough to tell one from another."""


class LogPlace(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A place in the operation log: so many bytes, and the digits of the line before it, empty at the beginning."""

    end: Count = 0
    line: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{16})?$")] = ""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader was told: documents, heads, tags, ledgers, and how far the operation log.

    `documents` are those whose content differs from the commit `base`: the blob, or None for no such document. `faults`
    are files that are no documents, by name: digits of what is wrong with them. `heads` are the commits that branches
    stand at; of one that diverged, `leads` has the one that was told last. `selected` is the branch checked out.
    """

    base: CommitId | None = None
    documents: Mapping[str, BlobId | None] = {}
    faults: Mapping[str, str] = {}
    heads: Mapping[BranchName, tuple[CommitId, ...]] = {}
    leads: Mapping[BranchName, CommitId] = {}
    ledgers: Mapping[str, int] = {}
    log: LogPlace = LogPlace()
    selected: BranchName
    tags: Mapping[TagName, tuple[str, ...]] = {}


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A moment as a token has it, of the copy of a store with the id `copy`."""

    base: _Id | None
    copy: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{32})?$")]
    documents: dict[str, _Id | None]
    faults: dict[str, Digits]
    format: int
    heads: dict[str, tuple[_Id, ...]]
    leads: dict[str, _Id]
    ledgers: dict[str, Count]
    log: LogPlace
    selected: str
    tags: dict[str, tuple[Digits, ...]]


class _Format(msgspec.Struct, frozen=True):
    format: int


class WatchCursor:
    """A token to resume watching a copy of a store from; `str()` gives it as one word, `WatchCursor.parse` reads that.

    It is good as long as this copy has the commit that it rests on.
    """

    __slots__ = ("_copy", "_moment")

    def __init__(self, copy: str, moment: Callable[[], Moment]) -> None:
        self._copy = copy
        self._moment = moment

    @property
    def copy(self) -> str:
        """The id of the copy of the store that it is of; empty where that could not be written down."""
        return self._copy

    def check_copy(self, of: str, copy: str) -> None:
        """Refuse to go on with it in the copy of a store with the id `copy`, if it is of another one.

        Raises:
            InvalidCursorError: It is, or it does not say of which: read the store anew.
        """
        if not self._copy:
            raise InvalidCursorError(of, "the store could not be written to, so it does not say of which copy", AFRESH)
        if self._copy != copy:
            raise InvalidCursorError(of, "it is of another store, or of another copy of this one", AFRESH)

    @property
    def moment(self) -> Moment:
        """What was told by then; composed when it is asked for, and not kept: others may hold thousands of cursors."""
        return self._moment()

    def __str__(self) -> str:
        """Write it as one word of letters, digits, `-` and `_`."""
        fields = msgspec.structs.asdict(self.moment)
        data = _encoder.encode({**fields, "copy": self._copy, "format": FORMAT})
        return word.encode(zlib.compress(data))

    def __eq__(self, other: object) -> bool:
        """Tell whether both stand at the same place."""
        if not isinstance(other, WatchCursor):
            return NotImplemented
        return self._copy == other._copy and self.moment == other.moment

    def __hash__(self) -> int:
        """Hash by what was told."""
        return hash((self._copy, self.moment.log, self.moment.base))

    def __repr__(self) -> str:
        """Say what it is."""
        return f"<WatchCursor {self}>"

    @classmethod
    def parse(cls, of: str, text: object) -> "WatchCursor":
        """Read what `str()` gave; `of` is what the error shall call the store.

        Raises:
            InvalidCursorError: It is damaged, or of a newer format.
        """
        try:
            if not isinstance(text, str):
                raise InvalidCursorError(of, "it is no word", AFRESH)
            data = _unpacked(word.decode(text))
            found = msgspec.json.decode(data, type=_Format).format
            if found != FORMAT:
                raise InvalidCursorError(of, f"it is of format {found}", AFRESH)
            written = _decoder.decode(data)
            moment = _moment_of(written)
        except (ValueError, zlib.error, RecursionError, InvalidNameError) as error:
            raise InvalidCursorError(of, "it is damaged", AFRESH) from error
        return cls(written.copy, lambda: moment)


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    unpacked = unpacking.decompress(data, _MOST_BYTES)
    if not unpacking.eof or unpacking.unused_data:  # its checksum is at the end
        raise ValueError("it is cut, or too long")
    return unpacked


def _moment_of(written: _Written) -> Moment:
    for branch in (*written.heads, *written.leads, written.selected):
        names.branch_name(branch)
    fields = msgspec.structs.asdict(written)
    del fields["copy"], fields["format"]
    return Moment(**fields)


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(_Written)
