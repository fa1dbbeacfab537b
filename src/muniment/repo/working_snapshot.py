"""Several working documents as of one moment."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from muniment.errors import DocumentNotFoundError, InvalidValueError
from muniment.errors.system import translated
from muniment.repo import documents
from muniment.repo.document_locks import EVERYTHING, Hold
from muniment.repo.parts import Parts
from muniment.values import names as grammar
from muniment.values.names import DocumentName

T = TypeVar("T")


class WorkingSnapshot(Mapping[str, Any]):
    """The working files as of one moment, for the length of a `with` block.

    Each document is locked against writers when it is first read, after whoever edits it is done,
    and stays so until the block ends: hence all that was read was there at the same moment. Keep
    the block short; it belongs to one thread. A snapshot within a snapshot shares its locks.

    Raises:
        InvalidValueError: It is read outside its `with` block.
        LockTimeoutError: Somebody edits a document for longer than the store waits: retry.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._hold = Hold(parts.locks)
        self._open = False

    @translated("read")
    def __enter__(self) -> Self:
        """Begin: finish what a stopped writer left half published, and keep large changes out."""
        if not self._parts.storage.is_settled():
            self._parts.finish_writers()
        self._open = True
        try:
            self._lock(EVERYTHING)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Let writers go on."""
        self._leave()

    def _leave(self) -> None:
        self._open = False
        self._hold.let_go()

    @overload
    def read(self, name: str) -> Any: ...
    @overload
    def read(self, name: str, type: type[T]) -> T: ...
    @translated("read")
    def read(self, name: str, type: type[Any] | None = None) -> Any:  # noqa: A002
        """Read one document; errors as for `Store.read`."""
        self._lock(grammar.document_name(name))
        return documents.read(self._parts, name, type, locked=False)

    @translated("list documents")
    def names(self, prefix: str = "") -> list[str]:
        """List the documents there are, in ascending order."""
        return sorted(self._parts.storage.scanner.names(prefix))

    def __getitem__(self, name: str) -> Any:
        """Read one document as a plain value."""
        return self.read(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Read one document, or give `default` if there is none of that name."""
        try:
            return self.read(name)
        except DocumentNotFoundError:
            return default

    @translated("look for a document")
    def __contains__(self, name: object) -> bool:
        """Tell whether there is a document of that name."""
        return isinstance(name, str) and documents.exists(self._parts, name)

    def __iter__(self) -> Iterator[str]:
        """Go through the names in ascending order."""
        return iter(self.names())

    def __len__(self) -> int:
        """Count the documents."""
        return len(self.names())

    def _lock(self, name: DocumentName) -> None:
        if not self._open:
            raise InvalidValueError("a snapshot is read in its `with` block")
        if not self._parts.locks.holds(name):
            self._hold.take(name, shared=True)
