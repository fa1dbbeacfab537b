"""Working documents: read, write, edit. Nothing here touches history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from muniment.errors import (
    DocumentChangedError,
    DocumentExistsError,
    DocumentInvalidError,
    DocumentNotFoundError,
    InvalidValueError,
)
from muniment.repo.parts import Parts
from muniment.repo.system_errors import translated
from muniment.values import canonical, typed
from muniment.values import names as grammar
from muniment.values.ids import BlobId
from muniment.values.names import DocumentName


def encode(name: str, value: object) -> bytes:
    """Write a document's value as canonical bytes.

    Raises:
        DocumentInvalidError: It is no JSON value that can be stored; it says where.
    """
    try:
        return canonical.encode(value)
    except InvalidValueError as error:
        raise DocumentInvalidError(name, error.reason, pointer=error.pointer, offset=error.offset) from error


def decode(name: str, blob: bytes, kind: type[Any] | None) -> Any:
    """Read canonical bytes as a plain value, or as a type that msgspec understands.

    Raises:
        DocumentInvalidError: They do not fit the type; it says where.
        InvalidValueError: `kind` is no such type.
    """
    if kind is not None:
        typed.check_type(kind)
    try:
        return canonical.decode_trusted(blob) if kind is None else canonical.decode_as(blob, kind)
    except InvalidValueError as error:
        raise DocumentInvalidError(name, error.reason, pointer=error.pointer, offset=error.offset) from error


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
    working = parts.storage.working
    return working.read(name) if kind is None else working.read_as(name, kind)


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
    blob = encode(checked, value)
    with parts.locks.exclusive([checked]):
        parts.storage.let_go_of_documents(parts.lock_timeout_s)
        parts.storage.working.write(checked, blob)


def create(parts: Parts, name: str, value: object) -> None:
    """Make a document that must not exist yet."""
    checked = grammar.document_name(name)
    blob = encode(checked, value)
    with parts.locks.exclusive([checked]):
        if exists(parts, checked):
            raise DocumentExistsError(checked)
        parts.storage.let_go_of_documents(parts.lock_timeout_s)
        parts.storage.working.write(checked, blob)


def update(parts: Parts, name: str, function: Callable[[Any], Any]) -> Any:
    """Replace a document by what `function` makes of it, nobody else editing it meanwhile."""
    with Edit(parts, name) as edit:
        edit.value = function(edit.value)
        return edit.value


def delete(parts: Parts, name: str) -> None:
    """Delete a document's file."""
    checked = grammar.document_name(name)
    with parts.locks.exclusive([checked]):
        parts.storage.let_go_of_documents(parts.lock_timeout_s)
        parts.storage.working.remove(checked)


class Edit:
    """One read-modify-write of a document under its exclusive lock."""

    def __init__(self, parts: Parts, name: str) -> None:
        self._parts = parts
        self._name = grammar.document_name(name)
        self._before = b""
        self.value: Any = None

    @translated("edit")
    def __enter__(self) -> Self:
        """Lock and read the document."""
        self._parts.locks.acquire(self._name)
        try:
            self.value = self._parts.storage.working.read(self._name)
            self._before = canonical.encode(self.value)
        except BaseException:
            self._parts.locks.release(self._name)
            raise
        return self

    @translated("edit")
    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Write the document if its value changed and the block ended well; unlock it."""
        try:
            if kind is None:
                self._write()
        finally:
            self._parts.locks.release(self._name)

    def _write(self) -> None:
        after = encode(self._name, self.value)
        if after == self._before:
            return
        before_id, after_id = BlobId(canonical.digest(self._before)), BlobId(canonical.digest(after))
        self._parts.storage.let_go_of_documents(self._parts.lock_timeout_s)
        if not self._parts.storage.working.replace(self._name, before_id, after_id, after):
            raise DocumentChangedError(self._name)


@contextmanager
def edit(parts: Parts, name: str) -> Iterator[Any]:
    """Lend a document's value to be changed in place."""
    with Edit(parts, name) as editing:
        yield editing.value
