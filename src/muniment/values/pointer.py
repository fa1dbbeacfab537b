"""JSON Pointer: name a place in a JSON value, read it, and make the value that differs there alone.

Nothing is changed in place. A new value shares every part that did not change with the old one, so treat
both as frozen, or copy before editing.

Source: RFC 6901; "-" and inserting as in RFC 6902, section 4.1.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from muniment.errors import InvalidValueError
from muniment.values.json_value import ABSENT, Absent, JsonValue

_BAD_ESCAPE = re.compile("~(?![01])")
_INDEX = re.compile("0|[1-9][0-9]{0,17}")  # bounded: int() of a very long text is slow, then an error
_AFTER_THE_LAST = "-"
_NAMES_SHOWN = 5
_SCALARS = {
    Absent: "a value that does not exist",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}

_Container = dict[str, JsonValue] | list[JsonValue]


def parse(text: str) -> tuple[str, ...]:
    """Split a pointer into its unescaped tokens; `""`, the whole value, has none.

    Raises:
        InvalidValueError: `text` is not a pointer. Begin it with "/" and write "~" as "~0".
    """
    if text and not text.startswith("/"):
        raise InvalidValueError(f'a pointer begins with "/", unlike {text!r}', pointer=text)
    if _BAD_ESCAPE.search(text):
        raise InvalidValueError('"~" in a pointer is written "~0", and "/" in a name "~1"', pointer=text)
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in text.split("/")[1:])


def join(tokens: Sequence[str]) -> str:
    """Write tokens as a pointer: the inverse of `parse`."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)


def get(value: JsonValue | Absent, text: str) -> JsonValue:
    """Give what is at `text`.

    Raises:
        InvalidValueError: Nothing is there; the reason names the token that is missing and what is there.
    """
    here = value
    for token in parse(text):
        here = _child(here, token, text)
    if here is ABSENT:
        raise InvalidValueError("there is no value", pointer=text)
    return here


def set_at(value: JsonValue | Absent, text: str, new: JsonValue) -> JsonValue:
    """Give `value` with `new` at `text`, replacing what was there.

    The last name of an object need not exist; the last index of a list must, or be "-", which appends.

    Raises:
        InvalidValueError: There is no such place. Set the container that is missing first.
    """
    tokens = parse(text)
    if not tokens:
        return new
    top, parent = _with_own_parent(value, tokens, text)
    if isinstance(parent, dict):
        parent[tokens[-1]] = new
    elif tokens[-1] == _AFTER_THE_LAST:
        parent.append(new)
    else:
        parent[_index(parent, tokens[-1], text)] = new
    return top


def insert_at(value: JsonValue | Absent, text: str, new: JsonValue) -> JsonValue:
    """Give `value` with `new` added at `text`: as `set_at`, but a list makes room instead of losing an item.

    The index may be the length of the list, which appends.

    Raises:
        InvalidValueError: There is no such place. Add the container that is missing first.
    """
    tokens = parse(text)
    if not tokens:
        return new
    top, parent = _with_own_parent(value, tokens, text)
    if isinstance(parent, dict):
        parent[tokens[-1]] = new
    elif tokens[-1] in (_AFTER_THE_LAST, str(len(parent))):
        parent.append(new)
    else:
        parent.insert(_index(parent, tokens[-1], text), new)
    return top


def remove_at(value: JsonValue | Absent, text: str) -> JsonValue | Absent:
    """Give `value` without what is at `text`; without all of itself, at `""`, it is `ABSENT`.

    Raises:
        InvalidValueError: Nothing is there to remove.
    """
    get(value, text)
    tokens = parse(text)
    if not tokens:
        return ABSENT
    top, parent = _with_own_parent(value, tokens, text)
    if isinstance(parent, dict):
        del parent[tokens[-1]]
    else:
        del parent[int(tokens[-1])]
    return top


def _with_own_parent(value: JsonValue | Absent, tokens: Sequence[str], text: str) -> tuple[JsonValue, _Container]:
    """Copy the containers on the way to the last token, and only those; give the first copy and the last."""
    top = parent = _copy(value, tokens[0], text)
    for token, following in pairwise(tokens):
        child = _copy(_child(parent, token, text), following, text)
        if isinstance(parent, dict):
            parent[token] = child
        else:
            parent[int(token)] = child
        parent = child
    return top, parent


def _copy(value: JsonValue | Absent, token: str, text: str) -> _Container:
    if isinstance(value, (dict, list)):
        return value.copy()
    raise _missing(value, token, text)


def _child(value: JsonValue | Absent, token: str, text: str) -> JsonValue:
    if isinstance(value, list):
        return value[_index(value, token, text)]
    if isinstance(value, dict) and token in value:
        return value[token]
    raise _missing(value, token, text)


def _index(items: list[JsonValue], token: str, text: str) -> int:
    if _INDEX.fullmatch(token) and int(token) < len(items):
        return int(token)
    raise _missing(items, token, text)


def _missing(value: JsonValue | Absent, token: str, text: str) -> InvalidValueError:
    return InvalidValueError(f"nothing named {token!r} in {_described(value)}", pointer=text)


def _described(value: JsonValue | Absent) -> str:
    if isinstance(value, dict):
        names = ", ".join(map(repr, sorted(value)[:_NAMES_SHOWN]))
        more = len(value) - _NAMES_SHOWN
        return f"an object of {names or 'no names'}" + (f" and {more} more" if more > 0 else "")
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return _SCALARS[type(value)]
