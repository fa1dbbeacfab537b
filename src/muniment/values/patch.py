"""JSON Patch: apply a list of operations to a JSON value, all of them or none.

The result shares with the old value, and with the operations, every part that did not change: treat them as
frozen. Members of an operation that RFC 6902 does not know are ignored, as it asks.

Source: RFC 6902. Beyond it: removing `""` gives `ABSENT`, and adding `""` to `ABSENT` gives a value, so that
a patch can also tell of a document that came or went.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from muniment.errors import InvalidValueError
from muniment.values import pointer
from muniment.values.json_value import Absent, JsonValue, same


def apply(value: JsonValue | Absent, operations: Sequence[Mapping[str, Any]]) -> JsonValue | Absent:
    """Give what `value` becomes by the operations, one after the other; `value` itself stays as it is.

    `ABSENT` is the result only of an operation that removes `""`.

    Raises:
        InvalidValueError: An operation is malformed, names a place that is not there, or tests for another
            value. The reason gives its number, from 1: make the patch anew from the present value.
    """
    for number, operation in enumerate(operations, start=1):
        try:
            value = _applied(value, operation)
        except InvalidValueError as error:
            what = f"operation {number} of {len(operations)} ({operation.get('op', 'without op')})"
            raise InvalidValueError(f"{what}: {error.reason}", pointer=error.pointer) from error
    return value


def _applied(value: JsonValue | Absent, operation: Mapping[str, Any]) -> JsonValue | Absent:
    path = _place(operation, "path")
    match operation.get("op"):
        case "add":
            return pointer.insert_at(value, path, _operand(operation))
        case "remove":
            return pointer.remove_at(value, path)
        case "replace":
            pointer.get(value, path)
            return pointer.set_at(value, path, _operand(operation))
        case "move":
            return _moved(value, _place(operation, "from"), path)
        case "copy":
            return pointer.insert_at(value, path, pointer.get(value, _place(operation, "from")))
        case "test":
            return _tested(value, path, _operand(operation))
        case unknown:
            raise InvalidValueError(f"no operation is called {unknown!r}", pointer=path)


def _moved(value: JsonValue | Absent, source: str, path: str) -> JsonValue:
    if path.startswith(source + "/"):
        raise InvalidValueError(f"cannot move {source or 'the whole value'} into itself", pointer=path)
    item = pointer.get(value, source)
    return pointer.insert_at(pointer.remove_at(value, source), path, item)


def _tested(value: JsonValue | Absent, path: str, expected: JsonValue) -> JsonValue | Absent:
    if not same(pointer.get(value, path), expected):
        raise InvalidValueError("the value is not the expected one", pointer=path)
    return value


def _place(operation: Mapping[str, Any], member: str) -> str:
    place = operation.get(member)
    if isinstance(place, str):
        return place
    raise InvalidValueError(f"{member!r} must be a pointer")


def _operand(operation: Mapping[str, Any]) -> JsonValue:
    if "value" not in operation:
        raise InvalidValueError("'value' is missing", pointer=operation["path"])
    operand: JsonValue = operation["value"]
    return operand
