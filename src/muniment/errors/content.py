"""Errors about what is stored, or was to be stored."""

from muniment.errors.root import MunimentError


class InvalidValueError(MunimentError):
    """A value or text is not JSON that can be stored.

    `pointer` (RFC 6901) is the place in a value, `offset` the byte position in a text; the one
    that does not apply is None.
    """

    def __init__(self, reason: str, *, pointer: str | None = None, offset: int | None = None) -> None:
        self.reason = reason
        self.pointer = pointer
        self.offset = offset
        super().__init__(f"{reason}{_place(pointer, offset)}")


def _place(pointer: str | None, offset: int | None) -> str:
    at_pointer = "" if pointer is None else f" at {pointer or 'the top'}"
    at_offset = "" if offset is None else f" at byte {offset}"
    return at_pointer + at_offset


class CorruptionError(MunimentError):
    """Stored bytes are not what was written: run `repair`, with a copy of the store if there is one."""


class HashMismatchError(CorruptionError):
    """The bytes at `path` do not hash to the `expected` name but to `found`."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        self.path = path
        self.expected = expected
        self.found = found
        super().__init__(
            f"{path}: damaged (its bytes hash to {found[:16]}); run `muniment repair`, or restore it from a copy"
        )


class MalformedError(CorruptionError):
    """The file at `path` breaks the format: `reason`."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: malformed ({reason}); run `muniment repair`")


class SchemaError(MunimentError):
    """A document and its description do not fit."""


class DocumentInvalidError(SchemaError):
    """Document `name` is not valid: not JSON that can be stored, or not of the type asked for.

    The file at `path` is wrong at `pointer` (RFC 6901), which is byte `offset` and, as an editor shows it,
    `line` and `column` from 1. Where a field is missing, they are the place of the object that lacks it. Each is
    None where it does not apply: a value that was to be written has neither file nor lines. The file was not
    touched: mend it and retry.
    """

    def __init__(
        self,
        name: str,
        reason: str,
        *,
        path: str | None = None,
        pointer: str | None = None,
        offset: int | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.name = name
        self.reason = reason
        self.path = path
        self.pointer = pointer
        self.offset = offset
        self.line = line
        self.column = column
        super().__init__(f"{name}: {self.fault}; {self._remedy()}")

    def _remedy(self) -> str:
        return f"mend {self.path or 'the value'} and retry"

    @property
    def fault(self) -> str:
        """What is wrong and where, in words: `Expected int, got str at /port (line 3, column 11)`."""
        if self.line is None:
            return self.reason + _place(self.pointer, self.offset)
        place = f"line {self.line}, column {self.column}"
        return self.reason + (f" at {place}" if self.pointer is None else f"{_place(self.pointer, None)} ({place})")
