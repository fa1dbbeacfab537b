"""A file-based, versioned JSON store: documents are files, history is objects named by hash."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from muniment.errors import (
    AgentError,
    AllowedSignersError,
    AmbiguousRevisionError,
    AsyncUnavailableError,
    BadSignatureError,
    BlobErasedError,
    BlobInUseError,
    BlobNotFoundError,
    BranchExistsError,
    BranchInUseError,
    BranchNotFoundError,
    BranchSwitchedError,
    ClockError,
    ConcurrencyError,
    ConflictNotFoundError,
    CorruptionError,
    DanglingReferenceError,
    DirtyDocumentError,
    DivergedError,
    DocumentChangedError,
    DocumentExistsError,
    DocumentInvalidError,
    DocumentNotFoundError,
    EntryNotFoundError,
    ForeignHookError,
    GitError,
    GitFailedError,
    GitMissingError,
    HashMismatchError,
    IncompleteHistoryError,
    InvalidCursorError,
    InvalidNameError,
    InvalidValueError,
    KeyReusedError,
    KeyUnusableError,
    LedgerError,
    LedgerNotFoundError,
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
    PassphraseError,
    PlaceChangedError,
    PolicyError,
    RevisionNotFoundError,
    SchemaError,
    SchemaInvalidError,
    SchemaMajorMismatchError,
    SigningError,
    SigningUnavailableError,
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
from muniment.repo.signatures import BadSignature, GoodSignature, NoSignature, UnknownSigner
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
    from muniment.ledger.following import Subscription
    from muniment.ledger.ledger import Ledger
    from muniment.ledger.tail import Tail
    from muniment.repo.kinds import KindReport
    from muniment.repo.merge_rule_verbs import MergeRuleVerbs
    from muniment.repo.merging.merge_result import Conflicted, FastForward, Merged, MergeResult, UpToDate
    from muniment.repo.merging.unfinished import MergeUnderWay
    from muniment.repo.migrating import Migrated
    from muniment.repo.policies import Policies
    from muniment.repo.schema_verbs import SchemaVerbs
    from muniment.repo.signatures import SignatureState
    from muniment.schema.merge_rules import MergeRules
    from muniment.schema.schema import Schema
    from muniment.signing.allowed_signers import AllowedSigners, Verified
    from muniment.signing.signer import Signer
    from muniment.values.conflict import Conflict
    from muniment.values.cursor import Cursor
    from muniment.values.entry import ERASED, Entry
    from muniment.values.policy import Policy

_LATER = {
    "AllowedSigners": "muniment.signing.allowed_signers",
    "Conflict": "muniment.values.conflict",
    "Conflicted": "muniment.repo.merging.merge_result",
    "Cursor": "muniment.values.cursor",
    "ERASED": "muniment.values.entry",
    "Entry": "muniment.values.entry",
    "FastForward": "muniment.repo.merging.merge_result",
    "KindReport": "muniment.repo.kinds",
    "Ledger": "muniment.ledger.ledger",
    "MergeResult": "muniment.repo.merging.merge_result",
    "MergeRuleVerbs": "muniment.repo.merge_rule_verbs",
    "MergeRules": "muniment.schema.merge_rules",
    "MergeUnderWay": "muniment.repo.merging.unfinished",
    "Merged": "muniment.repo.merging.merge_result",
    "Migrated": "muniment.repo.migrating",
    "Policies": "muniment.repo.policies",
    "Policy": "muniment.values.policy",
    "Schema": "muniment.schema.schema",
    "SchemaVerbs": "muniment.repo.schema_verbs",
    "SignatureState": "muniment.repo.signatures",
    "Signer": "muniment.signing.signer",
    "Subscription": "muniment.ledger.following",
    "Tail": "muniment.ledger.tail",
    "UpToDate": "muniment.repo.merging.merge_result",
    "Verified": "muniment.signing.allowed_signers",
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
    "ERASED",
    "AgentError",
    "AllowedSigners",
    "AllowedSignersError",
    "AmbiguousRevisionError",
    "AsyncUnavailableError",
    "BadSignature",
    "BadSignatureError",
    "BlobErasedError",
    "BlobInUseError",
    "BlobNotFoundError",
    "Branch",
    "BranchExistsError",
    "BranchInUseError",
    "BranchInfo",
    "BranchNotFoundError",
    "BranchSwitchedError",
    "Branches",
    "ClockError",
    "Commit",
    "Comparison",
    "ConcurrencyError",
    "Conflict",
    "ConflictNotFoundError",
    "Conflicted",
    "CorruptionError",
    "Cursor",
    "DanglingReferenceError",
    "DirtyDocumentError",
    "DivergedError",
    "DocumentChange",
    "DocumentChangedError",
    "DocumentExistsError",
    "DocumentFault",
    "DocumentInvalidError",
    "DocumentNotFoundError",
    "DocumentVersion",
    "Entry",
    "EntryNotFoundError",
    "FastForward",
    "Finding",
    "ForeignHookError",
    "GitError",
    "GitFailedError",
    "GitMissingError",
    "GoodSignature",
    "HashMismatchError",
    "IncompleteHistoryError",
    "InvalidCursorError",
    "InvalidNameError",
    "InvalidValueError",
    "KeyReusedError",
    "KeyUnusableError",
    "KindReport",
    "Ledger",
    "LedgerError",
    "LedgerNotFoundError",
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
    "NoSignature",
    "NotAStoreError",
    "NotFoundError",
    "NotInRepositoryError",
    "Note",
    "NoteNotFoundError",
    "Notes",
    "NothingToCommitError",
    "ObjectNotFoundError",
    "Operation",
    "PassphraseError",
    "PlaceChangedError",
    "Policies",
    "Policy",
    "PolicyError",
    "Report",
    "RevisionNotFoundError",
    "Schema",
    "SchemaError",
    "SchemaInvalidError",
    "SchemaMajorMismatchError",
    "SchemaVerbs",
    "SignatureState",
    "Signer",
    "SigningError",
    "SigningUnavailableError",
    "Snapshot",
    "StaleHeadError",
    "Status",
    "StorageError",
    "Store",
    "StoreClosedError",
    "StoreError",
    "StoreExistsError",
    "Subscription",
    "Tag",
    "TagExistsError",
    "TagNotFoundError",
    "Tags",
    "Tail",
    "Transaction",
    "UndoError",
    "UnknownSigner",
    "UnrelatedHistoriesError",
    "UnsupportedFormatError",
    "UpToDate",
    "Verified",
    "WorkingSnapshot",
    "git",
    "lens",
    "overrides",
]
