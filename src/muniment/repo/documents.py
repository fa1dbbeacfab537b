"""Working documents: read, write, delete. Nothing here touches history."""

from typing import Any

from muniment.errors import DocumentExistsError, DocumentInvalidError, DocumentNotFoundError, InvalidValueError
from muniment.repo import conversion
from muniment.repo.parts import Parts
from muniment.values import names as grammar
from muniment.values import typed
from muniment.values.names import DocumentName


def read(parts: Parts, name: str, kind: type[Any] | None, *, locked: bool) -> Any:
    """Read a working document, after an editor of it is done where `locked`."""
    checked = grammar.document_name(name)
    if kind is not None:
        typed.check_type(kind)
    if locked:
        with parts.locks.shared(checked):
            return _read(parts, checked, kind)
    return _read(parts, checked, kind)


def _read(parts: Parts, name: DocumentName, kind: type[Any] | None) -> Any:
    if kind is None and parts.schemas.governing(name) is None:
        return parts.storage.working.read(name)
    return conversion.of_text(parts, name, parts.storage.working.valid_text(name), kind)


def text(parts: Parts, name: DocumentName, *, locked: bool) -> bytes:
    """Read the valid text of a working document, after an editor of it is done where `locked`."""
    if locked:
        with parts.locks.shared(name):
            return parts.storage.working.valid_text(name)
    return parts.storage.working.valid_text(name)


def read_as(parts: Parts, name: str, version: str) -> dict[str, Any]:
    """Read a governed working document as plain JSON at a schema version."""
    checked = grammar.document_name(name)
    return conversion.at_version(parts, checked, parts.storage.working.valid_text(checked), version)


def exists(parts: Parts, name: str) -> bool:
    """Tell whether there is a working file of that name, valid or not."""
    try:
        parts.storage.working.text(grammar.document_name(name))
    except DocumentNotFoundError:
        return False
    return True


def write(parts: Parts, name: str, value: object) -> None:
    """Replace a document, or make it."""
    checked = grammar.document_name(name)
    blob = conversion.encode(parts, checked, value)
    with parts.locks.exclusive([checked]):
        blob = conversion.completed(parts, checked, _text_if_valid(parts, checked), blob)
        parts.storage.let_go_of_documents(parts.lock_timeout_s)
        parts.storage.working.write(checked, blob)


def create(parts: Parts, name: str, value: object) -> None:
    """Make a document that must not exist yet."""
    checked = grammar.document_name(name)
    blob = conversion.encode(parts, checked, value)
    with parts.locks.exclusive([checked]):
        if exists(parts, checked):
            raise DocumentExistsError(checked)
        blob = conversion.completed(parts, checked, None, blob)
        parts.storage.let_go_of_documents(parts.lock_timeout_s)
        parts.storage.working.write(checked, blob)


def _text_if_valid(parts: Parts, name: DocumentName) -> bytes | None:
    """Give a governed document's file; None where there is none, or none that says anything to be kept.

    Raises:
        DocumentInvalidError: It has a schema version that is none, so nobody knows what would be lost.
        SchemaMajorMismatchError: It has no schema version.
    """
    governed = parts.schemas.governing(name)
    if governed is None:
        return None
    try:
        text = parts.storage.working.valid_text(name)
    except (DocumentNotFoundError, DocumentInvalidError):
        return None
    if not text.lstrip().startswith(b"{"):
        return None
    try:
        governed.migration.document(name, text)
    except InvalidValueError as error:
        raise parts.storage.working.invalid(name, text, error) from error
    return text


def delete(parts: Parts, name: str) -> None:
    """Delete a document's file."""
    checked = grammar.document_name(name)
    with parts.locks.exclusive([checked]):
        parts.storage.let_go_of_documents(parts.lock_timeout_s)
        parts.storage.working.remove(checked)
