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
    ConflictNotFoundError,
    CorruptionError,
    DirtyDocumentError,
    DivergedError,
    DocumentChangedError,
    DocumentExistsError,
    DocumentInvalidError,
    DocumentNotFoundError,
    ForeignHookError,
    GitError,
    GitFailedError,
    GitMissingError,
    HashMismatchError,
    IncompleteHistoryError,
    InvalidNameError,
    InvalidValueError,
    LockTimeoutError,
    MalformedError,
    MergeConflictError,
    MergeError,
    MergeInProgressError,
    MigrationFailedError,
    MigrationMissingError,
    MissingAuthorError,
    MunimentError,
    NoMergeError,
    NotAStoreError,
    NoteNotFoundError,
    NotFoundError,
    NothingToCommitError,
    NotInRepositoryError,
    ObjectNotFoundError,
    PlaceChangedError,
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
    UndoError,
    UnrelatedHistoriesError,
    UnsupportedFormatError,
)
from muniment.repo.branches import Branch, Branches, BranchInfo
from muniment.repo.checking import DocumentFault
from muniment.repo.compare import Comparison
from muniment.repo.document_change import DocumentChange
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
from muniment.values.operation import Operation

if TYPE_CHECKING:
    from muniment import git, lens, overrides
    from muniment.repo.kinds import KindReport
    from muniment.repo.merge_rule_verbs import MergeRuleVerbs
    from muniment.repo.merging.merge_result import Conflicted, FastForward, Merged, MergeResult, UpToDate
    from muniment.repo.merging.unfinished import MergeUnderWay
    from muniment.repo.migrating import Migrated
    from muniment.repo.schema_verbs import SchemaVerbs
    from muniment.schema.merge_rules import MergeRules
    from muniment.schema.schema import Schema
    from muniment.values.conflict import Conflict

_LATER = {
    "Conflict": "muniment.values.conflict",
    "Conflicted": "muniment.repo.merging.merge_result",
    "FastForward": "muniment.repo.merging.merge_result",
    "KindReport": "muniment.repo.kinds",
    "MergeResult": "muniment.repo.merging.merge_result",
    "MergeRuleVerbs": "muniment.repo.merge_rule_verbs",
    "MergeRules": "muniment.schema.merge_rules",
    "MergeUnderWay": "muniment.repo.merging.unfinished",
    "Merged": "muniment.repo.merging.merge_result",
    "Migrated": "muniment.repo.migrating",
    "Schema": "muniment.schema.schema",
    "SchemaVerbs": "muniment.repo.schema_verbs",
    "UpToDate": "muniment.repo.merging.merge_result",
    "git": "muniment.git",
    "lens": "muniment.lens",
    "overrides": "muniment.overrides",
}
"""What not every program needs, and where it is: start-up is spared it."""


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
    "Conflict",
    "ConflictNotFoundError",
    "Conflicted",
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
    "FastForward",
    "Finding",
    "ForeignHookError",
    "GitError",
    "GitFailedError",
    "GitMissingError",
    "HashMismatchError",
    "IncompleteHistoryError",
    "InvalidNameError",
    "InvalidValueError",
    "KindReport",
    "LockTimeoutError",
    "MalformedError",
    "MergeConflictError",
    "MergeError",
    "MergeInProgressError",
    "MergeResult",
    "MergeRuleVerbs",
    "MergeRules",
    "MergeUnderWay",
    "Merged",
    "Migrated",
    "MigrationFailedError",
    "MigrationMissingError",
    "MissingAuthorError",
    "MunimentError",
    "NoMergeError",
    "NotAStoreError",
    "NotFoundError",
    "NotInRepositoryError",
    "Note",
    "NoteNotFoundError",
    "Notes",
    "NothingToCommitError",
    "ObjectNotFoundError",
    "Operation",
    "PlaceChangedError",
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
    "UndoError",
    "UnrelatedHistoriesError",
    "UnsupportedFormatError",
    "UpToDate",
    "WorkingSnapshot",
    "git",
    "lens",
    "overrides",
]
