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
│   ├── TagNotFoundError
│   ├── NoteNotFoundError
│   └── RevisionNotFoundError
├── DocumentExistsError
├── TagExistsError
├── InvalidNameError
├── InvalidValueError             not a JSON value that can be stored
├── AmbiguousRevisionError
├── ConcurrencyError
│   ├── LockTimeoutError
│   ├── StaleHeadError
│   ├── DivergedError
│   ├── BranchSwitchedError
│   ├── DirtyDocumentError
│   └── DocumentChangedError
├── CorruptionError
│   ├── HashMismatchError
│   ├── MalformedError
│   └── IncompleteHistoryError    a head of several was brought without its history
├── SchemaError
│   ├── SchemaInvalidError        a schema, step or lens is declared wrongly
│   ├── MigrationMissingError     no steps lead there
│   │   └── SchemaMajorMismatchError
│   └── DocumentInvalidError
│       └── MigrationFailedError  a step does not suit the document
├── MergeError
│   ├── MergeInProgressError      one has to be continued or aborted first
│   ├── MergeConflictError        conflicts have to be settled first
│   ├── ConflictNotFoundError
│   ├── PlaceChangedError         the file was edited where a side is to be put
│   ├── NoMergeError              none is under way
│   └── UnrelatedHistoriesError
├── UndoError                     nothing to undo or redo, or not any more
├── BranchExistsError
├── BranchInUseError
├── GitError
│   ├── GitMissingError           no program git
│   ├── GitFailedError            it refused
│   ├── NotInRepositoryError      no host repository around the store
│   └── ForeignHookError          a hook that cannot be added to
├── NothingToCommitError
└── MissingAuthorError
```
"""

from muniment.errors.branching import BranchExistsError, BranchInUseError, IncompleteHistoryError
from muniment.errors.committing import MissingAuthorError, NothingToCommitError
from muniment.errors.concurrency import (
    BranchSwitchedError,
    ConcurrencyError,
    DirtyDocumentError,
    DivergedError,
    DocumentChangedError,
    LockTimeoutError,
    StaleHeadError,
)
from muniment.errors.content import (
    CorruptionError,
    DocumentInvalidError,
    HashMismatchError,
    InvalidValueError,
    MalformedError,
    SchemaError,
)
from muniment.errors.git import (
    ForeignHookError,
    GitError,
    GitFailedError,
    GitMissingError,
    NotInRepositoryError,
)
from muniment.errors.lookup import (
    AmbiguousRevisionError,
    BranchNotFoundError,
    DocumentExistsError,
    DocumentNotFoundError,
    InvalidNameError,
    NoteNotFoundError,
    NotFoundError,
    ObjectNotFoundError,
    RevisionNotFoundError,
    TagExistsError,
    TagNotFoundError,
)
from muniment.errors.merging import (
    ConflictNotFoundError,
    MergeConflictError,
    MergeError,
    MergeInProgressError,
    NoMergeError,
    PlaceChangedError,
    UndoError,
    UnrelatedHistoriesError,
)
from muniment.errors.migration import (
    MigrationFailedError,
    MigrationMissingError,
    SchemaInvalidError,
    SchemaMajorMismatchError,
)
from muniment.errors.root import MunimentError
from muniment.errors.store import (
    NotAStoreError,
    StorageError,
    StoreClosedError,
    StoreError,
    StoreExistsError,
    UnsupportedFormatError,
)

__all__ = [
    "AmbiguousRevisionError",
    "BranchExistsError",
    "BranchInUseError",
    "BranchNotFoundError",
    "BranchSwitchedError",
    "ConcurrencyError",
    "ConflictNotFoundError",
    "CorruptionError",
    "DirtyDocumentError",
    "DivergedError",
    "DocumentChangedError",
    "DocumentExistsError",
    "DocumentInvalidError",
    "DocumentNotFoundError",
    "ForeignHookError",
    "GitError",
    "GitFailedError",
    "GitMissingError",
    "HashMismatchError",
    "IncompleteHistoryError",
    "InvalidNameError",
    "InvalidValueError",
    "LockTimeoutError",
    "MalformedError",
    "MergeConflictError",
    "MergeError",
    "MergeInProgressError",
    "MigrationFailedError",
    "MigrationMissingError",
    "MissingAuthorError",
    "MunimentError",
    "NoMergeError",
    "NotAStoreError",
    "NotFoundError",
    "NotInRepositoryError",
    "NoteNotFoundError",
    "NothingToCommitError",
    "ObjectNotFoundError",
    "PlaceChangedError",
    "RevisionNotFoundError",
    "SchemaError",
    "SchemaInvalidError",
    "SchemaMajorMismatchError",
    "StaleHeadError",
    "StorageError",
    "StoreClosedError",
    "StoreError",
    "StoreExistsError",
    "TagExistsError",
    "TagNotFoundError",
    "UndoError",
    "UnrelatedHistoriesError",
    "UnsupportedFormatError",
]
