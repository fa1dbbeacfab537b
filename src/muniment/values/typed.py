"""Fit a JSON value to a type, and name the place where it does not fit by a JSON pointer.

msgspec tells the place as `$.hosts[0].limits[...]`: not which entry of a mapping is at fault, and with
names that hold dots unmarked. So the path is followed through the value itself.
"""

import re
from functools import lru_cache
from typing import TypeVar

import msgspec

from muniment.errors import InvalidValueError
from muniment.values import pointer
from muniment.values.json_value import JsonValue

T = TypeVar("T")

_MESSAGE = re.compile(r"(?P<reason>.*?)(?: - at (?:`key` in )?`\$(?P<path>.*)`)?", re.DOTALL)
_INDEX = re.compile(r"\[(?P<index>\d+)\]")
_SOME_ENTRY = "[...]"


def check_type(kind: object) -> None:
    """Check that JSON can be read as a `kind`.

    Raises:
        InvalidValueError: msgspec knows no way.
    """
    try:
        _known(kind)
    except (TypeError, NameError) as error:
        raise InvalidValueError(f"{kind!r} is no type that JSON can be read as: {error}") from error


@lru_cache(maxsize=256)
def _known(kind: object) -> None:
    msgspec.json.Decoder(kind)


def convert(value: JsonValue, kind: type[T]) -> T:
    """Make a `kind` of a JSON value as msgspec would when it reads the text.

    Raises:
        InvalidValueError: The value does not fit; `pointer` is the first place where it does not.
    """
    try:
        return msgspec.convert(value, kind, str_keys=True)
    except msgspec.ValidationError as error:
        message = _MESSAGE.fullmatch(str(error))
        reason, path = message.group("reason", "path") if message else (str(error), "")
        raise InvalidValueError(reason, pointer=_place(value, kind, path or "")) from error
    except RecursionError:
        raise InvalidValueError("nested too deep for the stack that is left", pointer="") from None
    except Exception as error:
        raise InvalidValueError(
            f"{getattr(kind, '__name__', kind)} refuses it: {type(error).__name__}: {error}", pointer=""
        ) from error


def _place(value: JsonValue, kind: type, path: str) -> str:
    """Follow msgspec's path through `value` as far as it tells."""
    tokens: list[str] = []
    here = value
    while path:
        token, path = _step(value, kind, tokens, here, path)
        if token is None:
            break
        tokens.append(token)
        here = pointer.get(here, pointer.join([token]))
    return pointer.join(tokens)


def _step(top: JsonValue, kind: type, tokens: list[str], here: JsonValue, path: str) -> tuple[str | None, str]:
    """Give the token that `path` begins with, or None where it names no part of `here`, and the rest."""
    if isinstance(here, list) and (index := _INDEX.match(path)):
        return index["index"], path[index.end() :]
    if isinstance(here, dict) and path.startswith(_SOME_ENTRY):
        return _entry_at_fault(top, kind, tokens, here), path.removeprefix(_SOME_ENTRY)
    if isinstance(here, dict):
        fitting = [name for name in here if path.startswith(f".{name}")]
        name = max(fitting, key=len, default=None)
        return name, path[len(name) + 1 :] if name is not None else ""
    return None, ""


def _entry_at_fault(top: JsonValue, kind: type, tokens: list[str], mapping: dict[str, JsonValue]) -> str | None:
    """Find the entry whose mapping, left with it alone, is refused all the same."""
    place = pointer.join(tokens)
    for name, item in mapping.items():
        try:
            msgspec.convert(pointer.set_at(top, place, {name: item}), kind, str_keys=True)
        except msgspec.ValidationError:
            return name
    return None
