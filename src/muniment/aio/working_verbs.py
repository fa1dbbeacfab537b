"""`muniment.repo.working_verbs.WorkingVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import partial
from typing import Any, cast, overload

from muniment.aio.blocks import Block, as_it_is
from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.aio.working_snapshot import AsyncWorkingSnapshot
from muniment.repo.working_snapshot import WorkingSnapshot
from muniment.repo.working_verbs import T, WorkingVerbs
from muniment.schema.overrides import Effect


class AsyncWorkingVerbs(Bound):
    """Documents as files: read, written and edited without touching history."""

    @overload
    async def read(self, name: str, type: None = None, *, locked: bool = False, overrides: bool = False) -> Any: ...

    @overload
    async def read(self, name: str, type: type[T], *, locked: bool = False, overrides: bool = False) -> T: ...

    async def read(
        self,
        name: str,
        type: type[Any] | None = None,
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
        return await self._call(cast("Any", WorkingVerbs.read), name, type, locked=locked, overrides=overrides)

    async def explain(self, name: str) -> tuple[Effect, ...]:
        """Tell what the overrides in force make of a working document: which set what, and until when.

        Errors as for `read`; `DocumentInvalidError` too where an override cannot be applied.
        """
        return await self._call(WorkingVerbs.explain, name)

    async def read_as(self, name: str, schema_version: str) -> dict[str, Any]:
        """Read a governed working document as a plain JSON object at an older or newer schema version.

        Raises:
            MigrationMissingError: Neither the program nor the store knows steps that lead there.
            MigrationFailedError: A step does not suit the document; it says why.
            DocumentNotFoundError, DocumentInvalidError, InvalidValueError: As for `read`; no version.
        """
        return await self._call(WorkingVerbs.read_as, name, schema_version)

    async def write(self, name: str, value: object) -> None:
        """Replace a document, or make it: atomically, durably, pretty and sorted.

        A governed one is checked and stamped with its schema version; what its type does not know
        of the old document stays.

        Raises:
            DocumentInvalidError: The value cannot be stored; it says where.
            InvalidNameError: Nothing can be stored under that name; it says why.
            LockTimeoutError: Somebody edits the document for too long: retry.
        """
        return await self._call(WorkingVerbs.write, name, value)

    async def create(self, name: str, value: object) -> None:
        """Make a document; `DocumentExistsError` if it is there. Other errors as for `write`."""
        return await self._call(WorkingVerbs.create, name, value)

    async def update(self, name: str, function: Callable[[Any], Any]) -> Any:
        """Replace a document by `function(value)`, under its lock, and give the new value.

        Errors as for `read` and `write`; `DocumentChangedError` as for `edit`.
        """
        return await self._call(WorkingVerbs.update, name, function)

    def edit(self, name: str) -> Block[Any, Any]:
        """Lend a document's value to a `with` block, under its exclusive lock; written back if it changed.

        If the block raises, nothing is written. Other documents stay free.

        Raises:
            DocumentNotFoundError, DocumentInvalidError, LockTimeoutError: As for `read` and `write`.
            DocumentChangedError: Somebody replaced the file by hand meanwhile: theirs stays, retry.
        """
        begin = partial(WorkingVerbs.edit, self._sync, name)
        return Block(begin, as_it_is)

    async def delete(self, name: str) -> None:
        """Delete a document's file; history keeps what was committed. Errors as for `read`."""
        return await self._call(WorkingVerbs.delete, name)

    def names(self, prefix: str = "") -> Listing[builtins.list[str], str]:
        """List the working documents whose names begin with `prefix`, in ascending order."""
        ask = partial(self._call, WorkingVerbs.names, prefix)
        return Listing(ask)

    async def exists(self, name: str) -> bool:
        """Tell whether there is a working document of that name, valid or not."""
        return await self._call(WorkingVerbs.exists, name)

    def snapshot(self) -> Block[WorkingSnapshot, AsyncWorkingSnapshot]:
        """Read several working documents as of one moment, in a `with` block; waits for their editors."""
        begin = partial(WorkingVerbs.snapshot, self._sync)
        return Block(begin, AsyncWorkingSnapshot)
