"""Settle one conflict of a merge that is under way: the working file and the note of the merge change together."""

from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

import msgspec

from muniment.errors import ConflictNotFoundError, InvalidValueError, PlaceChangedError, SchemaError
from muniment.repo import conversion
from muniment.repo.merging import edited_files, overtaken_merge, unfinished
from muniment.repo.parts import Parts
from muniment.storage.change import Change, Replacement
from muniment.values import canonical, moving_places, pointer, unfinished_merge
from muniment.values.conflict import Conflict
from muniment.values.ids import BlobId
from muniment.values.json_value import ABSENT, JsonValue
from muniment.values.merge_rules import Side
from muniment.values.names import DocumentName
from muniment.values.unfinished_merge import Place, UnfinishedMerge

Take: TypeAlias = Literal["ours", "theirs", "base", "working"]
"""A side's value; or that which the working file has there now, by whoever edited it."""

Places: TypeAlias = tuple[Place, ...]

TAKES: Final = frozenset({"ours", "theirs", "base", "working"})

_MOST_SHOWN: Final = 60


class Choice(NamedTuple):
    """What shall stand at the place of a conflict: what one `take` says, or else `value`, `ABSENT` for nothing."""

    take: Take | None
    value: Any = ABSENT


def choice(take: object, value: object, *, nothing: object) -> Choice:
    """Read what a caller chose: exactly one of the two, the other being `nothing`.

    Raises:
        InvalidValueError: Both, or neither.
    """
    if (take is nothing) == (value is nothing):
        raise InvalidValueError("settle a conflict by a side or by a value: give one of the two")
    if take is nothing:
        return Choice(None, value)
    return Choice(cast("Take", take)) if isinstance(take, str) and take in TAKES else Choice(None, take)


def resolve(parts: Parts, conflict: Conflict, choice: Choice) -> tuple[Conflict, ...]:
    """Settle a conflict, durably, and give those that are still open. It may be settled again, otherwise.

    Raises:
        InvalidValueError: `conflict` is none.
        NoMergeError: No merge is under way.
        ConflictNotFoundError: It has no such conflict; `conflicts` lists them.
        StaleHeadError: Something else moved the branch: abort, and merge again.
        PlaceChangedError: The file was edited so that it cannot be put there: edit it, and take `working`.
        DocumentInvalidError: The value cannot be stored, or the document would not be valid for its kind.
    """
    if not isinstance(conflict, Conflict):
        raise InvalidValueError(f"a conflict is one of those that `conflicts` lists, not {conflict!r}")
    unfinished.current(parts)
    with parts.locks.exclusive([conflict.name]):
        parts.storage.let_go_of_documents(parts.lock_timeout_s)  # the file may have been edited past the journal
        with parts.storage.exclusive(parts.lock_timeout_s):
            merge = unfinished.current(parts)
            overtaken_merge.refuse(parts, merge)
            return _resolve(parts, merge, conflict.name, _find(merge, conflict), choice)


def _resolve(
    parts: Parts, merge: UnfinishedMerge, name: DocumentName, place: Place, choice: Choice
) -> tuple[Conflict, ...]:
    document = merge.documents[name]
    before = parts.storage.working.blob_id(name)
    old, places = edited_files.as_it_is(
        parts, merge, name, before, as_written=place if choice.take == "working" else None
    )
    place = next(one for one in places if one.id == place.id)
    if choice.take is None and not place.pointer and choice.value is not ABSENT:
        choice = Choice(None, _as_document(parts, name, choice.value))
    new, places = _settled(name, old, places, place, choice)
    objects: list[tuple[str, bytes]] = []
    after = None
    if new is not ABSENT:
        data = canonical.encode(new)
        _refuse_misfit(parts, name, place, data, is_last=all(one.is_settled for one in places))
        after = BlobId(canonical.digest(data))
        objects.append((after, data))
    document = msgspec.structs.replace(document, merged=after, places=places, is_left=False)
    merge = msgspec.structs.replace(merge, documents={**merge.documents, name: document})
    replacements = [] if after == before else [Replacement(name, before, after)]
    parts.storage.commit(Change(objects, [], [], replacements, [], b"", merge=unfinished_merge.encode(merge)))
    return tuple(merge.open_conflicts())


def _as_document(parts: Parts, name: DocumentName, value: object) -> JsonValue:
    """Give a value for a whole document, which may be one of its type, as it is written."""
    data = conversion.completed(parts, name, None, conversion.encode(parts, name, value))
    return canonical.decode_trusted(data)


def _find(merge: UnfinishedMerge, conflict: Conflict) -> Place:
    """Find a conflict by its id or, where it has none, by its place; there, one that is open comes first."""
    document = merge.documents.get(conflict.name)
    for place in sorted(document.places if document else (), key=lambda place: place.is_settled):
        if (place.id == conflict.id) if conflict.id else (place.pointer == conflict.pointer):
            return place
    raise ConflictNotFoundError(conflict.name, conflict.pointer)


def _settled(name: DocumentName, old: Side, places: Places, place: Place, choice: Choice) -> tuple[Side, Places]:
    """Give the document with what was chosen, and its places, which move where an item of a list goes or comes.

    Raises:
        PlaceChangedError: It cannot be put there.
        DocumentInvalidError: It cannot be stored.
    """
    marked = tuple(msgspec.structs.replace(one, is_settled=one.is_settled or one.id == place.id) for one in places)
    if choice.take == "working":
        return old, marked
    if place.is_lost:
        reason = f"nothing tells where that is after the edits; where it was, {_told_there(old, place.pointer)}"
        raise PlaceChangedError(name, place.pointer, reason)
    chosen = choice.value if choice.take is None else place.side(choice.take)
    if chosen is ABSENT:
        return _without(old, marked, place)
    try:
        value = canonical.decode_trusted(canonical.encode(chosen))
    except InvalidValueError as error:
        raise conversion.invalid(name, error) from error
    try:
        if place.is_gone:
            return pointer.insert_at(old, place.pointer, value), moving_places.put_back(marked, place)
        return pointer.set_at(old, place.pointer, value), marked
    except InvalidValueError as error:
        reason = "the file is missing: restore it, or take `working` to leave it so" if old is ABSENT else error.reason
        raise PlaceChangedError(name, place.pointer, reason) from error


def _without(old: Side, places: Places, place: Place) -> tuple[Side, Places]:
    """Remove what is at a place, if anything is."""
    if place.is_gone or not _is_there(old, place.pointer):
        return old, places
    above = pointer.parse(place.pointer)[:-1]
    is_item = bool(place.pointer) and isinstance(pointer.get(old, pointer.join(above)), list)
    new = pointer.remove_at(old, place.pointer)
    return new, moving_places.taken_out(places, place) if is_item else places


def _told_there(value: Side, place: str) -> str:
    """Tell people what is at a place."""
    try:
        there = canonical.encode(pointer.get(value, place)).decode()
    except InvalidValueError as error:
        return error.reason
    return f"{there if len(there) <= _MOST_SHOWN else there[:_MOST_SHOWN] + '…'} stands now"


def _is_there(value: Side, place: str) -> bool:
    try:
        pointer.get(value, place)
    except InvalidValueError:
        return False
    return True


def _refuse_misfit(parts: Parts, name: DocumentName, place: Place, document: bytes, *, is_last: bool) -> None:
    """Refuse a choice that its kind does not allow; what other open conflicts may still mend is not its fault.

    Raises:
        SchemaError: It does not fit; it says where.
    """
    kind = parts.schemas.of(name)
    if kind is None:
        return
    try:
        kind.check(name, document)
    except InvalidValueError as error:
        at = error.pointer or ""
        if is_last or at == place.pointer or at.startswith(f"{place.pointer}/"):
            raise conversion.invalid(name, error) from error
    except SchemaError:
        if is_last:
            raise
