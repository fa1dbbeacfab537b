"""What a command's exit code says to the script that called it."""

from enum import IntEnum

import muniment


class ExitCode(IntEnum):
    """The codes that scripts may rely on; `docs/reference/cli.md` tells what to do about each."""

    DONE = 0
    NO = 1
    USAGE = 2
    NOT_FOUND = 3
    RETRY = 4
    CORRUPT = 5
    INVALID = 6
    REFUSED = 7
    BUG = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141


_FIRST_FITTING: tuple[tuple[type[Exception], ExitCode], ...] = (
    (muniment.ObjectNotFoundError, ExitCode.CORRUPT),
    (muniment.CorruptionError, ExitCode.CORRUPT),
    (muniment.NotFoundError, ExitCode.NOT_FOUND),
    (muniment.NotAStoreError, ExitCode.NOT_FOUND),
    (muniment.NotInRepositoryError, ExitCode.NOT_FOUND),
    (muniment.AmbiguousRevisionError, ExitCode.NOT_FOUND),
    (muniment.ConflictNotFoundError, ExitCode.NOT_FOUND),
    (muniment.DanglingReferenceError, ExitCode.NOT_FOUND),
    (muniment.BadSignatureError, ExitCode.NO),
    (muniment.ClockError, ExitCode.CORRUPT),
    (muniment.LedgerError, ExitCode.INVALID),
    (muniment.PlaceChangedError, ExitCode.INVALID),
    (muniment.ConcurrencyError, ExitCode.RETRY),
    (muniment.InvalidCursorError, ExitCode.INVALID),
    (muniment.InvalidNameError, ExitCode.INVALID),
    (muniment.InvalidValueError, ExitCode.INVALID),
    (muniment.SchemaError, ExitCode.INVALID),
    (RecursionError, ExitCode.INVALID),
    (muniment.MissingAuthorError, ExitCode.USAGE),
    (muniment.StoreExistsError, ExitCode.NO),
    (muniment.BackupRefusedError, ExitCode.NO),
    (muniment.CopyRefusedError, ExitCode.NO),
    (muniment.StoreClosedError, ExitCode.BUG),
    (muniment.StoreError, ExitCode.REFUSED),
    (muniment.ForeignHookError, ExitCode.NO),
    (muniment.GitError, ExitCode.REFUSED),
    (muniment.SigningError, ExitCode.REFUSED),
    (OSError, ExitCode.REFUSED),
    (MemoryError, ExitCode.REFUSED),
    (muniment.MunimentError, ExitCode.NO),
)


def of_error(kind: type[BaseException]) -> ExitCode:
    """Give the code of a class of errors; of one that nobody foresaw, `BUG`."""
    return next((code for known, code in _FIRST_FITTING if issubclass(kind, known)), ExitCode.BUG)
