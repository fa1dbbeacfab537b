"""The documents of one commit, read-only."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, overload

from muniment.errors import DocumentNotFoundError
from muniment.errors.system import translated
from muniment.history import tree
from muniment.repo import conversion
from muniment.repo.parts import Parts
from muniment.values import names as grammar
from muniment.values.ids import BlobId
from muniment.values.objects import Commit

T = TypeVar("T")


class Snapshot(Mapping[str, Any]):
    """The documents as `commit` holds them: a mapping of names to values, in ascending order.

    It never changes, whatever is committed later. Each value read is the caller's own. A name that
    is not there is a `DocumentNotFoundError`, also for `snapshot[name]`.
    """

    def __init__(self, parts: Parts, commit: Commit) -> None:
        self._parts = parts
        self._history = parts.history
        self.commit = commit

    @overload
    def read(self, name: str) -> Any: ...
    @overload
    def read(self, name: str, type: type[T]) -> T: ...
    @translated("read history")
    def read(self, name: str, type: type[Any] | None = None) -> Any:  # noqa: A002
        """Read one document as its schema says, or as a type that msgspec understands, else as plain JSON.

        What an older program wrote is brought to the schema version that this one knows; the commit
        keeps its bytes.

        Raises:
            DocumentNotFoundError: The commit has no such document.
            DocumentInvalidError: It does not fit the type; it says where.
            MigrationMissingError: No steps lead from its schema version to the program's.
        """
        return conversion.decode(self._parts, name, self._blob(name), type)

    @translated("read history")
    def read_as(self, name: str, schema_version: str) -> dict[str, Any]:
        """Read one document as plain JSON at a schema version; errors as for `Store.read_as`."""
        return conversion.at_version(self._parts, name, self._blob(name), schema_version)

    def _blob(self, name: str) -> bytes:
        grammar.check_text("document", name)
        blob = self._history.lookup(self.commit.tree, name)
        if blob is None:
            raise DocumentNotFoundError(name, f"commit {self.commit.id[:12]}")
        return self._history.blob(blob)

    @translated("read history")
    def blob_id(self, name: str) -> BlobId | None:
        """Give the id of a document's content; None if the commit has no such document."""
        grammar.check_text("document", name)
        return self._history.lookup(self.commit.tree, name)

    @translated("read history")
    def names(self, prefix: str = "") -> list[str]:
        """List the names that begin with `prefix`, in ascending order."""
        grammar.check_text("document", prefix)
        return [name for name, _ in tree.entries(self._history.node, self.commit.tree, prefix)]

    def __getitem__(self, name: str) -> Any:
        """Read one document as its schema says, else as plain JSON."""
        return self.read(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Read one document, or give `default` if the commit has none of that name."""
        return default if self.blob_id(name) is None else self.read(name)

    def __contains__(self, name: object) -> bool:
        """Tell whether the commit has a document of that name."""
        return isinstance(name, str) and self.blob_id(name) is not None

    def __iter__(self) -> Iterator[str]:
        """Go through the names in ascending order."""
        return iter(self.names())

    def __len__(self) -> int:
        """Count the documents; loads the whole tree."""
        return len(self.names())

    def __repr__(self) -> str:
        """Say which commit it is of."""
        return f"<Snapshot of {self.commit.id[:12]}>"
