"""Choose, of all that a JSON Schema refuses in a document, the one fault to tell, and tell it in plain words.

The validating library gives every fault with the keyword that refused; a union that fits nowhere as one fault, with
those of each of its branches inside.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from muniment.errors import InvalidValueError
from muniment.values import canonical, pointer

MASK = "\ufffc"  # stands for the value in the library's messages, which may be the whole document

_SHOWN_LENGTH = 60
_REASON_LENGTH = 200
_OPTIONS_SHOWN = 8
_AT_THE_END = math.inf
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_UNIONS = ("anyOf", "oneOf")
_Tokens = tuple[str | int, ...]


class _Fault(NamedTuple):
    """One thing refused, at a place; `expected` are the types or values that would have been taken there."""

    tokens: _Tokens
    keyword: str
    reason: str
    expected: tuple[str, ...] = ()


def first(value: object, errors: Iterable[Any]) -> tuple[str, str]:
    """Give the pointer and the reason of the fault that a reader of `value` meets first; there has to be one."""
    found = min((fault for error in errors for fault in _faults(error)), key=lambda fault: _position(value, fault))
    return pointer.join([str(token) for token in found.tokens]), found.reason[:_REASON_LENGTH]


def shown(value: Any) -> str:
    """Write a value for a message: scalars as JSON, cut where they are long; of containers only what they are."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    try:
        text = canonical.encode(value).decode()
    except InvalidValueError:
        text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"


def _position(value: Any, fault: _Fault) -> tuple[float, ...]:
    """Tell where in the text of `value` a fault is met: what is missing, at the end of its object."""
    place: list[float] = []
    here = value
    for token in fault.tokens:
        step = str(token) if isinstance(here, dict) else token  # the library takes a name of digits for an index
        place.append(list(here).index(step) if isinstance(here, dict) else float(step))
        here = here[step]
    return (*place, _AT_THE_END) if fault.keyword == "required" else tuple(place)


def _faults(error: Any) -> list[_Fault]:
    """Tell one error of the library: names that are unknown become a fault each, a union that of its best branch."""
    here, kind, keyword = tuple(error.instance_path), error.kind, error.kind.name
    value = error.instance
    if keyword in ("additionalProperties", "unevaluatedProperties"):
        return [_Fault((*here, name), keyword, f"unknown name {shown(name)}") for name in kind.unexpected]
    if keyword == "propertyNames":
        name = kind.error.instance
        return [_Fault((*here, name), keyword, f"as a name: {fault.reason}") for fault in _faults(kind.error)]
    if keyword in _UNIONS and any(kind.context):
        return [_of_union(here, value, [list(errors) for errors in kind.context])]
    return [_plain(here, keyword, kind, value, error.message)]


def _plain(here: _Tokens, keyword: str, kind: Any, value: Any, message: str) -> _Fault:
    match keyword:
        case "required":
            return _Fault(here, keyword, f"{shown(kind.property)} is missing")
        case "type":
            return _unexpected(here, keyword, value, [_TYPES[name] for name in kind.types])
        case "enum":
            return _unexpected(here, keyword, value, [shown(option) for option in kind.options])
        case "const":
            return _unexpected(here, keyword, value, [shown(kind.expected_value)])
        case "falseSchema":
            return _Fault(here, keyword, "nothing is allowed here")
        case "format" | "pattern":
            return _Fault(here, keyword, f"{shown(value)} {message}")
        case _:
            return _Fault(here, keyword, message.replace(MASK, shown(value)))


def _unexpected(here: _Tokens, keyword: str, value: Any, expected: Sequence[str]) -> _Fault:
    wanted = list(dict.fromkeys(expected))
    listed = wanted if len(wanted) <= _OPTIONS_SHOWN else [*wanted[:_OPTIONS_SHOWN], f"{len(wanted)} values in all"]
    one_of = " or ".join(filter(None, (", ".join(listed[:-1]), listed[-1]))) if listed else "nothing"
    return _Fault(here, keyword, f"expected {one_of}, not {shown(value)}", tuple(wanted))


def _of_union(here: _Tokens, value: Any, branches: list[list[Any]]) -> _Fault:
    """Find the branch that was meant, by the JSON type and then by the tag; the union's place if neither tells."""
    told = [[fault for error in errors for fault in _faults(error)] for errors in branches]
    meant = [faults for faults in told if not any(_is_other_type(here, fault) for fault in faults)]
    if not meant:
        types = [name for faults in told for fault in faults if _is_other_type(here, fault) for name in fault.expected]
        return _unexpected(here, "type", value, types)
    tags = [_tag_fault(here, faults) for faults in meant]
    if len(meant) > 1 and None not in tags:
        return _of_tags(here, value, [tag for tag in tags if tag is not None])
    chosen = [faults for faults, tag in zip(meant, tags, strict=True) if tag is None] if len(meant) > 1 else meant
    shared = [fault for fault in chosen[0] if all(fault in faults for faults in chosen)]
    if not shared:
        return _Fault(here, "anyOf", f"{shown(value)} fits none of the {len(chosen)} forms that are possible here")
    return min(shared, key=lambda fault: _position(value, fault._replace(tokens=fault.tokens[len(here) :])))


def _is_other_type(here: _Tokens, fault: _Fault) -> bool:
    return fault.keyword == "type" and fault.tokens == here


def _tag_fault(here: _Tokens, faults: list[_Fault]) -> _Fault | None:
    """Give the fault of a member of the object here that has to have one certain value: most likely, a tag."""
    for fault in faults:
        certain = len(fault.expected) == 1 and fault.keyword in ("enum", "const")
        if (certain or fault.keyword == "tag") and len(fault.tokens) == len(here) + 1:
            return fault
    return None


def _of_tags(here: _Tokens, value: Any, tags: list[_Fault]) -> _Fault:
    if len({tag.tokens for tag in tags}) > 1:
        return _Fault(here, "anyOf", f"{shown(value)} fits none of the {len(tags)} forms that are possible here")
    name = tags[0].tokens[-1]
    return _unexpected(tags[0].tokens, "tag", value[name], [text for tag in tags for text in tag.expected])
