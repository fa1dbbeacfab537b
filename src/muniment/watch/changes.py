"""What a watch tells: one type for each thing that can happen, each with the cursor behind it."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import msgspec

from muniment.errors import BlobNotFoundError, ObjectNotFoundError
from muniment.errors.system import translated
from muniment.values import canonical, json_diff
from muniment.values.ids import BlobId, CommitId
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.names import BranchName, TagName
from muniment.values.watch_cursor import WatchCursor

BlobReader: TypeAlias = Callable[[BlobId], bytes]


class Side(msgspec.Struct, frozen=True):
    """A content of a document: its id, and its canonical bytes where they are not among the objects."""

    blob: BlobId
    data: bytes | None = None


class DocumentChanged:
    """The file of the document `name` was `created`, `changed` or `removed`, as `change` says; not by a commit.

    The values are read and decoded when they are asked for, anew each time, so they are the caller's own.
    """

    __slots__ = ("_after", "_before", "_read", "change", "cursor", "name")

    def __init__(
        self, name: str, before: Side | None, after: Side | None, read: BlobReader, cursor: WatchCursor
    ) -> None:
        self.name = name
        self.change: Literal["created", "changed", "removed"] = (
            "removed" if after is None else "created" if before is None else "changed"
        )
        self.cursor = cursor
        self._before = before
        self._after = after
        self._read = read

    @property
    def old(self) -> JsonValue | Absent:
        """The value that was told before; `ABSENT` where there was none.

        Raises:
            BlobNotFoundError: It was never committed, and another process than this one saw it: it is gone.
        """
        return self._value(self._before)

    @property
    def new(self) -> JsonValue | Absent:
        """The value now, as it was when it was looked at; `ABSENT` where the document was removed."""
        return self._value(self._after)

    @property
    def patch(self) -> list[dict[str, Any]]:
        """The RFC 6902 operations that make the new value of the old one; errors as for `old`."""
        return json_diff.diff(self.old, self.new)

    @translated("read history")
    def _value(self, side: Side | None) -> JsonValue | Absent:
        if side is None:
            return ABSENT
        if side.data is not None:
            return canonical.decode_trusted(side.data)
        try:
            return canonical.decode_trusted(self._read(side.blob))
        except ObjectNotFoundError as error:
            raise BlobNotFoundError(side.blob) from error

    def __repr__(self) -> str:
        """Say what happened to which document."""
        return f"<DocumentChanged {self.change} {self.name}>"


class DocumentInvalid(msgspec.Struct, frozen=True, eq=False):
    """The file of the document `name` cannot be read as one, because of `reason`; it is told again when it changes.

    When it is mended, `DocumentChanged` follows.
    """

    name: str
    reason: str
    cursor: WatchCursor

    def __repr__(self) -> str:
        """Say which document."""
        return f"<DocumentInvalid {self.name}: {self.reason}>"


class HeadMoved(msgspec.Struct, frozen=True, eq=False):
    """The branch went from the commit `from_`, None for a new branch, to `to`, None for no branch any more.

    `names` are the documents that differ, those that the watch is about; None where this copy has not the history that
    would tell. The working files that the operation replaced are not told besides.
    """

    branch: BranchName
    from_: CommitId | None
    to: CommitId | None
    names: tuple[str, ...] | None
    cursor: WatchCursor

    def __repr__(self) -> str:
        """Say which branch, and whither."""
        return f"<HeadMoved {self.branch} {str(self.from_)[:16]} -> {str(self.to)[:16]}>"


class StoreDiverged(msgspec.Struct, frozen=True, eq=False):
    """The branch has several `heads`, none built on the others, until it is reconciled; `HeadMoved` follows then."""

    branch: BranchName
    heads: tuple[CommitId, ...]
    cursor: WatchCursor

    def __repr__(self) -> str:
        """Say which branch."""
        return f"<StoreDiverged {self.branch} {' '.join(head[:16] for head in self.heads)}>"


class TagCreated(msgspec.Struct, frozen=True, eq=False):
    """A tag was made that names the commit `target`; None where its object cannot be read."""

    name: TagName
    target: CommitId | None
    cursor: WatchCursor

    def __repr__(self) -> str:
        """Say which tag."""
        return f"<TagCreated {self.name} {str(self.target)[:16]}>"


class LedgerGrown(msgspec.Struct, frozen=True, eq=False):
    """The ledger has new entries: the last has `offset` in this copy, once it was counted in."""

    ledger: str
    offset: int
    cursor: WatchCursor

    def __repr__(self) -> str:
        """Say which ledger, and how far."""
        return f"<LedgerGrown {self.ledger} {self.offset}>"


Change: TypeAlias = DocumentChanged | DocumentInvalid | HeadMoved | StoreDiverged | TagCreated | LedgerGrown
"""Whatever a watch tells."""
