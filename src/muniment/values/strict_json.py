"""Read JSON text by the letter of its grammar, and tell the exact place of the first fault.

This is the slow, exact reader behind `canonical.decode`: some hundred times slower than msgspec, it is
asked only about texts that msgspec refuses or whose names are in doubt. It also reads integers of any
size.

Format: RFC 8259, with names that are unique within their object, as RFC 7493 (I-JSON) demands.
"""

import math
import re
from typing import NoReturn

from muniment.errors import InvalidValueError
from muniment.values import numbers, pointer
from muniment.values.json_value import JsonValue

MAX_DEPTH = 200
"""How many containers may lie within each other; far less than the stack of Python and of msgspec can bear."""

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SPACE = re.compile(rb"[ \t\n\r]*")
_PLAIN_RUN = re.compile(rb'[^"\\\x00-\x1f]*')
_ESCAPE = re.compile(rb'\\(?:(?P<short>["\\/bfnrt])|u(?P<code>[0-9a-fA-F]{4}))')
_LOW_HALF = re.compile(rb"\\u(?P<code>[dD][c-fC-F][0-9a-fA-F]{2})")
_WORD = re.compile(rb"[-+.\w]+")  # longer than any number or constant: `01` is one bad word, not 0 and then 1
_NUMBER = re.compile(r"(?P<integer>-?(?:0|[1-9][0-9]*))(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_CONSTANTS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}
_SHORT_ESCAPES = {b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t"}
_SHOWN = 20  # characters of a bad word that a message repeats


def parse(data: bytes) -> JsonValue:
    """Read one JSON text; a number with neither fraction nor exponent is an `int`, any other a `float`.

    Raises:
        InvalidValueError: The text breaks a rule. `offset` is the byte where it does, the length of the
            text where something is missing at its end; a name that stands twice has its `pointer` too.
    """
    reader = _Reader(data)
    try:
        return reader.document()
    except RecursionError:
        raise InvalidValueError("nested too deep for the stack that is left", offset=reader.at) from None


class _Reader:
    """A cursor over one text: each method reads what stands at `at` and moves behind it."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._data = data
        self._path: list[str] = []

    def document(self) -> JsonValue:
        if self._data.startswith(_BYTE_ORDER_MARKS):
            self._refuse("a byte order mark; save the text as UTF-8 without one")
        self._skip_space()
        if self.at == len(self._data):
            self._refuse("the text is empty")
        value = self._value()
        self._skip_space()
        if self.at < len(self._data):
            self._refuse(f"text after the value: {self._found()}")
        return value

    def _value(self) -> JsonValue:
        match self._next():
            case b"{":
                return self._object()
            case b"[":
                return self._array()
            case b'"':
                return self._string()
            case _:
                return self._word()

    def _object(self) -> dict[str, JsonValue]:
        members: dict[str, JsonValue] = {}
        if self._opens_empty(b"}"):
            return members
        while True:
            start = self.at
            if self._next() != b'"':
                self._refuse(f"expected a name in double quotes, not {self._found()}")
            self._path.append(self._string())
            if self._path[-1] in members:
                self._refuse(f"the name {self._path[-1]!r} stands twice in one object", offset=start, placed=True)
            self._skip_space()
            if self._next() != b":":
                self._refuse(f"expected ':' after a name, not {self._found()}")
            self._step()
            members[self._path[-1]] = self._value()
            self._path.pop()
            if self._closes(b"}"):
                return members

    def _array(self) -> list[JsonValue]:
        items: list[JsonValue] = []
        if self._opens_empty(b"]"):
            return items
        while True:
            self._path.append(str(len(items)))
            items.append(self._value())
            self._path.pop()
            if self._closes(b"]"):
                return items

    def _opens_empty(self, end: bytes) -> bool:
        if len(self._path) == MAX_DEPTH:
            self._refuse(f"nested deeper than {MAX_DEPTH}")
        self._step()
        if self._next() != end:
            return False
        self.at += 1
        return True

    def _closes(self, end: bytes) -> bool:
        self._skip_space()
        found = self._next()
        if found == end:
            self.at += 1
            return True
        if found != b",":
            self._refuse(f"expected ',' or '{end.decode()}', not {self._found()}")
        self._step()
        return False

    def _string(self) -> str:
        pieces = []
        self.at += 1
        while True:
            pieces.append(self._plain_run())
            match self._next():
                case b'"':
                    self.at += 1
                    return "".join(pieces)
                case b"\\":
                    pieces.append(self._escape())
                case b"":
                    self._refuse("the text ends inside a string")
                case control:
                    self._refuse(f"a control character in a string; write it as \\u{ord(control):04x}")

    def _plain_run(self) -> str:
        start, self.at = self.at, self._end_of(_PLAIN_RUN)
        try:
            return self._data[start : self.at].decode()
        except UnicodeDecodeError as error:
            self._refuse("not UTF-8", offset=start + error.start)

    def _escape(self) -> str:
        start = self.at
        escape = _ESCAPE.match(self._data, start)
        if escape is None:
            self._refuse("an unknown or unfinished escape in a string")
        self.at = escape.end()
        if short := escape["short"]:
            return _SHORT_ESCAPES.get(short, short.decode())
        code = int(escape["code"], 16)
        if not 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - Unicode's surrogates
            return chr(code)
        low = _LOW_HALF.match(self._data, self.at)
        if code > 0xDBFF or low is None:  # noqa: PLR2004 - the last surrogate that comes first
            self._refuse("half of a surrogate pair", offset=start)
        self.at = low.end()
        return bytes.fromhex((escape["code"] + low["code"]).decode()).decode("utf-16-be")

    def _word(self) -> JsonValue:
        start, self.at = self.at, self._end_of(_WORD)
        if start == self.at:
            self._refuse(f"expected a value, not {self._found()}")
        word = self._data[start : self.at].decode("ascii")
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        number = _NUMBER.fullmatch(word)
        if number is None:
            self._refuse(f"{word[:_SHOWN]!r} is not a JSON value", offset=start)
        if number["integer"] == word:
            return numbers.integer(word)
        value = float(word)
        if math.isinf(value):
            self._refuse(f"the number {word[:_SHOWN]} is too large for a float", offset=start, placed=True)
        return value

    def _next(self) -> bytes:
        return self._data[self.at : self.at + 1]

    def _step(self) -> None:
        self.at += 1
        self._skip_space()

    def _skip_space(self) -> None:
        self.at = self._end_of(_SPACE)

    def _end_of(self, pattern: re.Pattern[bytes]) -> int:
        match = pattern.match(self._data, self.at)
        return match.end() if match else self.at

    def _found(self) -> str:
        found = self._next()
        if not found:
            return "the end of the text"
        return repr(found.decode()) if found.isascii() else f"the byte 0x{found.hex()}"

    def _refuse(self, reason: str, *, offset: int | None = None, placed: bool = False) -> NoReturn:
        place = pointer.join(self._path) if placed else None
        raise InvalidValueError(reason, pointer=place, offset=self.at if offset is None else offset)
