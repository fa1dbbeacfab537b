"""`muniment.repo.operation_verbs.OperationVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.repo.operation_verbs import OperationVerbs
from muniment.values.operation import Operation, OperationId


class AsyncOperationVerbs(Bound):
    """What was done to heads and tags in this copy; undone and redone by operations like any other."""

    def operations(self, limit: int | None = None) -> Listing[tuple[Operation, ...], Operation]:
        """List what was done in this copy to heads, tags and the choice of a branch, newest first."""
        ask = partial(self._call, OperationVerbs.operations, limit)
        return Listing(ask)

    async def undo(
        self,
        operation: Operation | OperationId | str | None = None,
        *,
        author: str | None = None,
    ) -> Operation:
        """Take back an operation: by default the last one that was not, else that of an id or its beginning.

        To take back an undo is to redo what it undid, also after something else was done.

        Heads, tags and the choice of a branch are as before. Working files that the operation replaced follow, where
        nobody touched them since; files that were committed as they stood stay as they stand. Where the branch
        went on since, the operation is taken out of it by a new commit, a three-way merge. Gives the operation that did
        it, which `redo` reverses in turn.

        Raises:
            UndoError: There is none, or it cannot be taken back any more; it says why. Nothing was changed.
            MergeConflictError: Later commits changed the same places: `revert` it, and settle the conflicts.
            MergeInProgressError: A merge waits: continue or abort it first.
            DirtyDocumentError, DivergedError, MissingAuthorError: Where a commit is needed, as for `revert`.
            ObjectNotFoundError, CorruptionError: A commit or tag to go back to is not stored any more, or damaged.
        """
        return await self._call(OperationVerbs.undo, operation, author=author)

    async def redo(self, *, author: str | None = None) -> Operation:
        """Make the operation again that was undone last; doing anything else forgets it. Errors as for `undo`."""
        return await self._call(OperationVerbs.redo, author=author)
