"""One document that differs between two sides."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from muniment.errors import ObjectNotFoundError
from muniment.errors.system import translated
from muniment.values import canonical, flat_diff, json_diff
from muniment.values.ids import BlobId
from muniment.values.json_value import ABSENT, Absent, JsonValue

Side: TypeAlias = bytes | BlobId | None
"""What a document was: its canonical bytes, or the id under which they are stored, or None where it was not there."""


BlobReader: TypeAlias = Callable[[BlobId], bytes]


@translated("read history")
def bytes_of(side: Side, read: BlobReader) -> bytes | None:
    """Give the canonical bytes of a side, read from the objects if they are there."""
    return read(BlobId(side)) if isinstance(side, str) else side


def _stored_nowhere(blob_id: BlobId) -> bytes:
    raise ObjectNotFoundError(blob_id)


class DocumentChange:
    """One document that differs: `name`, and whether it was `added`, `removed` or `changed`.

    The values are read and decoded when they are asked for, anew each time, so they are the caller's own. They
    stay what they were when the sides were compared, whatever is committed or written later, and can be read
    when the store was closed.
    """

    __slots__ = ("_after", "_before", "_read", "change", "name")

    def __init__(self, name: str, before: Side, after: Side, read: BlobReader = _stored_nowhere) -> None:
        self.name = name
        self.change: Literal["added", "removed", "changed"] = (
            "added" if before is None else "removed" if after is None else "changed"
        )
        self._before = before
        self._after = after
        self._read = read

    @property
    def before(self) -> JsonValue | Absent:
        """The old value; `ABSENT` where the document was added."""
        return self._value(self._before)

    @property
    def after(self) -> JsonValue | Absent:
        """The new value; `ABSENT` where the document was removed."""
        return self._value(self._after)

    @property
    def patch(self) -> list[dict[str, Any]]:
        """The RFC 6902 operations that make the new value of the old one."""
        return json_diff.diff(self.before, self.after)

    def guarded(self) -> list[dict[str, Any]]:
        """Give the patch with a `test` before each removal and replacement, so it fails on another value."""
        return json_diff.diff(self.before, self.after, guarded=True)

    def flat(self) -> dict[str, dict[str, Any]]:
        """Give `{"added": {path: value}, "removed": {path: value}, "changed": {path: {"before", "after"}}}`.

        Paths are written `limits.max`, `forms[0].fields[2]`.
        """
        return flat_diff.flat(self.before, self.after)

    def _value(self, side: Side) -> JsonValue | Absent:
        data = bytes_of(side, self._read)
        return ABSENT if data is None else canonical.decode_trusted(data)

    def __repr__(self) -> str:
        """Say what happened to which document."""
        return f"<DocumentChange {self.change} {self.name}>"
