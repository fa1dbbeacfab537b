"""A merge that waits for its conflicts to be settled: what it is of, and what it did to which documents.

Format: docs/format/local.md, "An unfinished merge".
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from muniment.errors import MalformedError
from muniment.values import canonical
from muniment.values.conflict import Conflict
from muniment.values.ids import BlobId, CommitId
from muniment.values.json_merge import ConflictKind
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.names import BranchName, DocumentName

MergeVerb: TypeAlias = Literal["merge", "reconcile", "revert", "cherry-pick"]


class _Side(msgspec.Struct, frozen=True):
    """What a side has, one or none."""

    value: Any


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A conflict as it is kept; a side that has nothing is left out.

    `is_gone` tells of an item that is not in its list any more: `pointer` is where it would come back. `is_lost` tells
    of a place in a list that was edited so that nothing tells where it is: what the file has can be taken, and no side.
    """

    id: str
    kind: ConflictKind
    pointer: str
    base: _Side | None = None
    ours: _Side | None = None
    theirs: _Side | None = None
    reason: str | None = None
    is_settled: bool = False
    is_gone: bool = False
    is_lost: bool = False

    def side(self, side: Literal["base", "ours", "theirs"]) -> JsonValue | Absent:
        """Give what one side has there."""
        return _value(getattr(self, side))


class MergedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge did to one document: what its file held `before`, what it merged, and where it needs a decision.

    `before` and `merged` are ids of contents, None for no file; of a file that held no document, `before` is the
    SHA-256 of its bytes. `merged` becomes what the last settling left; `places` are places in that. `text` are the
    bytes of `before` in Base64, where they are not what the content is usually laid out as. `is_left` tells that the
    file holds what somebody wrote instead, until the first conflict in it is settled.
    """

    before: BlobId | None
    merged: BlobId | None
    places: tuple[Place, ...] = ()
    text: str | None = None
    is_left: bool = False


class UnfinishedMerge(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="unfinished-merge"):
    """A merge into `branch` under way in this copy.

    `heads` are the commits that the branch stood at, `parents` those that the commit to be made will have.
    """

    verb: MergeVerb
    branch: BranchName
    heads: tuple[CommitId, ...]
    parents: tuple[CommitId, ...]
    message: str
    author: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    documents: dict[DocumentName, MergedDocument]
    meta: dict[str, Any] = {}

    def open_conflicts(self) -> Iterator[Conflict]:
        """Give the conflicts that nobody settled yet, in the order of names, and of places."""
        for name, document in sorted(self.documents.items()):
            yield from (_conflict(name, place) for place in document.places if not place.is_settled)

    def contents(self) -> set[BlobId]:
        """Give the contents that have to be stored: what was merged, and what files held whose bytes are not noted."""
        documents = self.documents.values()
        before = {one.before for one in documents if one.text is None}
        return {one for one in before.union(one.merged for one in documents) if one is not None}


_decoder = msgspec.json.Decoder(UnfinishedMerge)


def place_of(conflict: Conflict) -> Place:
    """Write a conflict down as one that is open."""
    return Place(
        id=conflict.id,
        kind=conflict.kind,
        pointer=conflict.pointer,
        reason=conflict.reason,
        base=_side(conflict.base),
        ours=_side(conflict.ours),
        theirs=_side(conflict.theirs),
    )


def _conflict(name: DocumentName, place: Place) -> Conflict:
    return Conflict(
        name=name,
        pointer=place.pointer,
        kind=place.kind,
        reason=place.reason,
        id=place.id,
        base=_value(place.base),
        ours=_value(place.ours),
        theirs=_value(place.theirs),
    )


def _side(value: JsonValue | Absent) -> _Side | None:
    return None if value is ABSENT else _Side(value)


def _value(side: _Side | None) -> JsonValue | Absent:
    if side is None:
        return ABSENT
    value: JsonValue = side.value
    return value


def encode(merge: UnfinishedMerge) -> bytes:
    """Write an unfinished merge as canonical bytes."""
    return canonical.encode(merge)


def decode(path: str, data: bytes) -> UnfinishedMerge:
    """Read an unfinished merge from the file at `path`.

    Raises:
        MalformedError: It is none.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(path, f"it is no unfinished merge, so delete it and merge again: {error}") from error
