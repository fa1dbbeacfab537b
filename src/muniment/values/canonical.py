"""The one form of a JSON value: canonical bytes (RFC 8785), which name an object by their hash.

Nothing else in the package encodes or hashes. Ordinary values take msgspec's way, with a proof that its
answer is the right one; `normal_form` and `strict_json` take the rest, and find the place of a fault.

Integers of any size are written in full, which RFC 8785 leaves undefined beyond 2^53. Floats are written
as ECMAScript does: `1.0` is `1`, and so it is an `int` when it is read again; a whole float from 2^53 up
to 10^21 is read as the integer that its digits spell. A number too small for a float, such as `1e-400`,
is read as zero, and minus zero is written `0`.

Format: docs/format/objects.md; RFC 8785.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

import msgspec

from muniment.errors import InvalidValueError
from muniment.values import normal_form, strict_json, typed
from muniment.values.json_value import JsonValue
from muniment.values.strict_json import MAX_DEPTH

__all__ = [
    "MAX_DEPTH",
    "JsonValue",
    "decode",
    "decode_as",
    "decode_trusted",
    "digest",
    "encode",
    "encode_lines",
    "is_canonical",
    "pretty",
]

T = TypeVar("T")

_SCALARS = frozenset({str, int, float, bool, type(None)})

_sorted_encoder = msgspec.json.Encoder(order="sorted")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()
_decoder_for: Callable[[Any], msgspec.json.Decoder[Any]] = cache(msgspec.json.Decoder)
_REFUSED = (TypeError, ValueError, RecursionError)  # what msgspec raises; its own errors are ValueErrors


def encode(value: object) -> bytes:
    """Write a value as canonical bytes: UTF-8, no spaces, names in the order of their UTF-16 code units.

    Takes what msgspec can turn into JSON too: structs, dataclasses, times, enumerations, UUIDs, and sets,
    which become sorted lists.

    Raises:
        InvalidValueError: `pointer` is the place of NaN, an infinity, half of a surrogate pair, a name
            that is not text, an unsupported type, or nesting past `MAX_DEPTH`.
    """
    if type(value) not in normal_form.PLAIN_TYPES:
        value = normal_form.plain(value)
    try:
        data = _sorted_encoder.encode(value)
        if _is_written_alike(value) and _sorts_alike(data):
            return data
    except _REFUSED:
        pass
    try:
        return _encoder.encode(normal_form.normalise(value))
    except RecursionError:
        raise InvalidValueError("nested too deep for the stack that is left", pointer="") from None


def encode_lines(values: list[Any]) -> list[bytes]:
    """Write many plain values, each as canonical bytes, in a quarter of the time that one by one would take.

    Raises:
        InvalidValueError: As for `encode`, about the first that cannot be written.
    """
    try:
        data = _sorted_encoder.encode_lines(values)
        if _is_written_alike(values) and _sorts_alike(data):
            return data.split(b"\n")[:-1]
    except _REFUSED:
        pass
    return [encode(value) for value in values]


def decode(data: bytes) -> JsonValue:
    """Read JSON text that anybody may have written, and refuse whatever two readers could take differently.

    Raises:
        InvalidValueError: `offset` is the byte of the first fault: malformed text, a name twice in one
            object, NaN, a number that overflows, half of a surrogate pair, bad UTF-8, a byte order
            mark, nesting past `MAX_DEPTH`, text after the value, or none at all.
    """
    try:
        value: JsonValue = _decoder.decode(data)
        if msgspec.json.format(data, indent=-1) != _encoder.encode(value):
            _name_checker.decode(data.decode())
        if _is_shallow(data, value):
            return value
    except _REFUSED:
        pass
    return strict_json.parse(data)


def decode_trusted(data: bytes) -> JsonValue:
    """Read bytes that are known to be canonical, because they were checked against their hash."""
    try:
        value: JsonValue = _decoder.decode(data)
    except _REFUSED:
        return strict_json.parse(data)
    return value


def decode_as(data: bytes, type: type[T]) -> T:  # noqa: A002 - the word of the public interface
    """Read bytes that are known to be canonical into a type that msgspec understands.

    Raises:
        InvalidValueError: The value does not fit; `pointer` is the first place where it does not.
    """
    try:
        value: T = _decoder_for(type).decode(data)
    except Exception:  # noqa: BLE001 - a type may raise anything in its `__post_init__`: it is told below, with a place
        return typed.convert(decode_trusted(data), type)
    return value


def pretty(canonical: bytes) -> bytes:
    """Lay canonical bytes out for people: two spaces, the same order and texts, a final newline."""
    return msgspec.json.format(canonical, indent=2) + b"\n"


def is_canonical(data: bytes) -> bool:
    """Tell whether bytes are the canonical form of a value.

    What msgspec reads and writes as it was, floats as RFC 8785 does, has its names in order, and each once.
    """
    try:
        value: JsonValue = _alike_decoder.decode(data)
        if _sorted_encoder.encode(value) == data and _sorts_alike(data) and _is_shallow(data, value):
            return True
    except _REFUSED:
        pass
    try:
        return encode(decode(data)) == data
    except InvalidValueError:
        return False


def digest(data: bytes) -> str:
    """Give the SHA-256 of `data` in lower-case hex: the id of the object whose canonical bytes these are."""
    return hashlib.sha256(data).hexdigest()


def new_digest() -> "hashlib._Hash":
    """Begin a SHA-256 that is fed piece by piece, for files too large to hold in memory."""
    return hashlib.sha256()


def _is_written_alike(value: object) -> bool:
    """Prove that msgspec writes each part of `value` as RFC 8785 does; False is "perhaps not".

    Level by level, because the types of a whole level are surveyed at the speed of C.
    """
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        types = set(map(type, level))
        if float in types and not all(map(normal_form.is_written_alike, _floats(level))):
            return False
        if types <= _SCALARS:
            return True
        if not types <= normal_form.PLAIN_TYPES:
            return False
        level = _children(level)
    return False


def _floats(level: list[Any]) -> Iterable[float]:
    return (item for item in level if type(item) is float)


def _children(level: list[Any]) -> list[Any]:
    below: list[Any] = []
    for item in level:
        kind = type(item)
        if kind is dict:
            below += item.values()
        elif kind is list or kind is tuple:
            below += item
    return below


def _sorts_alike(data: bytes) -> bool:
    """Prove that the names sort by code points as they do by UTF-16 code units; False is "perhaps not".

    Only U+E000 to U+FFFF (in UTF-8: 0xEE, 0xEF) and what is beyond the basic plane change places.
    """
    if data.isascii():
        return True
    return not (any(lead in data for lead in b"\xee\xef") and any(lead in data for lead in b"\xf0\xf1\xf2\xf3\xf4"))


def _is_shallow(data: bytes, value: JsonValue) -> bool:
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return True
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        if _SCALARS.issuperset(map(type, level)):
            return True
        level = _children(level)
    return False


def _refuse_twice(members: list[tuple[str, object]]) -> None:
    if len(dict(members)) < len(members):
        raise ValueError("a name stands twice")


def _float_written_alike(text: str) -> float:
    value = float(text)
    if not normal_form.is_written_alike(value):
        raise ValueError(text)
    return value


_alike_decoder = msgspec.json.Decoder(float_hook=_float_written_alike)
_name_checker = json.JSONDecoder(object_pairs_hook=_refuse_twice, parse_int=str, parse_float=str)
