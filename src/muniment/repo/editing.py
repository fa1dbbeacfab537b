"""Read, change and write one working document, nobody else editing it meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from muniment.errors import DocumentChangedError
from muniment.errors.system import translated
from muniment.repo import conversion
from muniment.repo.parts import Parts
from muniment.values import canonical
from muniment.values import names as grammar
from muniment.values.ids import BlobId


class Edit:
    """One read-modify-write of a document under its exclusive lock."""

    def __init__(self, parts: Parts, name: str) -> None:
        self._parts = parts
        self._name = grammar.document_name(name)
        self._text = self._before = b""
        self._was_left = False
        self.value: Any = None

    @translated("edit")
    def __enter__(self) -> Self:
        """Lock and read the document."""
        self._parts.locks.acquire(self._name)
        try:
            self._text = self._parts.storage.working.valid_text(self._name)
            self.value = conversion.of_text(self._parts, self._name, self._text, None)
            self._before = conversion.encode(self._parts, self._name, self.value)
            self._was_left = conversion.is_left(self._parts, self._name, self._text)
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
        after = conversion.encode(self._parts, self._name, self.value)
        if after == self._before:
            return
        if conversion.is_left(self._parts, self._name, self._text) != self._was_left:
            raise DocumentChangedError(self._name)
        after = conversion.completed(self._parts, self._name, self._text, after)
        found_id = BlobId(canonical.digest(canonical.encode(canonical.decode_trusted(self._text))))
        self._parts.storage.let_go_of_documents(self._parts.lock_timeout_s)
        if not self._parts.storage.working.replace(self._name, found_id, BlobId(canonical.digest(after)), after):
            raise DocumentChangedError(self._name)


@contextmanager
def edit(parts: Parts, name: str) -> Iterator[Any]:
    """Lend a document's value to be changed in place."""
    with Edit(parts, name) as editing:
        yield editing.value


def update(parts: Parts, name: str, function: Callable[[Any], Any]) -> Any:
    """Replace a document by what `function` makes of it, nobody else editing it meanwhile."""
    with Edit(parts, name) as edit:
        edit.value = function(edit.value)
        return edit.value
