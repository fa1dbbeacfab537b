"""What a JSON value is in Python, when two of them mean the same, and the mark of a value that is not there.

Limits: everything here recurses as deep as the value is nested, so it expects a value that passed the nesting
limit of `muniment.values.canonical`. NaN is not a JSON value and is equal to nothing, itself included.
"""

from collections.abc import Hashable
from enum import Enum
from typing import Final, TypeAlias

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None


class Absent(Enum):
    """The type of `ABSENT`; an enumeration, so that `is ABSENT` narrows types and copies stay the same object."""

    ABSENT = "ABSENT"

    def __repr__(self) -> str:
        """Show as the name that programs import."""
        return "ABSENT"


_SCALARS = frozenset({str, int, float, bool, type(None)})

ABSENT: Final = Absent.ABSENT
"""Nothing is there, which is not the same as null: a document before it was created, a side that deleted a name."""


def same(a: JsonValue | Absent, b: JsonValue | Absent) -> bool:
    """Tell whether two values mean the same: `1` and `1.0` do; `true` and `1`, null and `ABSENT` do not.

    The order of names in an object means nothing.
    """
    kind = type(a)
    if kind is type(b) and kind in _SCALARS:
        return a == b
    return a == b and _agree_on_booleans(a, b)


def _agree_on_booleans(a: JsonValue | Absent, b: JsonValue | Absent) -> bool:
    # Precondition: a == b, so the shapes are alike and only the lie `True == 1` can be hidden inside. Most of what is
    # inside are scalars of one type, which agree: no call for these, for this runs over all that did not change.
    if isinstance(a, dict) and isinstance(b, dict):
        for name, item in a.items():
            other = b[name]
            kind = type(item)
            if (kind is not type(other) or kind not in _SCALARS) and not _agree_on_booleans(item, other):
                return False
        return True
    if isinstance(a, list) and isinstance(b, list):
        for item, other in zip(a, b, strict=True):
            kind = type(item)
            if (kind is not type(other) or kind not in _SCALARS) and not _agree_on_booleans(item, other):
                return False
        return True
    return isinstance(a, bool) == isinstance(b, bool)


def fingerprint(value: JsonValue) -> Hashable:
    """Give a key for dicts and sets: two keys are equal exactly when the values are the `same`."""
    if isinstance(value, dict):
        return frozenset((name, fingerprint(item)) for name, item in value.items())
    if isinstance(value, list):
        return (list, *map(fingerprint, value))
    if isinstance(value, bool):
        return (bool, value)
    return value
