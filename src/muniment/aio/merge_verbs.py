"""`muniment.repo.merge_verbs.MergeVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from muniment.aio.bound import Bound
from muniment.repo.merge_verbs import _NOTHING, MergeVerbs
from muniment.repo.merging.document_merge import DocumentMerge
from muniment.repo.merging.merge_result import MergeResult
from muniment.repo.merging.unfinished import MergeUnderWay
from muniment.values.conflict import Conflict
from muniment.values.json_merge import Prefer
from muniment.values.objects import Commit


class AsyncMergeVerbs(Bound):
    """Merging by meaning, conflicts that wait to be settled, and commits taken back or made again elsewhere."""

    async def merge(
        self,
        source: str,
        into: str = "HEAD",
        *,
        prefer: Prefer | None = None,
        author: str | None = None,
        message: str | None = None,
        dry_run: bool = False,
        allow_unrelated: bool = False,
    ) -> MergeResult:
        """Merge a branch, or any other commit, into a branch: by default into the one that is checked out.

        Documents that both changed are merged by meaning, place by place, as their merge rules say. Where the two
        disagree, `prefer` may name the side that is right; else the result is `Conflicted`. Then nothing was committed,
        and if the branch is checked out the merge waits: `conflicts`, `resolve`, `merge_continue`, `merge_abort`.
        `dry_run` tells the outcome and touches nothing.

        Raises:
            DirtyDocumentError: A working file that it would replace has uncommitted edits; nothing was changed.
            MergeInProgressError: Another merge into the branch waits: continue or abort it first.
            UnrelatedHistoriesError: They have no commit in common: check, then pass `allow_unrelated=True`.
            BranchNotFoundError: `into` is no branch.
            RevisionNotFoundError, AmbiguousRevisionError: `source` means no commit, or several.
            DivergedError: `into` has several heads that disagree, or a dry run finds several: `reconcile` first.
            MissingAuthorError, InvalidNameError: Nobody is named; names of the two sides differ by case alone.
        """
        return await self._call(
            MergeVerbs.merge,
            source,
            into,
            prefer=prefer,
            author=author,
            message=message,
            dry_run=dry_run,
            allow_unrelated=allow_unrelated,
        )

    async def merge_under_way(self) -> MergeUnderWay | None:
        """Tell which merge waits in this copy to be continued or aborted; None where none does."""
        return await self._call(MergeVerbs.merge_under_way)

    async def conflicts(self) -> tuple[Conflict, ...]:
        """List the conflicts that wait to be settled, by document and place; none where no merge is under way."""
        return await self._call(MergeVerbs.conflicts)

    async def resolve(
        self,
        conflict: Conflict,
        take: object = _NOTHING,
        *,
        value: object = _NOTHING,
    ) -> tuple[Conflict, ...]:
        """Settle a conflict: by a side's value (`"ours"`, `"theirs"`, `"base"`), or by another one.

        `"working"` takes what the working file has there now. Any other `take` is the value itself; a text that is one
        of these words is passed as `value=`, and so is `ABSENT`, for nothing. Gives the conflicts that are still open.
        Places are followed where a choice moves items of a list; where an edit by hand moved some, settle what lies
        behind them by `"working"`.

        Raises:
            NoMergeError, ConflictNotFoundError: No merge is under way, or it has no such conflict.
            PlaceChangedError: The file was edited so that it cannot be put there: edit it, and take `"working"`.
            StaleHeadError: Something else moved the branch: abort, and merge again.
            DocumentInvalidError: The value cannot be stored, or does not fit the document's kind; nothing was changed.
        """
        return await self._call(MergeVerbs.resolve, conflict, take, value=value)

    async def merge_continue(self, message: str | None = None, *, author: str | None = None) -> Commit:
        """Commit the merge that is under way, once its conflicts are settled, and forget it.

        Documents that were in conflict are taken as their files are now; edits of others stay uncommitted. Its author
        is the one named here, else who began the merge; of a reconcile, the store's.

        Raises:
            NoMergeError: None is under way.
            MergeConflictError: Conflicts are open; `conflicts` lists them.
            DocumentInvalidError: A document is not valid now: mend it.
            StaleHeadError: Something else moved the branch: abort, and merge again.
            NothingToCommitError: What was settled leaves nothing to change: abort it.
        """
        return await self._call(MergeVerbs.merge_continue, message, author=author)

    async def merge_abort(self) -> None:
        """Forget the merge that is under way, and give its documents back what they held before, to the byte.

        Where something else moved the branch, such as the host's git, only those get it back that nobody touched since.

        Raises:
            NoMergeError: None is under way.
        """
        return await self._call(MergeVerbs.merge_abort)

    async def merge_document(
        self,
        name: str,
        base: bytes | None,
        ours: bytes | None,
        theirs: bytes | None,
    ) -> DocumentMerge:
        """Merge what two sides made of a document, as `merge` does, and give it: nothing is read or written.

        Each side is canonical bytes, as the result is; None for no document.
        """
        return await self._call(MergeVerbs.merge_document, name, base, ours, theirs)

    async def reconcile(self, *, drop_incomplete: bool = False) -> MergeResult:
        """Merge the heads of diverged branches, which a merge in the host repository leaves.

        The commit is the same in every copy that makes it, so copies that reconcile by themselves agree. Working
        files follow, also those with git's marks of conflict; what somebody wrote besides is left and shows as changed.
        Where a decision is needed, the result is `Conflicted`, and the merge waits as one by `merge` does. Verbs that
        commit reconcile by themselves where none is needed.

        Gives what came of the branch that is checked out or, where that had one head, of the first that had several.
        `drop_incomplete` drops heads that came without their history, as a cherry-pick in the host repository
        brings them; the working files keep what it brought.

        Raises:
            MergeInProgressError: A merge waits: continue or abort it first.
            IncompleteHistoryError: A head came without its history.
            UnrelatedHistoriesError: Heads have nothing in common.
        """
        return await self._call(MergeVerbs.reconcile, drop_incomplete=drop_incomplete)

    async def revert(
        self,
        revision: str,
        *,
        author: str | None = None,
        message: str | None = None,
        parent: int = 1,
        prefer: Prefer | None = None,
        dry_run: bool = False,
    ) -> MergeResult:
        """Commit the inverse of what a commit changed against its parent of that number; later changes stay.

        It is a three-way merge: `Merged`, or `Conflicted` where later changes touched the same places, or `UpToDate`
        where nothing of it is left. Errors as for `merge`; `InvalidValueError` where it has no such parent.
        """
        return await self._call(
            MergeVerbs.revert,
            revision,
            author=author,
            message=message,
            parent=parent,
            prefer=prefer,
            dry_run=dry_run,
        )

    async def cherry_pick(
        self,
        revision: str,
        *,
        author: str | None = None,
        message: str | None = None,
        parent: int = 1,
        prefer: Prefer | None = None,
        dry_run: bool = False,
    ) -> MergeResult:
        """Commit what a commit elsewhere changed against its parent of that number; the rest as for `revert`."""
        return await self._call(
            MergeVerbs.cherry_pick,
            revision,
            author=author,
            message=message,
            parent=parent,
            prefer=prefer,
            dry_run=dry_run,
        )
