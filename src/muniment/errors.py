"""Every exception that Muniment raises.

All carry fields, derive their message from them, and say what to do next. None derives from
`ValueError`, `OSError` or `KeyError`, so an `except` clause for those never swallows one.

```
MunimentError
├── StoreError
│   ├── NotAStoreError            no store there
│   ├── StoreExistsError          there is one already
│   ├── StoreClosedError          used after `close`
│   ├── UnsupportedFormatError    written by a newer Muniment
│   └── StorageError              the disk said no: full, read-only, forbidden, gone
├── NotFoundError
│   ├── DocumentNotFoundError
│   ├── ObjectNotFoundError
│   ├── BranchNotFoundError
│   └── RevisionNotFoundError
├── DocumentExistsError
├── InvalidNameError
├── InvalidValueError             not a JSON value that can be stored
├── AmbiguousRevisionError
├── ConcurrencyError
│   ├── LockTimeoutError
│   ├── StaleHeadError
│   ├── DivergedError
│   ├── DirtyDocumentError
│   └── DocumentChangedError
├── CorruptionError
│   ├── HashMismatchError
│   └── MalformedError
├── SchemaError
│   └── DocumentInvalidError
├── NothingToCommitError
└── MissingAuthorError
```
"""

import errno as _errno
from collections.abc import Callable, Sequence


class MunimentError(Exception):
    """The root of every error that Muniment raises on purpose."""

    def __reduce__(self) -> tuple[Callable[..., "MunimentError"], tuple[object, ...]]:
        """Travel between processes whole: an error raised in a worker keeps its fields."""
        return _revive, (type(self), self.args, self.__dict__)


def _revive(kind: type[MunimentError], args: tuple[object, ...], fields: dict[str, object]) -> MunimentError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(fields)
    return error


class StoreError(MunimentError):
    """Something about the store as a whole."""


class NotAStoreError(StoreError):
    """There is no store at `path`: run `muniment init` there, or name another folder."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: no store here; make one with `muniment init`, or name its folder")


class StoreExistsError(StoreError):
    """There is a store at `path` already: open it instead."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: a store exists already; open it instead of making it")


class StoreClosedError(StoreError):
    """The store at `path` was closed by its owner: open it again."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: this store was closed; open it again")


class UnsupportedFormatError(StoreError):
    """The store was written by a newer Muniment: upgrade this program; nothing was touched."""

    def __init__(self, path: str, found: str, supported: str) -> None:
        self.path = path
        self.found = found
        self.supported = supported
        super().__init__(f"{path}: {found}, but this program supports {supported}; upgrade muniment (nothing was touched)")


_REMEDIES = {
    _errno.ENOSPC: "free some space and retry",
    _errno.EDQUOT: "free some space and retry",
    _errno.EACCES: "check the permissions of the folder and retry",
    _errno.EPERM: "check the permissions of the folder and retry",
    _errno.EROFS: "the medium is read-only: reading works, writing needs another place",
    _errno.EMFILE: "too many files are open: close some, or raise the limit (ulimit -n)",
    _errno.ENFILE: "too many files are open on this machine: close some",
    _errno.ENOENT: "the folder is gone: restore it, then run `muniment verify`",
    _errno.ENAMETOOLONG: "use a shorter name",
    _errno.EIO: "the disk reported a fault: check it, reopen the store, run `muniment verify`",
}


class StorageError(StoreError):
    """The operating system refused `operation` on `path`; what was acknowledged before is safe.

    `errno` is the system's number (0 where there is none) and `reason` its text.
    """

    def __init__(self, operation: str, path: str, reason: str, errno: int = 0) -> None:
        self.operation = operation
        self.path = path
        self.reason = reason
        self.errno = errno
        remedy = _REMEDIES.get(errno, "see to the cause, then retry")
        super().__init__(f"{path}: cannot {operation}: {reason}; {remedy}")

    @classmethod
    def of(cls, error: OSError, operation: str, path: str) -> "StorageError":
        """The same refusal as an error of ours; the caller writes `raise ... from error`."""
        return cls(operation, str(error.filename or path), error.strerror or str(error), error.errno or 0)


class NotFoundError(MunimentError):
    """Something that was named is not there."""


class DocumentNotFoundError(NotFoundError):
    """No document `name` in `where` (the working files, or a commit)."""

    def __init__(self, name: str, where: str = "the working files") -> None:
        self.name = name
        self.where = where
        super().__init__(f"{name}: no such document in {where}; see `muniment status` or `Store.names()`")


class ObjectNotFoundError(NotFoundError):
    """No object `id` is stored: the history is incomplete, or the id is from another store."""

    def __init__(self, id: str) -> None:  # noqa: A002 - the field's own word
        self.id = id
        super().__init__(f"{id}: no such object; run `muniment verify`")


class BranchNotFoundError(NotFoundError):
    """No branch `branch`."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        super().__init__(f"{branch}: no such branch")


class RevisionNotFoundError(NotFoundError):
    """`revision` names no commit."""

    def __init__(self, revision: str, reason: str = "names no branch, tag or commit") -> None:
        self.revision = revision
        self.reason = reason
        super().__init__(f"{revision}: {reason}; see `muniment log`")


class DocumentExistsError(MunimentError):
    """`create` found a document of that name: use `write` to replace it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name}: this document exists already; use `write` to replace it")


class InvalidNameError(MunimentError):
    """`name` cannot name a `kind` (document, branch, author, ...), because of `reason`."""

    def __init__(self, kind: str, name: str, reason: str) -> None:
        self.kind = kind
        self.name = name
        self.reason = reason
        super().__init__(f"{name!r} cannot name a {kind}: {reason}")


class InvalidValueError(MunimentError):
    """A value or text is not JSON that can be stored.

    `pointer` (RFC 6901) is the place in a value, `offset` the byte position in a text; the one
    that does not apply is None.
    """

    def __init__(self, reason: str, *, pointer: str | None = None, offset: int | None = None) -> None:
        self.reason = reason
        self.pointer = pointer
        self.offset = offset
        super().__init__(f"{reason}{_place(pointer, offset)}")


def _place(pointer: str | None, offset: int | None) -> str:
    at_pointer = "" if pointer is None else f" at {pointer or 'the top'}"
    at_offset = "" if offset is None else f" at byte {offset}"
    return at_pointer + at_offset


class AmbiguousRevisionError(MunimentError):
    """Several objects begin with `revision`: give more digits."""

    def __init__(self, revision: str, candidates: Sequence[str]) -> None:
        self.revision = revision
        self.candidates = tuple(candidates)
        super().__init__(f"{revision}: could be {', '.join(c[:16] for c in self.candidates)}; give more digits")


class ConcurrencyError(MunimentError):
    """Somebody else was there first: look again and retry."""


class LockTimeoutError(ConcurrencyError):
    """`resource` stayed locked for `timeout_s` seconds; `holder` says by whom, where it is known."""

    def __init__(self, resource: str, timeout_s: float, holder: str | None) -> None:
        self.resource = resource
        self.timeout_s = timeout_s
        self.holder = holder
        by = f" by {holder}" if holder else ""
        super().__init__(f"{resource}: locked{by} for more than {timeout_s:g} s; retry when it is done")


class StaleHeadError(ConcurrencyError):
    """The head of `branch` is not `expected` any more but `found`: read it again and retry."""

    def __init__(self, branch: str, expected: str | None, found: str | None) -> None:
        self.branch = branch
        self.expected = expected
        self.found = found
        super().__init__(f"{branch}: the head moved from {expected or 'nothing'} to {found or 'nothing'}; read it again and retry")


class DivergedError(ConcurrencyError):
    """Branch `branch` has several `heads`: name one of the commits by its id."""

    def __init__(self, branch: str, heads: Sequence[str]) -> None:
        self.branch = branch
        self.heads = tuple(heads)
        super().__init__(f"{branch}: diverged into {', '.join(h[:16] for h in self.heads)}; name one of them by its id")


class DirtyDocumentError(ConcurrencyError):
    """Uncommitted edits of `names` would be lost: commit or discard them first."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.name = self.names[0]
        super().__init__(f"{', '.join(self.names)}: uncommitted edits would be lost; commit or discard them first")


class DocumentChangedError(ConcurrencyError):
    """Another program replaced `name` while it was being edited here: nothing was written; retry."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name}: changed by another program meanwhile; nothing was written, read it again and retry")


class CorruptionError(MunimentError):
    """Stored bytes are not what was written: run `verify`."""


class HashMismatchError(CorruptionError):
    """The bytes at `path` do not hash to the `expected` name but to `found`."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        self.path = path
        self.expected = expected
        self.found = found
        super().__init__(f"{path}: damaged (its bytes hash to {found[:16]}); restore it from a copy and run `muniment verify`")


class MalformedError(CorruptionError):
    """The file at `path` breaks the format: `reason`."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: malformed ({reason}); restore it from a copy and run `muniment verify`")


class SchemaError(MunimentError):
    """A document and its description do not fit."""


class DocumentInvalidError(SchemaError):
    """Document `name` is not valid: not JSON that can be stored, or not of the type asked for.

    `pointer` (RFC 6901) or `offset` (bytes) is the place, `path` the file, each None where it
    does not apply. The file was not touched: mend it and retry.
    """

    def __init__(
        self, name: str, reason: str, *, path: str | None = None, pointer: str | None = None, offset: int | None = None
    ) -> None:
        self.name = name
        self.reason = reason
        self.path = path
        self.pointer = pointer
        self.offset = offset
        super().__init__(f"{name}: {reason}{_place(pointer, offset)}; mend {path or 'the value'} and retry")


class NothingToCommitError(MunimentError):
    """Nothing differs from the head of `branch`; pass `allow_empty=True` to commit all the same."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        super().__init__(f"{branch}: nothing to commit; no document differs from the head")


class MissingAuthorError(MunimentError):
    """A change needs an author: pass `author=`, or open the store with one."""

    def __init__(self) -> None:
        super().__init__("no author; pass author='Name <mail>', or set MUNIMENT_AUTHOR or git's user.name and user.email")
