"""The verbs on working documents, as `Store` offers them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from muniment.errors.system import translated
from muniment.repo import documents, editing
from muniment.repo.parts import Parts
from muniment.repo.working_snapshot import WorkingSnapshot

if TYPE_CHECKING:
    from muniment.schema.overrides import Effect

T = TypeVar("T")


class WorkingVerbs:
    """Documents as files: read, written and edited without touching history."""

    _parts: Parts

    @overload
    def read(self, name: str, type: None = None, *, locked: bool = False, overrides: bool = False) -> Any: ...
    @overload
    def read(self, name: str, type: type[T], *, locked: bool = False, overrides: bool = False) -> T: ...
    @translated("read")
    def read(
        self,
        name: str,
        type: type[Any] | None = None,  # noqa: A002
        *,
        locked: bool = False,
        overrides: bool = False,
    ) -> Any:
        """Read a working document: as its schema says, else a plain JSON value; or a `type` that msgspec understands.

        A governed document is brought to the schema version that the program knows; its file stays
        as it is. Takes no lock, because files are only ever replaced whole. `locked=True` waits until nobody
        edits the document. `overrides=True` gives it as it is in force now: with the patches of those
        entries in its member `overrides` that are neither revoked nor expired.

        Raises:
            DocumentNotFoundError: There is none of that name.
            DocumentInvalidError: The file is not JSON that can be stored, or does not fit the type.
            MigrationMissingError: No steps lead from its schema version to the program's.
        """
        if overrides:
            from muniment.repo import overriding

            return overriding.read(self._parts, name, type, locked=locked)
        return documents.read(self._parts, name, type, locked=locked)

    @translated("read")
    def explain(self, name: str) -> "tuple[Effect, ...]":
        """Tell what the overrides in force make of a working document: which set what, and until when.

        Errors as for `read`; `DocumentInvalidError` too where an override cannot be applied.
        """
        from muniment.repo import overriding

        return overriding.explain(self._parts, name)

    @translated("read")
    def read_as(self, name: str, schema_version: str) -> dict[str, Any]:
        """Read a governed working document as a plain JSON object at an older or newer schema version.

        Raises:
            MigrationMissingError: Neither the program nor the store knows steps that lead there.
            MigrationFailedError: A step does not suit the document; it says why.
            DocumentNotFoundError, DocumentInvalidError, InvalidValueError: As for `read`; no version.
        """
        return documents.read_as(self._parts, name, schema_version)

    @translated("write")
    def write(self, name: str, value: object) -> None:
        """Replace a document, or make it: atomically, durably, pretty and sorted.

        A governed one is checked and stamped with its schema version; what its type does not know
        of the old document stays.

        Raises:
            DocumentInvalidError: The value cannot be stored; it says where.
            InvalidNameError: Nothing can be stored under that name; it says why.
            LockTimeoutError: Somebody edits the document for too long: retry.
        """
        documents.write(self._parts, name, value)

    @translated("create")
    def create(self, name: str, value: object) -> None:
        """Make a document; `DocumentExistsError` if it is there. Other errors as for `write`."""
        documents.create(self._parts, name, value)

    def update(self, name: str, function: Callable[[Any], Any]) -> Any:
        """Replace a document by `function(value)`, under its lock, and give the new value.

        Errors as for `read` and `write`; `DocumentChangedError` as for `edit`.
        """
        return editing.update(self._parts, name, function)

    def edit(self, name: str) -> AbstractContextManager[Any]:
        """Lend a document's value to a `with` block, under its exclusive lock; written back if it changed.

        If the block raises, nothing is written. Other documents stay free.

        Raises:
            DocumentNotFoundError, DocumentInvalidError, LockTimeoutError: As for `read` and `write`.
            DocumentChangedError: Somebody replaced the file by hand meanwhile: theirs stays, retry.
        """
        return editing.edit(self._parts, name)

    @translated("delete")
    def delete(self, name: str) -> None:
        """Delete a document's file; history keeps what was committed. Errors as for `read`."""
        documents.delete(self._parts, name)

    @translated("list documents")
    def names(self, prefix: str = "") -> list[str]:
        """List the working documents whose names begin with `prefix`, in ascending order."""
        return sorted(self._parts.storage.scanner.names(prefix))

    @translated("look for a document")
    def exists(self, name: str) -> bool:
        """Tell whether there is a working document of that name, valid or not."""
        return documents.exists(self._parts, name)

    def snapshot(self) -> WorkingSnapshot:
        """Read several working documents as of one moment, in a `with` block; waits for their editors."""
        return WorkingSnapshot(self._parts)
