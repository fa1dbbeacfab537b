"""One id type for each kind of object, so that a commit id is never taken for a blob id.

An id is the SHA-256 of an object's canonical bytes, written as 64 lower-case hex digits. At run
time it is a plain `str`; the types exist for the type checker.

Format: docs/format/objects.md.
"""

from typing import NewType

BlobId = NewType("BlobId", str)
TreeId = NewType("TreeId", str)
CommitId = NewType("CommitId", str)
TagId = NewType("TagId", str)

ID_LENGTH = 64
SHORTEST_PREFIX = 8

_HEX = frozenset("0123456789abcdef")


def is_id(text: str) -> bool:
    """Tell whether `text` is written like a whole id."""
    return len(text) == ID_LENGTH and _HEX.issuperset(text)


def is_prefix(text: str) -> bool:
    """Tell whether `text` may abbreviate an id: 8 to 64 lower-case hex digits."""
    return SHORTEST_PREFIX <= len(text) <= ID_LENGTH and _HEX.issuperset(text)
