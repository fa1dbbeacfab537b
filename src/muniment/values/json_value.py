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


ABSENT: Final = Absent.ABSENT
"""Nothing is there, which is not the same as null: a document before it was created, a side that deleted a name."""


def same(a: JsonValue | Absent, b: JsonValue | Absent) -> bool:
    """Tell whether two values mean the same: `1` and `1.0` do; `true` and `1`, null and `ABSENT` do not.

    The order of names in an object means nothing.
    """
    return a == b and _agree_on_booleans(a, b)


def _agree_on_booleans(a: JsonValue | Absent, b: JsonValue | Absent) -> bool:
    # Precondition: a == b, so the shapes are alike and only the lie `True == 1` can be hidden inside.
    if a is b or isinstance(a, str):
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return all(_agree_on_booleans(item, b[name]) for name, item in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return all(map(_agree_on_booleans, a, b))
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
