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
    """Stored bytes are not what was written: run `verify`."""


class HashMismatchError(CorruptionError):
    """The bytes at `path` do not hash to the `expected` name but to `found`."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        self.path = path
        self.expected = expected
        self.found = found
        super().__init__(
            f"{path}: damaged (its bytes hash to {found[:16]}); restore it from a copy and run `muniment verify`"
        )


class MalformedError(CorruptionError):
    """The file at `path` breaks the format: `reason`."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: malformed ({reason}); restore it from a copy and run `muniment verify`")


class SchemaError(MunimentError):
    """A document and its description do not fit."""


class DocumentInvalidError(SchemaError):
    """Document `name` is not valid: not JSON that can be stored, or not of the type asked for.

    `pointer` (RFC 6901) or `offset` (bytes) is the place, `path` the file, each None where it
    does not apply. The file was not touched: mend it and retry.
    """

    def __init__(
        self, name: str, reason: str, *, path: str | None = None, pointer: str | None = None, offset: int | None = None
    ) -> None:
        self.name = name
        self.reason = reason
        self.path = path
        self.pointer = pointer
        self.offset = offset
        super().__init__(f"{name}: {reason}{_place(pointer, offset)}; mend {path or 'the value'} and retry")
