"""What a migration would lose, kept in the object that it was taken from.

Some lenses have no place at the other schema version for what they find: a field that is removed, the second item
of a list that becomes a scalar. They keep it in the reserved member `schema_kept` of the same object, under the
name of the step, and the way back finds it there. So it moves, is copied, edited around and deleted with its object,
as any field that a program does not know.

Format: docs/format/schemas.md, "What a step keeps".
"""

from typing import Any

from muniment.errors import InvalidValueError
from muniment.values.json_value import ABSENT, Absent, JsonValue

KEPT = "schema_kept"
"""The member that holds what was kept: `{"1.1>1.2:0": value}`, the step and the lens's place in it."""

IN_TEXT = f'"{KEPT}"'.encode()
"""How the member shows in any JSON text that does not hide it by escapes, which canonical and pretty text never do."""


def keep(frame: dict[str, Any], key: str, value: JsonValue) -> None:
    """Keep `value` in an object.

    Raises:
        InvalidValueError: Somebody wrote something else where it is kept.
    """
    kept = frame.setdefault(KEPT, {})
    if not isinstance(kept, dict):
        raise InvalidValueError("expected an object, which Muniment writes itself", pointer=f"/{KEPT}")
    kept[key] = value


def take(frame: dict[str, Any], key: str) -> JsonValue | Absent:
    """Take back what an object keeps under `key`; `ABSENT` where it keeps nothing."""
    kept = frame.get(KEPT)
    if not isinstance(kept, dict) or key not in kept:
        return ABSENT
    value: JsonValue = kept.pop(key)
    if not kept:
        del frame[KEPT]
    return value


def without(value: Any) -> Any:
    """Give a value without anything that is kept in it, at any depth: `value` itself where nothing is.

    A member of that name which is no object stays, to be found at fault.
    """
    return _without(value) if _holds(value) else value


def _holds(value: Any) -> bool:
    """Tell whether something is kept anywhere; level by level, because most documents keep nothing."""
    level = [value]
    while level:
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                if KEPT in item:
                    return True
                below += item.values()
            elif kind is list:
                below += item
        level = below
    return False


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(item) for name, item in value.items() if name != KEPT or type(item) is not dict}
    if isinstance(value, list):
        return [_without(item) for item in value]
    return value
