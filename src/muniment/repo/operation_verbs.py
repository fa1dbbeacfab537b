"""The verbs on operations, as `Store` offers them: what was done in this copy, taken back, and made again."""

from muniment.errors.system import translated
from muniment.repo.parts import Parts
from muniment.values.operation import Operation, OperationId


class OperationVerbs:
    """What was done to heads and tags in this copy; undone and redone by operations like any other."""

    _parts: Parts

    @translated("read the operation log")
    def operations(self, limit: int | None = None) -> tuple[Operation, ...]:
        """List what was done in this copy to heads, tags and the choice of a branch, newest first."""
        from muniment.repo import operations

        return operations.operations(self._parts, limit)

    @translated("undo")
    def undo(self, operation: Operation | OperationId | str | None = None, *, author: str | None = None) -> Operation:
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
        from muniment.repo import undoing

        wanted = operation.id if isinstance(operation, Operation) else operation
        return undoing.undo(self._parts, wanted, author)

    @translated("redo")
    def redo(self, *, author: str | None = None) -> Operation:
        """Make the operation again that was undone last; doing anything else forgets it. Errors as for `undo`."""
        from muniment.repo import undoing

        return undoing.redo(self._parts, author)
