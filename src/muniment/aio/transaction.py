"""`muniment.repo.transaction.Transaction` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from muniment.aio.blocks import Block, as_it_is
from muniment.aio.bound import ThreadBound
from muniment.repo.transaction import Transaction
from muniment.values.objects import Commit


class AsyncTransaction(ThreadBound):
    """Documents to be written, edited and deleted together when the `with` block ends well.

    What it reads stays locked against other writers until the block ends, so a value computed
    from it is never based on an older one; what it only writes is locked at the end. If the block
    raises, nothing happens, but that a branch that had diverged may have been reconciled when it began. Belongs to one
    thread and one `with` block.

    Raises:
        InvalidValueError: It is used outside its block, or for a second one.
    """

    async def read(self, name: str, type: type[Any] | None = None) -> Any:
        """Read a document as this transaction leaves it, and lock it against other writers.

        Raises:
            DocumentNotFoundError: There is none on the branch, or this transaction deleted it.
            LockTimeoutError: Somebody edits it for longer than the store waits: retry.
        """
        return await self._call(cast("Any", Transaction.read), name, type)

    async def exists(self, name: str) -> bool:
        """Tell whether a document is there as this transaction leaves it, and lock it."""
        return await self._call(Transaction.exists, name)

    async def write(self, name: str, value: object) -> None:
        """Replace a document, or make it.

        Raises:
            DocumentInvalidError: The value cannot be stored; it says where.
        """
        return await self._call(Transaction.write, name, value)

    async def create(self, name: str, value: object) -> None:
        """Make a document that must not exist yet.

        Raises:
            DocumentExistsError: There is one; use `write` to replace it.
        """
        return await self._call(Transaction.create, name, value)

    async def update(self, name: str, function: Callable[[Any], Any]) -> Any:
        """Replace a document by what `function` makes of its value, and give that."""
        return await self._call(Transaction.update, name, function)

    def edit(self, name: str) -> Block[Any, Any]:
        """Lend a document's value to be changed in place; it is written when the inner block ends well."""
        begin = partial(Transaction.edit, self._sync, name)
        return Block(begin, as_it_is, self._thread)

    async def delete(self, name: str) -> None:
        """Delete a document.

        Raises:
            DocumentNotFoundError: There is none.
        """
        return await self._call(Transaction.delete, name)

    @property
    def commit(self) -> Commit | None:
        """The commit that the block made, once it has ended."""
        found: Commit | None = self._sync.commit
        return found
