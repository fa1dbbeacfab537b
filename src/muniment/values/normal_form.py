"""Rebuild a value so that msgspec, which knows nothing of RFC 8785, writes its canonical text.

msgspec departs from RFC 8785 in three things only: floats that are whole, very large or very small; names
beyond Unicode's basic plane, which it sorts by code point; and NaN and the infinities, which it writes as
null. `canonical.encode` comes here for those, for values that are not plain, and for the place of a fault.
"""

import math
import re
from collections.abc import Sequence
from operator import methodcaller
from typing import Any

import msgspec

from muniment.errors import InvalidValueError
from muniment.values import numbers, pointer, strict_json

PLAIN_TYPES = frozenset({dict, list, tuple, str, int, float, bool, type(None)})

_TOO_DEEP = f"nested deeper than {strict_json.MAX_DEPTH}, or within itself"
_SMALLEST_ALIKE = 1e-5  # below, msgspec writes an exponent, and RFC 8785 only below 1e-6
_FIRST_INEXACT = 2.0**53  # a whole float below is the integer that it is written as
_UNLIMITED_BITS = 2000  # about 600 digits, below the smallest limit that a program can set
_SURROGATE = re.compile("[\ud800-\udfff]")
_utf16 = methodcaller("encode", "utf-16-be")


def is_written_alike(value: float) -> bool:
    """Tell whether msgspec writes this float as RFC 8785 does: not whole, and not too small.

    Floats with a fraction are below 2^53, so that only small ones ever need an exponent.
    """
    return _SMALLEST_ALIKE <= abs(value) < math.inf and not value.is_integer()


def plain(value: object) -> object:
    """Turn whatever msgspec understands into dicts, lists and scalars; sets become sorted lists.

    Raises:
        InvalidValueError: It does not understand a part of `value`; the pointer is that of the whole.
    """
    try:
        return msgspec.to_builtins(value, order="sorted", enc_hook=_plain_one)
    except (TypeError, ValueError) as error:
        raise InvalidValueError(f"not a JSON value: {error}", pointer="") from error
    except RecursionError:
        raise InvalidValueError(_TOO_DEEP, pointer="") from None


def _plain_one(value: object) -> object:
    """Take subclasses of scalars for what they extend, and embedded JSON text for what it says."""
    match value:
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case float():
            return float(value)
        case msgspec.Raw():
            return strict_json.parse(bytes(value))
        case _:
            raise InvalidValueError(f"the type {type(value).__name__} has no JSON form", pointer="")


def normalise(value: Any, depth: int = 0) -> Any:
    """Give a value that `msgspec.json.Encoder()`, which keeps the order of names, writes canonically.

    `depth` counts the containers around `value`.

    Raises:
        InvalidValueError: `value` cannot be stored; `pointer` is the place of the first fault in it.
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind is dict or kind is list or kind is tuple:
        if depth == strict_json.MAX_DEPTH:
            raise InvalidValueError(_TOO_DEEP, pointer="")
        return _object(value, depth) if kind is dict else _array(value, depth)
    if kind is float:
        return _float(value)
    if kind is int:
        return value if value.bit_length() <= _UNLIMITED_BITS else msgspec.Raw(numbers.integer_text(value))
    return value if kind in PLAIN_TYPES else normalise(plain(value), depth)


def _text(text: str) -> str:
    if _SURROGATE.search(text):
        raise InvalidValueError("half of a surrogate pair in a text", pointer="")
    return text


def _float(value: float) -> object:
    if is_written_alike(value):
        return value
    if not math.isfinite(value):
        raise InvalidValueError(f"{value} is not a JSON number", pointer="")
    if abs(value) < _FIRST_INEXACT and value.is_integer():
        return int(value)
    return msgspec.Raw(numbers.float_text(value))


def _object(members: dict[str, Any], depth: int) -> dict[str, Any]:
    rebuilt: dict[str, Any] = {}
    names = _in_order(members)
    try:
        for name in names:
            rebuilt[name] = normalise(members[name], depth + 1)
    except InvalidValueError as fault:
        raise _under(names[len(rebuilt)], fault) from fault.__cause__
    return rebuilt


def _array(items: Sequence[Any], depth: int) -> list[Any]:
    rebuilt: list[Any] = []
    try:
        for item in items:
            rebuilt.append(normalise(item, depth + 1))  # noqa: PERF401 - a comprehension takes stack of its own
    except InvalidValueError as fault:
        raise _under(str(len(rebuilt)), fault) from fault.__cause__
    return rebuilt


def _in_order(members: dict[Any, Any]) -> list[str]:
    """Sort names by their UTF-16 code units.

    Source: RFC 8785, section 3.2.3.
    """
    try:
        return sorted(members) if "".join(members).isascii() else sorted(members, key=_utf16)
    except (TypeError, UnicodeEncodeError):
        bad = next(name for name in members if not isinstance(name, str) or _SURROGATE.search(name))
        raise InvalidValueError(f"{bad!a} cannot be a name", pointer="") from None


def _under(token: str, fault: InvalidValueError) -> InvalidValueError:
    return InvalidValueError(fault.reason, pointer=pointer.join([token]) + (fault.pointer or ""))
