"""A file-based, versioned JSON store: documents are files, history is objects named by hash."""

from muniment.errors import (
    AmbiguousRevisionError,
    BranchNotFoundError,
    ConcurrencyError,
    CorruptionError,
    DirtyDocumentError,
    DivergedError,
    DocumentChangedError,
    DocumentExistsError,
    DocumentInvalidError,
    DocumentNotFoundError,
    HashMismatchError,
    InvalidNameError,
    InvalidValueError,
    LockTimeoutError,
    MalformedError,
    MissingAuthorError,
    MunimentError,
    NotAStoreError,
    NotFoundError,
    NothingToCommitError,
    ObjectNotFoundError,
    RevisionNotFoundError,
    SchemaError,
    StaleHeadError,
    StorageError,
    StoreClosedError,
    StoreError,
    StoreExistsError,
    UnsupportedFormatError,
)
from muniment.repo.diff import DocumentChange
from muniment.repo.log import DocumentVersion
from muniment.repo.report import Finding, Report
from muniment.repo.snapshot import Snapshot
from muniment.repo.status import Status
from muniment.repo.store import Store
from muniment.repo.transaction import Transaction
from muniment.repo.working_snapshot import WorkingSnapshot
from muniment.values.json_value import ABSENT
from muniment.values.objects import Commit

__all__ = [
    "ABSENT",
    "AmbiguousRevisionError",
    "BranchNotFoundError",
    "Commit",
    "ConcurrencyError",
    "CorruptionError",
    "DirtyDocumentError",
    "DivergedError",
    "DocumentChange",
    "DocumentChangedError",
    "DocumentExistsError",
    "DocumentInvalidError",
    "DocumentNotFoundError",
    "DocumentVersion",
    "Finding",
    "HashMismatchError",
    "InvalidNameError",
    "InvalidValueError",
    "LockTimeoutError",
    "MalformedError",
    "MissingAuthorError",
    "MunimentError",
    "NotAStoreError",
    "NotFoundError",
    "NothingToCommitError",
    "ObjectNotFoundError",
    "Report",
    "RevisionNotFoundError",
    "SchemaError",
    "Snapshot",
    "StaleHeadError",
    "Status",
    "StorageError",
    "Store",
    "StoreClosedError",
    "StoreError",
    "StoreExistsError",
    "Transaction",
    "UnsupportedFormatError",
    "WorkingSnapshot",
]
