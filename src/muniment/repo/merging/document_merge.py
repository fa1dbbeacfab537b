"""Merge one document by meaning: at one schema version, by its declared rules, and to something its kind allows."""

from collections.abc import Sequence
from typing import NamedTuple

from muniment.errors import InvalidValueError, SchemaError
from muniment.repo import conversion
from muniment.repo.checking import reason_of
from muniment.repo.parts import Parts
from muniment.values import canonical, json_merge, unsettled
from muniment.values.conflict import Conflict, identified, named
from muniment.values.json_merge import ConflictKind, Prefer
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.merge_rules import Rules
from muniment.values.names import DocumentName
from muniment.values.unsettled import UNSETTLED

_Sides = Sequence[JsonValue | Absent]


class DocumentMerge(NamedTuple):
    """The merged content, None where the document is deleted, and the conflicts in it; valid JSON also with some."""

    blob: bytes | None
    conflicts: tuple[Conflict, ...]


def merge_document(
    parts: Parts,
    name: DocumentName,
    base: bytes | None,
    ours: bytes | None,
    theirs: bytes | None,
    *,
    prefer: Prefer | None = None,
    rules: Rules | None = None,
) -> DocumentMerge:
    """Merge what two sides made of a document; each is canonical bytes, None for no document.

    `rules` are those that hold for the document, where they were looked up already. The sides are brought to the newest
    schema version among them first. Where that is impossible, or where only the merged document breaks the rules of its
    kind, the whole document is in conflict.

    Raises:
        InvalidValueError: A function among the strategies gave what is no JSON value.
    """
    sides = base, ours, theirs
    try:
        values = _leveled(parts, name, sides)
    except SchemaError as error:
        if ours == theirs:
            return DocumentMerge(ours, ())
        raw = [ABSENT if side is None else canonical.decode_trusted(side) for side in sides]
        return _whole(name, sides, raw, reason_of(error), prefer)
    merged = json_merge.merge(values[0], values[1], values[2], rules or parts.merge_rules.of(name), prefer=prefer)
    if merged.conflicts:
        return DocumentMerge(_encoded(merged.value), named(name, merged))
    blob = _encoded(merged.value)
    if blob is not None and blob not in sides and (fault := _fault(parts, name, sides, blob)):
        return _whole(name, sides, values, fault, prefer)
    return DocumentMerge(blob, ())


def _leveled(parts: Parts, name: DocumentName, sides: Sequence[bytes | None]) -> _Sides:
    """Bring the sides to one schema version, and the base, unless it is no document of any."""
    if sides[0] != unsettled.DOCUMENT:
        return conversion.leveled(parts, name, sides, to_own=False)
    return [UNSETTLED, *conversion.leveled(parts, name, sides[1:], to_own=False)]


def _fault(parts: Parts, name: DocumentName, sides: Sequence[bytes | None], merged: bytes) -> str | None:
    """Tell what is wrong with a merged document of whose sides both are well; None where nothing is."""
    try:
        kind = parts.schemas.of(name)
        if kind is None:
            return None
        for side in sides[1:]:
            if side is not None:
                kind.check(name, side)
    except (SchemaError, InvalidValueError):  # it was so before, and whoever wrote it was told
        return None
    try:
        kind.check(name, merged)
    except InvalidValueError as error:
        return str(error)
    except SchemaError as error:
        return reason_of(error)
    return None


def _whole(
    name: DocumentName, sides: Sequence[bytes | None], values: _Sides, reason: str, prefer: Prefer | None
) -> DocumentMerge:
    """Put the whole document in conflict: ours stands for now, theirs if ours deleted it."""
    base, ours, theirs = values
    blobs = dict(zip(("ours", "theirs"), sides[1:], strict=True))
    if prefer is not None:
        return DocumentMerge(blobs[prefer], ())
    blob = blobs["theirs" if ours is ABSENT else "ours"]
    kind: ConflictKind = "add-add" if base is ABSENT else "modify-modify"
    if ABSENT in (ours, theirs):
        kind = "modify-delete"
    conflict = Conflict(name=name, pointer="", base=base, ours=ours, theirs=theirs, kind=kind, reason=reason)
    return DocumentMerge(blob, (identified(conflict, 0),))


def _encoded(value: JsonValue | Absent) -> bytes | None:
    return None if value is ABSENT else canonical.encode(value)
