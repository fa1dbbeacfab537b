"""A value that no document has: it stands in a merge base where the common ancestors disagree about what was there.

So whatever the sides have there counts as changed by both.

Format: docs/format/merging.md, "The base".
"""

from typing import Final

from muniment.values import canonical
from muniment.values.json_value import ABSENT, Absent, JsonValue

UNSETTLED: Final = "\ufdd0 the common ancestors disagree here 6fb0a3f2d1c94e57b8e2ad5d0c7f1963"
"""Begins with what Unicode sets apart for no text at all."""

DOCUMENT: Final = canonical.encode(UNSETTLED)
"""A document about which they disagree as a whole."""


def told(value: JsonValue | Absent) -> JsonValue | Absent:
    """Give what people are shown of a base: nothing where the common ancestors disagree."""
    if isinstance(value, dict):
        shown = {name: told(item) for name, item in value.items()}
        return {name: item for name, item in shown.items() if item is not ABSENT}
    if isinstance(value, list):
        return [item for item in map(told, value) if item is not ABSENT]
    return ABSENT if value == UNSETTLED else value


def is_in(value: JsonValue | Absent) -> bool:
    """Tell whether the common ancestors disagree about some of a value, or all of it."""
    if isinstance(value, dict):
        return any(map(is_in, value.values()))
    if isinstance(value, list):
        return any(map(is_in, value))
    return value == UNSETTLED
