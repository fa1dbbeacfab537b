"""A file-based, versioned JSON store: documents are files, history is objects named by hash."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from muniment import errors
from muniment.errors import *  # noqa: F403 - all of them, and nothing else is there
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
    from muniment.repo.backup_report import BackupReport
    from muniment.repo.collecting import CollectReport
    from muniment.repo.kinds import KindReport
    from muniment.repo.merge_rule_verbs import MergeRuleVerbs
    from muniment.repo.merging.merge_result import Conflicted, FastForward, Merged, MergeResult, UpToDate
    from muniment.repo.merging.unfinished import MergeUnderWay
    from muniment.repo.migrating import Migrated
    from muniment.repo.policies import Policies
    from muniment.repo.repair_report import Mended, RepairReport
    from muniment.repo.schema_verbs import SchemaVerbs
    from muniment.repo.signatures import SignatureState
    from muniment.repo.stats import StoreStats
    from muniment.schema.merge_rules import MergeRules
    from muniment.schema.schema import Schema
    from muniment.signing.allowed_signers import AllowedSigners, Verified
    from muniment.signing.signer import Signer
    from muniment.storage.packing import PackReport
    from muniment.values.conflict import Conflict
    from muniment.values.cursor import Cursor
    from muniment.values.entry import ERASED, Entry
    from muniment.values.policy import Policy
    from muniment.values.watch_cursor import WatchCursor
    from muniment.watch.changes import (
        DocumentChanged,
        DocumentInvalid,
        HeadMoved,
        LedgerGrown,
        StoreDiverged,
        TagCreated,
    )
    from muniment.watch.watch import Watch

_LATER = {
    name: module
    for module, names in {
        "muniment.git": "git",
        "muniment.ledger.following": "Subscription",
        "muniment.ledger.ledger": "Ledger",
        "muniment.ledger.tail": "Tail",
        "muniment.lens": "lens",
        "muniment.overrides": "overrides",
        "muniment.repo.collecting": "CollectReport",
        "muniment.repo.backup_report": "BackupReport",
        "muniment.repo.kinds": "KindReport",
        "muniment.repo.merge_rule_verbs": "MergeRuleVerbs",
        "muniment.repo.merging.merge_result": "Conflicted FastForward MergeResult Merged UpToDate",
        "muniment.repo.merging.unfinished": "MergeUnderWay",
        "muniment.repo.migrating": "Migrated",
        "muniment.repo.policies": "Policies",
        "muniment.repo.repair_report": "Mended RepairReport",
        "muniment.repo.schema_verbs": "SchemaVerbs",
        "muniment.repo.signatures": "SignatureState",
        "muniment.repo.stats": "StoreStats",
        "muniment.storage.packing": "PackReport",
        "muniment.schema.merge_rules": "MergeRules",
        "muniment.schema.schema": "Schema",
        "muniment.signing.allowed_signers": "AllowedSigners Verified",
        "muniment.signing.signer": "Signer",
        "muniment.values.conflict": "Conflict",
        "muniment.values.cursor": "Cursor",
        "muniment.values.entry": "ERASED Entry",
        "muniment.values.policy": "Policy",
        "muniment.values.watch_cursor": "WatchCursor",
        "muniment.watch.changes": "DocumentChanged DocumentInvalid HeadMoved LedgerGrown StoreDiverged TagCreated",
        "muniment.watch.watch": "Watch",
    }.items()
    for name in names.split()
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
    "AllowedSigners",
    "BackupReport",
    "BadSignature",
    "Branch",
    "BranchInfo",
    "Branches",
    "CollectReport",
    "Commit",
    "Comparison",
    "Conflict",
    "Conflicted",
    "Cursor",
    "DocumentChange",
    "DocumentChanged",
    "DocumentFault",
    "DocumentInvalid",
    "DocumentVersion",
    "Entry",
    "FastForward",
    "Finding",
    "GoodSignature",
    "HeadMoved",
    "KindReport",
    "Ledger",
    "LedgerGrown",
    "Mended",
    "MergeResult",
    "MergeRuleVerbs",
    "MergeRules",
    "MergeUnderWay",
    "Merged",
    "Migrated",
    "NoSignature",
    "Note",
    "Notes",
    "Operation",
    "PackReport",
    "Policies",
    "Policy",
    "RepairReport",
    "Report",
    "Schema",
    "SchemaVerbs",
    "SignatureState",
    "Signer",
    "Snapshot",
    "Status",
    "Store",
    "StoreDiverged",
    "StoreStats",
    "Subscription",
    "Tag",
    "TagCreated",
    "Tags",
    "Tail",
    "Transaction",
    "UnknownSigner",
    "UpToDate",
    "Verified",
    "Watch",
    "WatchCursor",
    "WorkingSnapshot",
    "git",
    "lens",
    "overrides",
]
__all__ += errors.__all__
