"""Between values and the bytes of documents, by the schema that governs each."""

from collections.abc import Sequence
from typing import Any

from muniment.errors import DocumentInvalidError, InvalidValueError, MigrationFailedError, MigrationMissingError
from muniment.repo.parts import Parts
from muniment.schema.version import STAMP, schema_version
from muniment.values import canonical, typed
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.names import DocumentName


def encode(parts: Parts, name: DocumentName, value: object) -> bytes:
    """Write a document's value as canonical bytes: a governed one checked and stamped, as far as its type knows it.

    Raises:
        DocumentInvalidError: It cannot be stored, or does not fit its schema; it says where.
    """
    governed = parts.schemas.governing(name)
    try:
        return canonical.encode(value) if governed is None else governed.encode(name, value)
    except InvalidValueError as error:
        raise invalid(name, error) from error


def decode(parts: Parts, name: str, blob: bytes, kind: type[Any] | None) -> Any:
    """Read canonical bytes as the schema says, or as a type that msgspec understands, else as a plain value.

    Raises:
        DocumentInvalidError: They do not fit the type; it says where.
        InvalidValueError: `kind` is no such type.
    """
    if kind is not None:
        typed.check_type(kind)
    try:
        return _decoded(parts, name, blob, kind)
    except InvalidValueError as error:
        raise invalid(name, error) from error


def _decoded(parts: Parts, name: str, data: bytes, kind: type[Any] | None) -> Any:
    governed = parts.schemas.governing(name)
    if governed is not None:
        return governed.value(name, data, kind)
    return canonical.decode_trusted(data) if kind is None else canonical.decode_as(data, kind)


def at_version(parts: Parts, name: str, data: bytes, version: str) -> dict[str, Any]:
    """Read a document of some kind as plain JSON at a schema version, by the program's steps or by the store's.

    Raises:
        MigrationMissingError: No steps lead there, or the document is of no kind.
        DocumentInvalidError: It is no document of its kind; it says where.
        InvalidValueError: `version` is none.
    """
    wanted = schema_version(version)
    kind = parts.schemas.of(name)
    if kind is None:
        raise MigrationMissingError(name, None, None, version)
    try:
        return kind.migration.at_version(name, data, wanted)
    except InvalidValueError as error:
        raise invalid(name, error) from error


def leveled(parts: Parts, name: str, sides: Sequence[bytes | None], *, to_own: bool = True) -> list[JsonValue | Absent]:
    """Give several states of one document as plain JSON at one schema version, `ABSENT` for None.

    It is the newest among them and, unless `to_own` is false, the program's own. Those of a document of no kind are
    given as they are. What the steps keep is in them: take it out before showing them to people, and leave it in where
    the result is written.

    Raises:
        MigrationMissingError, MigrationFailedError: One cannot be brought there.
        DocumentInvalidError: One is no document of the kind.
    """
    kind = parts.schemas.of(name)
    try:
        if kind is not None:
            return [ABSENT if one is None else one for one in kind.migration.level(name, sides, to_own=to_own)]
        return [ABSENT if side is None else canonical.decode_trusted(side) for side in sides]
    except InvalidValueError as error:
        raise invalid(name, error) from error


def is_left(parts: Parts, name: str, data: bytes) -> bool:
    """Tell whether a document is read as it is, because no steps to its newer version are known now.

    If they come to be known between reading and writing, the value that was read says nothing of
    what they would have made of the document: then it must be read again.
    """
    governed = parts.schemas.governing(name)
    return governed is not None and governed.is_left(name, data)


def completed(parts: Parts, name: str, before: bytes | None, after: bytes) -> bytes:
    """Give what `encode` made of a new value with everything that its type does not know of the old document.

    What the store keeps of the kind is written first, so that no program meets a document of a
    version that it could not look up.
    """
    governed = parts.schemas.governing(name)
    if governed is None:
        return after
    parts.schemas.record(governed.kind)
    return carried(parts, name, before, after)


def carried(parts: Parts, name: str, before: bytes | None, after: bytes) -> bytes:
    """Do as `completed`, and write nothing."""
    governed = parts.schemas.governing(name)
    try:
        return after if governed is None else governed.carried(name, before, after)
    except InvalidValueError as error:
        raise invalid(name, error) from error


def of_text(parts: Parts, name: DocumentName, text: bytes, kind: type[Any] | None) -> Any:
    """Read the valid text of a working file; errors as for `decode`, and they tell the file and the line."""
    try:
        return _decoded(parts, name, text, kind)
    except InvalidValueError as error:
        raise parts.storage.working.invalid(name, text, error) from error
    except MigrationFailedError as error:
        raise located(parts, name, text, error) from error.__cause__


def located(parts: Parts, name: DocumentName, text: bytes, error: MigrationFailedError) -> DocumentInvalidError:
    """Tell the line of a working file in an error about the document as it stands there; others have none to tell."""
    document = canonical.decode_trusted(text)
    is_as_written = isinstance(document, dict) and document.get(STAMP) == error.at_version
    return parts.storage.working.invalid(name, text, error) if is_as_written else error


def invalid(name: str, error: InvalidValueError) -> DocumentInvalidError:
    """Tell a fault of a value that is in no file as one of its document."""
    return DocumentInvalidError(name, error.reason, pointer=error.pointer, offset=error.offset)
