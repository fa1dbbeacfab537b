"""`muniment.repo.snapshot.Snapshot` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

import builtins
from functools import partial
from typing import Any, cast, overload

from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.repo.snapshot import Snapshot, T
from muniment.values.ids import BlobId
from muniment.values.objects import Commit


class AsyncSnapshot(Bound):
    """The documents as `commit` holds them: a mapping of names to values, in ascending order.

    It never changes, whatever is committed later. Each value read is the caller's own. A name that
    is not there is a `DocumentNotFoundError`, also for `snapshot[name]`.
    """

    @overload
    async def read(self, name: str) -> Any: ...

    @overload
    async def read(self, name: str, type: type[T]) -> T: ...

    async def read(self, name: str, type: type[Any] | None = None) -> Any:
        """Read one document as its schema says, or as a type that msgspec understands, else as plain JSON.

        What an older program wrote is brought to the schema version that this one knows; the commit
        keeps its bytes.

        Raises:
            DocumentNotFoundError: The commit has no such document.
            DocumentInvalidError: It does not fit the type; it says where.
            MigrationMissingError: No steps lead from its schema version to the program's.
        """
        return await self._call(cast("Any", Snapshot.read), name, type)

    async def read_as(self, name: str, schema_version: str) -> dict[str, Any]:
        """Read one document as plain JSON at a schema version; errors as for `Store.read_as`."""
        return await self._call(Snapshot.read_as, name, schema_version)

    async def blob_id(self, name: str) -> BlobId | None:
        """Give the id of a document's content; None if the commit has no such document."""
        return await self._call(Snapshot.blob_id, name)

    def names(self, prefix: str = "") -> Listing[builtins.list[str], str]:
        """List the names that begin with `prefix`, in ascending order."""
        ask = partial(self._call, Snapshot.names, prefix)
        return Listing(ask)

    async def get(self, name: str, default: Any = None) -> Any:
        """Read one document, or give `default` if the commit has none of that name."""
        return await self._call(Snapshot.get, name, default)

    @property
    def commit(self) -> Commit:
        """The commit that holds the documents."""
        found: Commit = self._sync.commit
        return found

    async def contains(self, name: object) -> bool:
        """Tell whether the commit has a document of that name."""
        return await self._call(Snapshot.__contains__, name)

    async def count(self) -> int:
        """Count the documents; loads the whole tree."""
        return await self._call(Snapshot.__len__)
