"""Any number of documents, one commit: all or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from muniment.errors import DocumentChangedError, DocumentExistsError, DocumentNotFoundError, InvalidValueError
from muniment.errors.system import translated
from muniment.history import tree
from muniment.repo import committing, conversion, replacing
from muniment.repo.assembling import Draft
from muniment.repo.document_locks import MOST_AT_ONCE, Hold
from muniment.repo.merging import one_head
from muniment.repo.parts import Parts
from muniment.values import canonical
from muniment.values import names as grammar
from muniment.values.ids import BlobId, TreeId
from muniment.values.names import DocumentName
from muniment.values.objects import Commit


class _LockedMeanwhile(Exception):  # noqa: N818 - a signal within this file, no error
    """A document that was to be written without its lock has one now."""


class Transaction:
    """Documents to be written, edited and deleted together when the `with` block ends well.

    What it reads stays locked against other writers until the block ends, so a value computed
    from it is never based on an older one; what it only writes is locked at the end. If the block
    raises, nothing happens, but that a branch that had diverged may have been reconciled when it began. Belongs to one
    thread and one `with` block.

    Raises:
        InvalidValueError: It is used outside its block, or for a second one.
    """

    def __init__(self, parts: Parts, intent: committing.Intent) -> None:
        self._hold = Hold(parts.locks)
        self._entered = self._open = False
        self._parts = parts
        self._intent = intent
        self._worktree = bool(intent.is_checked_out)
        self._seen: dict[DocumentName, BlobId | None] = {}
        self._left: dict[DocumentName, bool] = {}
        self._written: dict[DocumentName, bytes | None] = {}
        self._whole: set[DocumentName] = set()
        """What was written on top of a known document, or of none: it needs nothing more of the head's."""
        self.commit: Commit | None = None
        """The commit that the block made, once it has ended."""

    @translated("begin a transaction")
    def __enter__(self) -> Self:
        """Begin; nothing is locked yet."""
        if self._entered:
            raise InvalidValueError("a transaction is used for one `with` block: make another")
        one_head.ensure(self._parts, self._intent.branch)
        self._entered = self._open = True
        return self

    @translated("commit")
    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Commit, unless the block raised, and let other writers go on."""
        try:
            if kind is None:
                self.commit = self._commit()
        finally:
            self._open = False
            self._hold.let_go()

    def _check(self, name: str) -> DocumentName:
        if not self._open:
            raise InvalidValueError("a transaction is used in its `with` block")
        return grammar.document_name(name)

    def _commit(self) -> Commit:
        blind = self._written.keys() - self._seen.keys()
        while True:
            locked = self._parts.locks.ever_taken(blind)
            if self._worktree and len(blind) > MOST_AT_ONCE:
                locked = blind  # one lock stands for all
            with suppress(_LockedMeanwhile), self._parts.locks.exclusive(locked):
                return committing.commit(self._parts, self._intent, self._compose_unless_locked(blind - locked))

    def _compose_unless_locked(self, free: set[DocumentName]) -> committing.Composer:
        """Compose only if the documents that were written without a lock still have none.

        A lock has no file until it is first taken; and whoever takes it first waits once for the
        store before reading (`DocumentLocks.acquire`). So nobody can be computing from what this replaces, and
        a file less is made for each document.
        """

        def compose(base: TreeId) -> Draft:
            if self._parts.locks.ever_taken(free):
                raise _LockedMeanwhile
            return self._compose(base)

        return compose

    @translated("read")
    def read(self, name: str, type: type[Any] | None = None) -> Any:  # noqa: A002 - the interface's own word
        """Read a document as this transaction leaves it, and lock it against other writers.

        Raises:
            DocumentNotFoundError: There is none on the branch, or this transaction deleted it.
            LockTimeoutError: Somebody edits it for longer than the store waits: retry.
        """
        checked = self._check(name)
        if checked in self._written:
            blob = self._written[checked]
            if blob is None:
                raise DocumentNotFoundError(name, "this transaction")
            return conversion.decode(self._parts, checked, blob, type)
        blob_id = self._look_at(checked)
        if blob_id is None:
            raise DocumentNotFoundError(name, f"branch {self._intent.branch}")
        return conversion.decode(self._parts, checked, self._parts.history.blob(blob_id), type)

    @translated("look for a document")
    def exists(self, name: str) -> bool:
        """Tell whether a document is there as this transaction leaves it, and lock it."""
        checked = self._check(name)
        if checked in self._written:
            return self._written[checked] is not None
        return self._look_at(checked) is not None

    @translated("write")
    def write(self, name: str, value: object) -> None:
        """Replace a document, or make it.

        Raises:
            DocumentInvalidError: The value cannot be stored; it says where.
        """
        checked = self._check(name)
        new = conversion.encode(self._parts, checked, value)
        self._written[checked] = self._on_top(checked, new)

    def _on_top(self, name: DocumentName, new: bytes) -> bytes:
        """Give a new value with what its type does not know of the document, as far as this transaction saw it."""
        if self._parts.schemas.governing(name) is None:
            return new
        if name in self._written:
            return conversion.carried(self._parts, name, self._written[name], new)
        if name in self._seen:
            self._refuse_other_steps(name)
            self._whole.add(name)
            return conversion.carried(self._parts, name, self._blob(self._seen[name]), new)
        return new

    def create(self, name: str, value: object) -> None:
        """Make a document that must not exist yet.

        Raises:
            DocumentExistsError: There is one; use `write` to replace it.
        """
        if self.exists(name):
            raise DocumentExistsError(name)
        self.write(name, value)

    def update(self, name: str, function: Callable[[Any], Any]) -> Any:
        """Replace a document by what `function` makes of its value, and give that."""
        value = function(self.read(name))
        self.write(name, value)
        return value

    @contextmanager
    def edit(self, name: str) -> Iterator[Any]:
        """Lend a document's value to be changed in place; it is written when the inner block ends well."""
        value = self.read(name)
        before = self._encoded(name, value)
        yield value
        if self._encoded(name, value) != before:
            self.write(name, value)

    @translated("edit")
    def _encoded(self, name: str, value: object) -> bytes:
        return conversion.encode(self._parts, self._check(name), value)

    @translated("delete")
    def delete(self, name: str) -> None:
        """Delete a document.

        Raises:
            DocumentNotFoundError: There is none.
        """
        if not self.exists(name):
            raise DocumentNotFoundError(name, f"branch {self._intent.branch}")
        checked = grammar.document_name(name)
        self._written[checked] = None
        self._whole.add(checked)

    def _look_at(self, name: DocumentName) -> BlobId | None:
        """Lock a document and find its blob at the head; refuse one whose working file has edits."""
        if name not in self._seen:
            self._hold.take(name)
            try:
                root = self._parts.tree_of(self._parts.head(self._intent.branch))
                blob_id = tree.lookup(self._parts.history.node, root, name)
                if self._worktree:
                    replacing.refuse_dirty(self._parts, {name: blob_id}, {})
            except BaseException:
                self._parts.locks.release(name)
                raise
            self._seen[name] = blob_id
            self._left[name] = self._is_left(blob_id, name)
        return self._seen[name]

    def _is_left(self, blob_id: BlobId | None, name: DocumentName) -> bool:
        data = self._blob(blob_id)
        return data is not None and conversion.is_left(self._parts, name, data)

    def _refuse_other_steps(self, name: DocumentName) -> None:
        if self._is_left(self._seen[name], name) != self._left[name]:
            raise DocumentChangedError(name)

    def _compose(self, base: TreeId) -> Draft:
        found = {name: tree.lookup(self._parts.history.node, base, name) for name in self._seen | self._written}
        for name, blob_id in self._seen.items():
            if found[name] != blob_id:
                raise DocumentChangedError(name)
        blobs: dict[BlobId, bytes] = {}
        changes: dict[DocumentName, BlobId | None] = {}
        for name, new in self._written.items():
            data = None if new is None else self._completed(name, found[name], new)
            blob_id = None if data is None else BlobId(canonical.digest(data))
            if blob_id == found[name]:
                continue
            changes[name] = blob_id
            if data is not None and blob_id is not None:
                blobs[blob_id] = data
        self._parts.spellings.check_new(base, [name for name, after in changes.items() if after and not found[name]])
        committed = {name: found[name] for name in changes}
        replacements = replacing.replacements(self._parts, committed, changes) if self._worktree else []
        return Draft(blobs, changes, replacements)

    def _completed(self, name: DocumentName, before: BlobId | None, new: bytes) -> bytes:
        governed = self._parts.schemas.governing(name)
        if governed is None:
            return new
        if name in self._whole:
            self._parts.schemas.record(governed.kind)
            return new
        return conversion.completed(self._parts, name, self._blob(before), new)

    def _blob(self, blob_id: BlobId | None) -> bytes | None:
        return None if blob_id is None else self._parts.history.blob(blob_id)
