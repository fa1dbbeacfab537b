"""The verbs on history, as `Store` offers them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from muniment.errors.system import translated
from muniment.repo import arguments, compare, diff, log, restore, revisions, rollback, status
from muniment.repo import commit as working_files
from muniment.repo.branches import Branches
from muniment.repo.committing import Intent
from muniment.repo.compare import Comparison
from muniment.repo.document_change import DocumentChange
from muniment.repo.log import DocumentVersion
from muniment.repo.notes import Notes
from muniment.repo.parts import Parts
from muniment.repo.signatures import SignatureState
from muniment.repo.snapshot import Snapshot
from muniment.repo.status import Status
from muniment.repo.tags import Tags
from muniment.repo.transaction import Transaction
from muniment.values.objects import Commit, Tag

if TYPE_CHECKING:
    from muniment.repo.merge_rule_verbs import MergeRuleVerbs
    from muniment.repo.policies import Policies
    from muniment.repo.schema_verbs import SchemaVerbs


class HistoryVerbs:
    """Commits: made, listed, compared, gone back to."""

    _parts: Parts

    @property
    def branches(self) -> Branches:
        """The branches: create, list, info, rename, delete, switch."""
        return Branches(self._parts)

    @property
    def tags(self) -> Tags:
        """The tags: create, list, show, delete."""
        return Tags(self._parts)

    @property
    def notes(self) -> Notes:
        """The notes on commits and on their documents: add, list, delete."""
        return Notes(self._parts)

    @property
    def policies(self) -> "Policies":
        """What branches require: require_signatures, list, withdraw."""
        from muniment.repo.policies import Policies

        return Policies(self._parts)

    @translated("check a signature")
    def signature_of(self, signed: Commit | Tag) -> SignatureState:
        """Tell whether a commit or a tag is signed, by whom, and whether that is one of those who may.

        Raises:
            AllowedSignersError: The list of those who may cannot be read: mend it.
            SigningUnavailableError: A package is missing: install `muniment[sign]`.
        """
        return self._parts.signatures.state(signed)

    @translated("compare")
    def compare(self, a: str, b: str) -> Comparison:
        """Tell which documents two revisions have in common by name, and which not.

        Raises:
            RevisionNotFoundError, AmbiguousRevisionError: One means no commit, or several.
        """
        return compare.compare(self._parts, a, b)

    @property
    def schemas(self) -> "SchemaVerbs":
        """The kinds of documents: list, check, migrate, export, forget."""
        from muniment.repo.schema_verbs import SchemaVerbs

        return SchemaVerbs(self._parts)

    @property
    def merge_rules(self) -> "MergeRuleVerbs":
        """The merge rules: list, declare, withdraw."""
        from muniment.repo.merge_rule_verbs import MergeRuleVerbs

        return MergeRuleVerbs(self._parts)

    @translated("compare with the head")
    def status(self) -> Status:
        """Tell which documents were added, changed or removed since the head, and which are invalid."""
        return status.status(self._parts)

    @translated("commit")
    def commit(
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
        return working_files.commit_working_files(
            self._parts, message, author=author, names=names, allow_empty=allow_empty, meta=meta, force=force
        )

    @translated("begin a transaction")
    def transaction(
        self,
        message: str,
        *,
        author: str | None = None,
        branch: str | None = None,
        worktree: bool = True,
        meta: Mapping[str, Any] | None = None,
    ) -> Transaction:
        """Write, edit and delete any number of documents in a `with` block that makes one commit.

        All or nothing. A branch that diverged is reconciled first, where nobody has to decide anything, whatever
        becomes of the block. The working files follow if `branch` is the one checked out and `worktree`
        is true; `worktree=False` leaves them alone.

        Raises:
            DirtyDocumentError: A working file that it would replace has uncommitted edits.
            NothingToCommitError: The block changed nothing.
            LockTimeoutError, DivergedError, MissingAuthorError, BranchSwitchedError: See there; nothing happened.
        """
        chosen = self._parts.selected_branch() if branch is None else self._parts.existing_branch(branch)
        intent = Intent(
            verb="transaction",
            branch=chosen,
            message=arguments.message(message),
            author=self._parts.author_of(author),
            meta=arguments.meta(meta),
            is_checked_out=chosen == self._parts.selected_branch() if worktree else None,
        )
        return Transaction(self._parts, intent)

    @translated("read history")
    def at(self, revision: str) -> Snapshot:
        """Give the documents of one commit, read-only: a branch, `HEAD~3`, an id, `main@{time}`.

        Raises:
            RevisionNotFoundError, AmbiguousRevisionError: It means no commit, or several.
        """
        return Snapshot(self._parts, revisions.resolve(self._parts, revision))

    @translated("read history")
    def log(
        self,
        revision: str = "HEAD",
        *,
        name: str | None = None,
        limit: int | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        first_parent: bool = False,
    ) -> list[Commit]:
        """List the commits that lead to `revision`, newest first; none before the first commit.

        `name` leaves those that changed this document, `since` and `until` (aware datetimes or
        RFC 3339) those made then.
        """
        return log.log(
            self._parts, revision, name=name, limit=limit, since=since, until=until, first_parent=first_parent
        )

    @translated("read history")
    def history(self, name: str, revision: str = "HEAD") -> list[DocumentVersion]:
        """List what commits did to one document, newest first: created, updated, deleted, restored, merged.

        Raises:
            DocumentNotFoundError: No commit ever held it.
        """
        return log.history(self._parts, name, revision)

    @translated("read history")
    def blame(self, name: str, revision: str = "HEAD") -> dict[str, Commit]:
        """Give for each scalar of a document, by its JSON pointer, the commit that set it.

        Followed back through merges, through moves of list items, and through the steps between schema
        versions: what only a migration changed, nobody set.

        Raises:
            DocumentNotFoundError: The commit has no such document.
            RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
        """
        from muniment.repo import blaming

        return blaming.blame(self._parts, name, revision)

    @translated("compare")
    def diff(
        self, a: str = "HEAD", b: str = ":working", names: Iterable[str] | None = None, *, lifted: bool = False
    ) -> list[DocumentChange]:
        """List the documents that differ between two revisions, `:working` being the files as they are now.

        `lifted=True` compares documents of different schema versions at one version: what people
        changed, without what the steps did.
        """
        return diff.diff(self._parts, a, b, names, lifted=lifted)

    @translated("read history")
    def show(self, revision: str = "HEAD") -> tuple[Commit, list[DocumentChange]]:
        """Give one commit and what it changed against its first parent."""
        commit = revisions.resolve(self._parts, revision)
        return commit, diff.of_commit(self._parts, commit)

    @translated("roll back")
    def rollback(
        self, to: str, *, names: Iterable[str] | None = None, reason: str, author: str | None = None
    ) -> Commit:
        """Commit the documents as they were at `to`, all or those in `names`; history stays.

        Raises:
            DirtyDocumentError: A file that it would replace has uncommitted edits.
            NothingToCommitError: They are as they were.
        """
        return rollback.rollback(self._parts, to, names=names, reason=reason, author=author)

    @translated("restore")
    def restore(self, names: Iterable[str], revision: str = "HEAD") -> None:
        """Discard edits: bring the working files of `names` back to what `revision` holds; history stays.

        A document that `revision` does not hold is deleted.

        Raises:
            DocumentNotFoundError: One of `names` is neither there nor a working file.
        """
        restore.restore(self._parts, names, revision)
