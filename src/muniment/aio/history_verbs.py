"""`muniment.repo.history_verbs.HistoryVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from muniment.aio.blocks import Block
from muniment.aio.bound import Bound
from muniment.aio.branches import AsyncBranches
from muniment.aio.merge_rule_verbs import AsyncMergeRuleVerbs
from muniment.aio.notes import AsyncNotes
from muniment.aio.policies import AsyncPolicies
from muniment.aio.schema_verbs import AsyncSchemaVerbs
from muniment.aio.snapshot import AsyncSnapshot
from muniment.aio.streams import Listing
from muniment.aio.tags import AsyncTags
from muniment.aio.transaction import AsyncTransaction
from muniment.repo.compare import Comparison
from muniment.repo.document_change import DocumentChange
from muniment.repo.history_verbs import HistoryVerbs
from muniment.repo.log import DocumentVersion
from muniment.repo.signatures import SignatureState
from muniment.repo.status import Status
from muniment.repo.transaction import Transaction
from muniment.values.objects import Commit, Tag


class AsyncHistoryVerbs(Bound):
    """Commits: made, listed, compared, gone back to."""

    @property
    def branches(self) -> AsyncBranches:
        """The branches: create, list, info, rename, delete, switch."""
        return AsyncBranches(self._sync.branches)

    @property
    def tags(self) -> AsyncTags:
        """The tags: create, list, show, delete."""
        return AsyncTags(self._sync.tags)

    @property
    def notes(self) -> AsyncNotes:
        """The notes on commits and on their documents: add, list, delete."""
        return AsyncNotes(self._sync.notes)

    @property
    def policies(self) -> AsyncPolicies:
        """What branches require: require_signatures, list, withdraw."""
        return AsyncPolicies(self._sync.policies)

    async def signature_of(self, signed: Commit | Tag) -> SignatureState:
        """Tell whether a commit or a tag is signed, by whom, and whether that is one of those who may.

        Raises:
            AllowedSignersError: The list of those who may cannot be read: mend it.
            SigningUnavailableError: A package is missing: install `muniment[sign]`.
        """
        return await self._call(HistoryVerbs.signature_of, signed)

    async def compare(self, a: str, b: str) -> Comparison:
        """Tell which documents two revisions have in common by name, and which not.

        Raises:
            RevisionNotFoundError, AmbiguousRevisionError: One means no commit, or several.
        """
        return await self._call(HistoryVerbs.compare, a, b)

    @property
    def schemas(self) -> AsyncSchemaVerbs:
        """The kinds of documents: list, check, migrate, export, forget."""
        return AsyncSchemaVerbs(self._sync.schemas)

    @property
    def merge_rules(self) -> AsyncMergeRuleVerbs:
        """The merge rules: list, declare, withdraw."""
        return AsyncMergeRuleVerbs(self._sync.merge_rules)

    async def status(self) -> Status:
        """Tell which documents were added, changed or removed since the head, and which are invalid."""
        return await self._call(HistoryVerbs.status)

    async def commit(
        self,
        message: str,
        *,
        author: str | None = None,
        names: Iterable[str] | None = None,
        allow_empty: bool = False,
        meta: Mapping[str, Any] | None = None,
        force: bool = False,
    ) -> Commit:
        """Commit the working documents that differ from the head, all or those in `names`.

        A branch that diverged is reconciled first, where nobody has to decide anything; where nothing else differs
        then, it is that commit which is given.

        Raises:
            NothingToCommitError: None differs; `allow_empty=True` commits all the same.
            DocumentInvalidError: A file is no valid document: mend it, or name the others. One that is
                not valid for its kind passes with `force`, and the commit's `meta["forced"]` names it.
            MigrationMissingError: Nobody knows its schema version; `force` likewise.
            MissingAuthorError: Neither this call nor the store names one.
        """
        return await self._call(
            HistoryVerbs.commit,
            message,
            author=author,
            names=names,
            allow_empty=allow_empty,
            meta=meta,
            force=force,
        )

    def transaction(
        self,
        message: str,
        *,
        author: str | None = None,
        branch: str | None = None,
        worktree: bool = True,
        meta: Mapping[str, Any] | None = None,
    ) -> Block[Transaction, AsyncTransaction]:
        """Write, edit and delete any number of documents in a `with` block that makes one commit.

        All or nothing. A branch that diverged is reconciled first, where nobody has to decide anything, whatever
        becomes of the block. The working files follow if `branch` is the one checked out and `worktree`
        is true; `worktree=False` leaves them alone.

        Raises:
            DirtyDocumentError: A working file that it would replace has uncommitted edits.
            NothingToCommitError: The block changed nothing.
            LockTimeoutError, DivergedError, MissingAuthorError, BranchSwitchedError: See there; nothing happened.
        """
        begin = partial(
            HistoryVerbs.transaction,
            self._sync,
            message,
            author=author,
            branch=branch,
            worktree=worktree,
            meta=meta,
        )
        return Block(begin, AsyncTransaction)

    async def at(self, revision: str) -> AsyncSnapshot:
        """Give the documents of one commit, read-only: a branch, `HEAD~3`, an id, `main@{time}`.

        Raises:
            RevisionNotFoundError, AmbiguousRevisionError: It means no commit, or several.
        """
        made = await self._call(HistoryVerbs.at, revision)
        return AsyncSnapshot(made)

    def log(
        self,
        revision: str = "HEAD",
        *,
        name: str | None = None,
        limit: int | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        first_parent: bool = False,
    ) -> Listing[builtins.list[Commit], Commit]:
        """List the commits that lead to `revision`, newest first; none before the first commit.

        `name` leaves those that changed this document, `since` and `until` (aware datetimes or
        RFC 3339) those made then.
        """
        ask = partial(
            self._call,
            HistoryVerbs.log,
            revision,
            name=name,
            limit=limit,
            since=since,
            until=until,
            first_parent=first_parent,
        )
        return Listing(ask)

    def history(
        self,
        name: str,
        revision: str = "HEAD",
    ) -> Listing[builtins.list[DocumentVersion], DocumentVersion]:
        """List what commits did to one document, newest first: created, updated, deleted, restored, merged.

        Raises:
            DocumentNotFoundError: No commit ever held it.
        """
        ask = partial(self._call, HistoryVerbs.history, name, revision)
        return Listing(ask)

    async def blame(self, name: str, revision: str = "HEAD") -> dict[str, Commit]:
        """Give for each scalar of a document, by its JSON pointer, the commit that set it.

        Followed back through merges, through moves of list items, and through the steps between schema
        versions: what only a migration changed, nobody set.

        Raises:
            DocumentNotFoundError: The commit has no such document.
            RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
        """
        return await self._call(HistoryVerbs.blame, name, revision)

    def diff(
        self,
        a: str = "HEAD",
        b: str = ":working",
        names: Iterable[str] | None = None,
        *,
        lifted: bool = False,
    ) -> Listing[builtins.list[DocumentChange], DocumentChange]:
        """List the documents that differ between two revisions, `:working` being the files as they are now.

        `lifted=True` compares documents of different schema versions at one version: what people
        changed, without what the steps did.
        """
        ask = partial(self._call, HistoryVerbs.diff, a, b, names, lifted=lifted)
        return Listing(ask)

    async def show(self, revision: str = "HEAD") -> tuple[Commit, list[DocumentChange]]:
        """Give one commit and what it changed against its first parent."""
        return await self._call(HistoryVerbs.show, revision)

    async def rollback(
        self,
        to: str,
        *,
        names: Iterable[str] | None = None,
        reason: str,
        author: str | None = None,
    ) -> Commit:
        """Commit the documents as they were at `to`, all or those in `names`; history stays.

        Raises:
            DirtyDocumentError: A file that it would replace has uncommitted edits.
            NothingToCommitError: They are as they were.
        """
        return await self._call(HistoryVerbs.rollback, to, names=names, reason=reason, author=author)

    async def restore(self, names: Iterable[str], revision: str = "HEAD") -> None:
        """Discard edits: bring the working files of `names` back to what `revision` holds; history stays.

        A document that `revision` does not hold is deleted.

        Raises:
            DocumentNotFoundError: One of `names` is neither there nor a working file.
        """
        return await self._call(HistoryVerbs.restore, names, revision)
