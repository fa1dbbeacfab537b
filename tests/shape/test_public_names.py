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
