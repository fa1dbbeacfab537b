"""`muniment.repo.working_snapshot.WorkingSnapshot` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

import builtins
from functools import partial
from typing import Any, cast, overload

from muniment.aio.bound import ThreadBound
from muniment.aio.streams import Listing
from muniment.repo.working_snapshot import T, WorkingSnapshot


class AsyncWorkingSnapshot(ThreadBound):
    """The working files as of one moment, for the length of a `with` block.

    Each document is locked against writers when it is first read, after whoever edits it is done,
    and stays so until the block ends: hence all that was read was there at the same moment. Keep
    the block short; it belongs to one thread. A snapshot within a snapshot shares its locks.

    Raises:
        InvalidValueError: It is read outside its `with` block.
        LockTimeoutError: Somebody edits a document for longer than the store waits: retry.
    """

    @overload
    async def read(self, name: str) -> Any: ...

    @overload
    async def read(self, name: str, type: type[T]) -> T: ...

    async def read(self, name: str, type: type[Any] | None = None) -> Any:
        """Read one document; errors as for `Store.read`."""
        return await self._call(cast("Any", WorkingSnapshot.read), name, type)

    def names(self, prefix: str = "") -> Listing[builtins.list[str], str]:
        """List the documents there are, in ascending order."""
        ask = partial(self._call, WorkingSnapshot.names, prefix)
        return Listing(ask)

    async def get(self, name: str, default: Any = None) -> Any:
        """Read one document, or give `default` if there is none of that name."""
        return await self._call(WorkingSnapshot.get, name, default)

    async def contains(self, name: object) -> bool:
        """Tell whether there is a document of that name."""
        return await self._call(WorkingSnapshot.__contains__, name)

    async def count(self) -> int:
        """Count the documents."""
        return await self._call(WorkingSnapshot.__len__)
