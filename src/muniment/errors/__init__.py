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
│   └── RevisionNotFoundError
├── DocumentExistsError
├── InvalidNameError
├── InvalidValueError             not a JSON value that can be stored
├── AmbiguousRevisionError
├── ConcurrencyError
│   ├── LockTimeoutError
│   ├── StaleHeadError
│   ├── DivergedError
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
├── NothingToCommitError
└── MissingAuthorError
```
"""

from muniment.errors.committing import MissingAuthorError, NothingToCommitError
from muniment.errors.concurrency import (
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
    NotFoundError,
    ObjectNotFoundError,
    RevisionNotFoundError,
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
    "BranchNotFoundError",
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
    "UnsupportedFormatError",
]
