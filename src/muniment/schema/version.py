"""The schema version of a document: `major.minor`, which stands in the document itself.

Format: docs/format/schemas.md, "Reserved members".
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from muniment.errors import InvalidValueError

STAMP = "schema_version"
"""The member of a document that holds its schema version."""

_GRAMMAR = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")


class SchemaVersion(NamedTuple):
    """A schema version; ordered by number, so that 1.10 comes after 1.9."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Write it as it stands in documents."""
        return f"{self.major}.{self.minor}"


def schema_version(text: object) -> SchemaVersion:
    """Read a schema version from text.

    Raises:
        InvalidValueError: It is not text of the form `major.minor`.
    """
    if not isinstance(text, str):
        raise InvalidValueError(f'a schema version is text like "1.2", not {text!r:.40}', pointer=f"/{STAMP}")
    return _parsed(text)


@lru_cache(maxsize=256)
def _parsed(text: str) -> SchemaVersion:
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise InvalidValueError(f'a schema version is text like "1.2", not {text!r:.40}', pointer=f"/{STAMP}")
    return SchemaVersion(int(found[1]), int(found[2]))


def stamp_of(document: dict[str, Any]) -> SchemaVersion | None:
    """Give the schema version that a document says it has; None where it says nothing.

    Raises:
        InvalidValueError: What it says is no schema version; `pointer` is the place.
    """
    return schema_version(document[STAMP]) if STAMP in document else None
