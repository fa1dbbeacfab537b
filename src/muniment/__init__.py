"""A file-based, versioned JSON store: documents are files, history is objects named by hash."""

from muniment import lens, overrides
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
    MigrationFailedError,
    MigrationMissingError,
    MissingAuthorError,
    MunimentError,
    NotAStoreError,
    NotFoundError,
    NothingToCommitError,
    ObjectNotFoundError,
    RevisionNotFoundError,
    SchemaError,
    SchemaInvalidError,
    SchemaMajorMismatchError,
    StaleHeadError,
    StorageError,
    StoreClosedError,
    StoreError,
    StoreExistsError,
    UnsupportedFormatError,
)
from muniment.repo.checking import DocumentFault
from muniment.repo.diff import DocumentChange
from muniment.repo.kinds import KindReport
from muniment.repo.log import DocumentVersion
from muniment.repo.migrating import Migrated
from muniment.repo.report import Finding, Report
from muniment.repo.schema_verbs import SchemaVerbs
from muniment.repo.snapshot import Snapshot
from muniment.repo.status import Status
from muniment.repo.store import Store
from muniment.repo.transaction import Transaction
from muniment.repo.working_snapshot import WorkingSnapshot
from muniment.schema.schema import Schema
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
    "DocumentFault",
    "DocumentInvalidError",
    "DocumentNotFoundError",
    "DocumentVersion",
    "Finding",
    "HashMismatchError",
    "InvalidNameError",
    "InvalidValueError",
    "KindReport",
    "LockTimeoutError",
    "MalformedError",
    "Migrated",
    "MigrationFailedError",
    "MigrationMissingError",
    "MissingAuthorError",
    "MunimentError",
    "NotAStoreError",
    "NotFoundError",
    "NothingToCommitError",
    "ObjectNotFoundError",
    "Report",
    "RevisionNotFoundError",
    "Schema",
    "SchemaError",
    "SchemaInvalidError",
    "SchemaMajorMismatchError",
    "SchemaVerbs",
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
    "lens",
    "overrides",
]
