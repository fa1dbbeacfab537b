"""Errors about a store as a whole, and about the system beneath it."""

import errno as _errno

from muniment.errors.root import MunimentError


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


class BackupRefusedError(StoreError):
    """No backup, nor a store that is restored, can go to `path`: name an empty folder, or an earlier backup of it."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}; nothing was touched: name another folder")


class CopyRefusedError(StoreError):
    """Repair takes nothing from `path`: name a copy of this store, or put one in its place if nothing is left of it."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}; name a copy of it, or put that in its place where nothing is left of it")


class UnsupportedFormatError(StoreError):
    """The store was written by a newer Muniment: upgrade this program; nothing was touched."""

    def __init__(self, path: str, found: str, supported: str) -> None:
        self.path = path
        self.found = found
        self.supported = supported
        super().__init__(
            f"{path}: {found}, but this program supports {supported}; upgrade muniment (nothing was touched)"
        )


_REMEDIES = {
    _errno.ENOSPC: "free some space and retry",
    _errno.EDQUOT: "free some space and retry",
    _errno.EACCES: "check the permissions of the folder and retry",
    _errno.EPERM: "check the permissions of the folder and retry",
    _errno.EROFS: "the medium is read-only: reading works, writing needs another place",
    _errno.EMFILE: "too many files are open: close some, or raise the limit (ulimit -n)",
    _errno.ENFILE: "too many files are open on this machine: close some",
    _errno.ENOENT: "it is not there: bring it back, or name another place",
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
        """The same refusal as an error of ours, of a rename's target; the caller writes `raise ... from error`."""
        place = error.filename2 or error.filename or path
        return cls(operation, str(place), error.strerror or str(error), error.errno or 0)
