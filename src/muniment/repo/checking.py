"""What is wrong with working files as documents of their kinds: what people typed, told by line and column."""

from collections.abc import Iterable

import msgspec

from muniment.errors import (
    DocumentInvalidError,
    DocumentNotFoundError,
    InvalidNameError,
    InvalidValueError,
    MigrationFailedError,
    MigrationMissingError,
    SchemaError,
    SchemaInvalidError,
)
from muniment.repo import conversion
from muniment.repo.parts import Parts
from muniment.values import names as grammar
from muniment.values.names import DocumentName


class DocumentFault(msgspec.Struct, frozen=True):
    """One working file that is no valid document of its kind, or no document at all.

    `pointer` (RFC 6901), `line` and `column` (from 1) tell the place, each None where there is
    none to tell; `reason` tells what is wrong there.
    """

    name: str
    path: str
    reason: str
    pointer: str | None = None
    line: int | None = None
    column: int | None = None


def check(parts: Parts, names: Iterable[str] | None) -> list[DocumentFault]:
    """Check the governed working files, all or those in `names`; gives the faults in the order of names.

    Raises:
        DocumentNotFoundError: One of `names` is not there.
        CorruptionError: What the store keeps of a kind is damaged, so that nobody can tell.
    """
    parts.schemas.refuse_damaged()
    wanted = sorted(set(parts.storage.scanner.names() if names is None else grammar.document_names(names)))
    found = [(name, _fault_of_file(parts, name, is_wanted=names is not None)) for name in wanted]
    return [of_error(parts, name, error) for name, error in found if error is not None]


def _fault_of_file(parts: Parts, name: DocumentName, *, is_wanted: bool) -> SchemaError | InvalidNameError | None:
    """Give what is wrong with one file; a file without a kind need not even be JSON, unless it is asked for."""
    try:
        if not is_wanted and parts.schemas.of(name) is None:
            return None
        refuse_invalid(parts, name, parts.storage.working.valid_text(name))
    except DocumentNotFoundError:
        if is_wanted:
            raise
        return None  # gone since it was listed
    except (SchemaError, InvalidNameError) as error:
        return error
    return None


def check_text(parts: Parts, name: str, text: bytes) -> DocumentFault | None:
    """Check `text` as if it were the working file of the document `name`, which need not be there.

    Raises:
        CorruptionError: What the store keeps of a kind is damaged, so that nobody can tell.
    """
    parts.schemas.refuse_damaged()
    try:
        document = grammar.document_name(name)
        parts.storage.working.decode(document, text)
        refuse_invalid(parts, document, text)
    except (SchemaError, InvalidNameError) as error:
        return of_error(parts, name, error)
    return None


def refuse_invalid(parts: Parts, name: DocumentName, text: bytes) -> None:
    """Check `text`, the working file of a document, against its kind.

    Raises:
        DocumentInvalidError: It does not fit; it says where.
        SchemaError: It cannot be brought to a version that somebody knows.
    """
    try:
        _check(parts, name, text)
    except InvalidValueError as error:
        raise parts.storage.working.invalid(name, text, error) from error
    except MigrationFailedError as error:
        raise conversion.located(parts, name, text, error) from error.__cause__


def _check(parts: Parts, name: DocumentName, text: bytes) -> None:
    kind = parts.schemas.of(name)
    if kind is None:
        return
    try:
        kind.check(name, text)
    except (MigrationFailedError, MigrationMissingError) as error:
        # what people typed is told as they typed it, not as another version would have it
        described = parts.schemas.description(kind.kind)
        is_valid_there = described is not None and described.check_as_written(name, text)
        if not is_valid_there or isinstance(error, MigrationFailedError):
            raise  # else a newer program wrote it, and it is none of this one's business


def of_error(parts: Parts, name: str, error: SchemaError | InvalidNameError) -> DocumentFault:
    """Tell an error about a working file as a fault of it."""
    path = parts.layout.document(name)
    if isinstance(error, DocumentInvalidError):
        return DocumentFault(name, path, error.reason, error.pointer, error.line, error.column)
    return DocumentFault(name, path, reason_of(error))


def reason_of(error: SchemaError | InvalidNameError) -> str:
    """Tell what is wrong with a working file, and where, without its name."""
    if isinstance(error, DocumentInvalidError):
        return error.fault
    if isinstance(error, MigrationMissingError):
        return error.fault
    return error.reason if isinstance(error, InvalidNameError | SchemaInvalidError) else str(error)
