"""A file-based, versioned JSON store: documents are files, history is objects named by hash."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from muniment.errors import (
    AmbiguousRevisionError,
    BranchExistsError,
    BranchInUseError,
    BranchNotFoundError,
    BranchSwitchedError,
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
    NoteNotFoundError,
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
    TagExistsError,
    TagNotFoundError,
    UnsupportedFormatError,
)
from muniment.repo.branches import Branch, Branches, BranchInfo
from muniment.repo.checking import DocumentFault
from muniment.repo.compare import Comparison
from muniment.repo.diff import DocumentChange
from muniment.repo.log import DocumentVersion
from muniment.repo.notes import Notes
from muniment.repo.report import Finding, Report
from muniment.repo.snapshot import Snapshot
from muniment.repo.status import Status
from muniment.repo.store import Store
from muniment.repo.tags import Tags
from muniment.repo.transaction import Transaction
from muniment.repo.working_snapshot import WorkingSnapshot
from muniment.values.json_value import ABSENT
from muniment.values.note import Note
from muniment.values.objects import Commit, Tag

if TYPE_CHECKING:
    from muniment import lens, overrides
    from muniment.repo.kinds import KindReport
    from muniment.repo.migrating import Migrated
    from muniment.repo.schema_verbs import SchemaVerbs
    from muniment.schema.schema import Schema

_LATER = {
    "KindReport": "muniment.repo.kinds",
    "Migrated": "muniment.repo.migrating",
    "Schema": "muniment.schema.schema",
    "SchemaVerbs": "muniment.repo.schema_verbs",
    "lens": "muniment.lens",
    "overrides": "muniment.overrides",
}
"""What only programs with schemas need, and where it is: start-up is spared it."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_LATER[name])
    return getattr(module, name, module)


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "ABSENT",
    "AmbiguousRevisionError",
    "Branch",
    "BranchExistsError",
    "BranchInUseError",
    "BranchInfo",
    "BranchNotFoundError",
    "BranchSwitchedError",
    "Branches",
    "Commit",
    "Comparison",
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
    "Note",
    "NoteNotFoundError",
    "Notes",
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
    "Tag",
    "TagExistsError",
    "TagNotFoundError",
    "Tags",
    "Transaction",
    "UnsupportedFormatError",
    "WorkingSnapshot",
    "lens",
    "overrides",
]
