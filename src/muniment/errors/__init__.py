"""Every exception that Muniment raises.

All carry fields, derive their message from them, and say what to do next. None derives from
`ValueError`, `OSError` or `KeyError`, so an `except` clause for those never swallows one.

```
MunimentError
├── StoreError
│   ├── NotAStoreError            no store there
│   ├── StoreExistsError          there is one already
│   ├── StoreClosedError          used after `close`
│   ├── BackupRefusedError        no backup, and no restored store, can go there
│   ├── CopyRefusedError          no copy of this store is there, for repair to take from
│   ├── UnsupportedFormatError    written by a newer Muniment
│   └── StorageError              the disk said no: full, read-only, forbidden, gone
├── NotFoundError
│   ├── DocumentNotFoundError
│   ├── ObjectNotFoundError
│   ├── BlobNotFoundError
│   ├── BlobErasedError           removed for good: it tells by whom, when and why
│   ├── BranchNotFoundError
│   ├── TagNotFoundError
│   ├── NoteNotFoundError
│   ├── RevisionNotFoundError
│   ├── EntryNotFoundError
│   └── LedgerNotFoundError
├── DocumentExistsError
├── TagExistsError
├── InvalidNameError
├── InvalidValueError             not a JSON value that can be stored
├── AmbiguousRevisionError
├── InvalidCursorError            of another ledger or store, damaged, or newer
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
├── LedgerError
│   ├── DanglingReferenceError    an entry that it follows on is not there
│   ├── KeyReusedError            the key names an entry that says something else
│   ├── ClockError                a clock that no ledger reaches
│   └── BadSignatureError         a signature is missing, or does not vouch for it
├── PolicyError
│   └── BlobInUseError            still held by a head, a file or a merge
├── UndoError                     nothing to undo or redo, or not any more
├── BranchExistsError
├── BranchInUseError
├── GitError
│   ├── GitMissingError           no program git
│   ├── GitFailedError            it refused
│   ├── NotInRepositoryError      no host repository around the store
│   └── ForeignHookError          a hook that cannot be added to
├── SigningError
│   ├── SigningUnavailableError   a package is not installed
│   ├── KeyUnusableError          no key there, or none that can sign
│   ├── PassphraseError           missing, or wrong
│   ├── AgentError                ssh-agent does not answer, or refuses
│   └── AllowedSignersError       a line of the list cannot be read
├── NothingToCommitError
├── MissingAuthorError
└── AsyncUnavailableError         a package is not installed
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
from muniment.errors.ledger import (
    ClockError,
    DanglingReferenceError,
    EntryNotFoundError,
    KeyReusedError,
    LedgerError,
    LedgerNotFoundError,
)
from muniment.errors.lookup import (
    AmbiguousRevisionError,
    BlobErasedError,
    BlobNotFoundError,
    BranchNotFoundError,
    DocumentExistsError,
    DocumentNotFoundError,
    InvalidCursorError,
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
from muniment.errors.optional import AsyncUnavailableError
from muniment.errors.policy import BlobInUseError, PolicyError
from muniment.errors.root import MunimentError
from muniment.errors.signing import (
    AgentError,
    AllowedSignersError,
    BadSignatureError,
    KeyUnusableError,
    PassphraseError,
    SigningError,
    SigningUnavailableError,
)
from muniment.errors.store import (
    BackupRefusedError,
    CopyRefusedError,
    NotAStoreError,
    StorageError,
    StoreClosedError,
    StoreError,
    StoreExistsError,
    UnsupportedFormatError,
)

__all__ = [
    "AgentError",
    "AllowedSignersError",
    "AmbiguousRevisionError",
    "AsyncUnavailableError",
    "BackupRefusedError",
    "BadSignatureError",
    "BlobErasedError",
    "BlobInUseError",
    "BlobNotFoundError",
    "BranchExistsError",
    "BranchInUseError",
    "BranchNotFoundError",
    "BranchSwitchedError",
    "ClockError",
    "ConcurrencyError",
    "ConflictNotFoundError",
    "CopyRefusedError",
    "CorruptionError",
    "DanglingReferenceError",
    "DirtyDocumentError",
    "DivergedError",
    "DocumentChangedError",
    "DocumentExistsError",
    "DocumentInvalidError",
    "DocumentNotFoundError",
    "EntryNotFoundError",
    "ForeignHookError",
    "GitError",
    "GitFailedError",
    "GitMissingError",
    "HashMismatchError",
    "IncompleteHistoryError",
    "InvalidCursorError",
    "InvalidNameError",
    "InvalidValueError",
    "KeyReusedError",
    "KeyUnusableError",
    "LedgerError",
    "LedgerNotFoundError",
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
    "PassphraseError",
    "PlaceChangedError",
    "PolicyError",
    "RevisionNotFoundError",
    "SchemaError",
    "SchemaInvalidError",
    "SchemaMajorMismatchError",
    "SigningError",
    "SigningUnavailableError",
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
