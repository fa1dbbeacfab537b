"""The public names of the package are a promise: one is added here on purpose, or not at all."""

import muniment
from muniment import errors

PUBLIC_NAMES = [
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


def test_public_names_are_pinned():
    """`muniment` offers these names and no others."""
    assert sorted(muniment.__all__) == PUBLIC_NAMES


def test_public_names_are_there():
    """Every name that is offered can be had."""
    assert [name for name in PUBLIC_NAMES if not hasattr(muniment, name)] == []


def test_every_error_is_public():
    """A caller can catch any error that Muniment raises by a name of the package."""
    raised = {name for name in vars(errors) if name.endswith("Error")}
    assert raised - set(PUBLIC_NAMES) == set()
