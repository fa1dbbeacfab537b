"""The store as programs use it: opens it, wires its parts, and hands each verb to the file that does it."""

import os
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, overload

from muniment.errors import NotAStoreError, StoreClosedError
from muniment.files.layout import Layout, find_root
from muniment.repo import commit as committing_files
from muniment.repo import creation, diff, documents, log, revisions, rollback, status, verify
from muniment.repo.committing import Intent
from muniment.repo.diff import DocumentChange
from muniment.repo.log import DocumentVersion
from muniment.repo.parts import Parts
from muniment.repo.report import Report
from muniment.repo.snapshot import Snapshot
from muniment.repo.status import Status
from muniment.repo.system_errors import translated
from muniment.repo.transaction import Transaction
from muniment.repo.working_snapshot import WorkingSnapshot
from muniment.values import names as grammar
from muniment.values.objects import Commit

T = TypeVar("T")
Path = str | os.PathLike[str]


class Store:
    """A folder of JSON documents with their whole history beside them.

    Make one with `init`, `open` or `find`, not with the constructor. It may be shared between
    threads, used by any number of processes at once, and used on after a fork. Leaving its `with`
    block, or the end of the program, closes it.

    Every verb may raise `StorageError`, when the system refuses something; what was acknowledged
    before is safe then, and nothing is half done.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._finalizer = weakref.finalize(self, parts.close)

    @classmethod
    @translated("make a store")
    def init(cls, path: Path, *, author: str | None = None) -> Self:
        """Make a store in the folder `path`; JSON files that lie there show in `status` as added.

        Raises:
            StoreExistsError: There is one already: open it.
        """
        creation.make(Layout(path))
        return cls.open(path, author=author)

    @classmethod
    @translated("open the store")
    def open(
        cls,
        path: Path,
        *,
        author: str | None = None,
        lock_timeout_s: float = 30.0,
        durability: Literal["full", "os"] = "full",
    ) -> Self:
        """Open the store in the folder `path`; reads one small file, and nothing is written.

        `author` stands for changes that name none. `lock_timeout_s` is how long to wait for other
        programs before `LockTimeoutError`. With `durability="os"` no commit waits for the disk:
        what was acknowledged survives the end of this program, but perhaps not that of the
        machine, and after a power cut the store may need `verify` and a copy.

        Raises:
            NotAStoreError: There is no store: make one with `init`.
            UnsupportedFormatError: A newer Muniment made it: upgrade; nothing was touched.
        """
        layout = Layout(path)
        found = creation.read_format(layout)
        return cls(
            Parts(
                layout,
                author=None if author is None else grammar.author(author),
                lock_timeout_s=lock_timeout_s,
                sync=durability == "full",
                default_branch=found.default_branch,
            )
        )

    @classmethod
    def find(cls, start: Path = ".", *, author: str | None = None, lock_timeout_s: float = 30.0) -> Self:
        """Open the store in `start` or the nearest folder above it; errors as for `open`."""
        root = find_root(start)
        if root is None:
            raise NotAStoreError(os.path.abspath(start))
        return cls.open(root, author=author, lock_timeout_s=lock_timeout_s)

    @property
    def path(self) -> str:
        """The folder of the store, absolute."""
        return self._parts.layout.root

    @property
    def branch(self) -> str:
        """The branch that is checked out: `commit` moves its head."""
        return self._parts.selected_branch()

    def close(self) -> None:
        """Make everything durable that still waits for it, and close all files; harmless twice."""
        self._finalizer()
        self._parts = _Closed(self._parts.layout)

    def __enter__(self) -> Self:
        """Use the store for the length of a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Say where it is."""
        return f"<Store {self.path}>"

    # Working documents.

    @overload
    def read(self, name: str, type: None = None, *, locked: bool = False) -> Any: ...  # noqa: A002
    @overload
    def read(self, name: str, type: type[T], *, locked: bool = False) -> T: ...  # noqa: A002
    @translated("read")
    def read(self, name: str, type: type[Any] | None = None, *, locked: bool = False) -> Any:  # noqa: A002
        """Read a working document: a plain JSON value, or a `type` that msgspec understands.

        Takes no lock, because files are only ever replaced whole. `locked=True` waits until nobody
        edits the document.

        Raises:
            DocumentNotFoundError: There is none of that name.
            DocumentInvalidError: The file is not JSON that can be stored, or does not fit the type.
        """
        return documents.read(self._parts, name, type, locked=locked)

    @translated("write")
    def write(self, name: str, value: object) -> None:
        """Replace a document, or make it: atomically, durably, pretty and sorted.

        Raises:
            DocumentInvalidError: The value cannot be stored; it says where.
            InvalidNameError: Nothing can be stored under that name; it says why.
            LockTimeoutError: Somebody edits the document for too long: retry.
        """
        documents.write(self._parts, name, value)

    @translated("create")
    def create(self, name: str, value: object) -> None:
        """Make a document; `DocumentExistsError` if it is there. Other errors as for `write`."""
        documents.create(self._parts, name, value)

    @translated("update")
    def update(self, name: str, function: Callable[[Any], Any]) -> Any:
        """Replace a document by `function(value)`, under its lock, and give the new value.

        Errors as for `read` and `write`; `DocumentChangedError` as for `edit`.
        """
        return documents.update(self._parts, name, function)

    def edit(self, name: str) -> AbstractContextManager[Any]:
        """Lend a document's value to a `with` block, under its exclusive lock; written back if it changed.

        If the block raises, nothing is written. Other documents stay free.

        Raises:
            DocumentNotFoundError, DocumentInvalidError, LockTimeoutError: As for `read` and `write`.
            DocumentChangedError: Somebody replaced the file by hand meanwhile: theirs stays, retry.
        """
        return documents.edit(self._parts, name)

    @translated("delete")
    def delete(self, name: str) -> None:
        """Delete a document's file; history keeps what was committed. Errors as for `read`."""
        documents.delete(self._parts, name)

    @translated("list documents")
    def names(self, prefix: str = "") -> list[str]:
        """List the working documents whose names begin with `prefix`, in ascending order."""
        return sorted(self._parts.storage.scanner.names(prefix))

    @translated("look for a document")
    def exists(self, name: str) -> bool:
        """Tell whether there is a working document of that name, valid or not."""
        return documents.exists(self._parts, name)

    def snapshot(self) -> WorkingSnapshot:
        """Read several working documents as of one moment, in a `with` block; waits for their editors."""
        return WorkingSnapshot(self._parts)

    # History.

    @translated("compare with the head")
    def status(self) -> Status:
        """Tell which documents were added, changed or removed since the head, and which are invalid."""
        return status.status(self._parts)

    @translated("commit")
    def commit(  # noqa: PLR0913
        self,
        message: str,
        *,
        author: str | None = None,
        names: Iterable[str] | None = None,
        allow_empty: bool = False,
        meta: Mapping[str, Any] | None = None,
    ) -> Commit:
        """Commit the working documents that differ from the head, all or those in `names`.

        Raises:
            NothingToCommitError: None differs; `allow_empty=True` commits all the same.
            DocumentInvalidError: A file is no valid document: mend it, or name the others.
            MissingAuthorError: Neither this call nor the store names one.
        """
        return committing_files.commit_working_files(
            self._parts, message, author=author, names=names, allow_empty=allow_empty, meta=meta
        )

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

        All or nothing. The working files follow if `branch` is the one checked out and `worktree`
        is true; `worktree=False` leaves them alone.

        Raises:
            DirtyDocumentError: A working file that it would replace has uncommitted edits.
            NothingToCommitError: The block changed nothing.
            LockTimeoutError, DivergedError, MissingAuthorError: See there; nothing happened.
        """
        chosen = self._parts.selected_branch() if branch is None else self._parts.existing_branch(branch)
        intent = Intent(
            verb="transaction",
            branch=chosen,
            message=message,
            author=self._parts.author_of(author),
            meta=meta or {},
        )
        return Transaction(self._parts, intent, worktree=worktree)

    @translated("read history")
    def at(self, revision: str) -> Snapshot:
        """Give the documents of one commit, read-only: a branch, `HEAD~3`, an id, `main@{time}`.

        Raises:
            RevisionNotFoundError, AmbiguousRevisionError: It means no commit, or several.
        """
        return Snapshot(self._parts.history, revisions.resolve(self._parts, revision))

    @translated("read history")
    def log(  # noqa: PLR0913
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

    @translated("compare")
    def diff(self, a: str = "HEAD", b: str = ":working", names: Iterable[str] | None = None) -> list[DocumentChange]:
        """List the documents that differ between two revisions, `:working` being the files as they are now."""
        return diff.diff(self._parts, a, b, names)

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

    @translated("verify")
    def verify(self) -> Report:
        """Check every object's hash, every reference, every head, the journal and the working files."""
        return verify.verify(self._parts)


class _Closed(Parts):
    """Stands in for the parts of a closed store: any use says so."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def __getattr__(self, name: str) -> Any:
        raise StoreClosedError(self.layout.root)
