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
│   └── MalformedError
├── SchemaError
│   ├── SchemaInvalidError        a schema, step or lens is declared wrongly
│   ├── MigrationMissingError     no steps lead there
│   │   └── SchemaMajorMismatchError
│   └── DocumentInvalidError
│       └── MigrationFailedError  a step does not suit the document
├── BranchExistsError
├── BranchInUseError
├── NothingToCommitError
└── MissingAuthorError
```
"""

from muniment.errors.branching import BranchExistsError, BranchInUseError
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
    "CorruptionError",
    "DirtyDocumentError",
    "DivergedError",
    "DocumentChangedError",
    "DocumentExistsError",
    "DocumentInvalidError",
    "DocumentNotFoundError",
    "HashMismatchError",
    "InvalidNameError",
    "InvalidValueError",
    "LockTimeoutError",
    "MalformedError",
    "MigrationFailedError",
    "MigrationMissingError",
    "MissingAuthorError",
    "MunimentError",
    "NotAStoreError",
    "NotFoundError",
    "NoteNotFoundError",
    "NothingToCommitError",
    "ObjectNotFoundError",
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
    "UnsupportedFormatError",
]
