"""The canonical form: what is written how, what is refused where, and reading it back."""

import inspect
import math
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

import msgspec
import pytest

from muniment.errors import InvalidValueError
from muniment.values import canonical

# RFC 8785, appendix B: bits of a double, and its text.
APPENDIX_B = {
    "0000000000000000": b"0",
    "8000000000000000": b"0",
    "0000000000000001": b"5e-324",
    "8000000000000001": b"-5e-324",
    "7fefffffffffffff": b"1.7976931348623157e+308",
    "ffefffffffffffff": b"-1.7976931348623157e+308",
    "4340000000000000": b"9007199254740992",
    "c340000000000000": b"-9007199254740992",
    "4430000000000000": b"295147905179352830000",
    "44b52d02c7e14af5": b"9.999999999999997e+22",
    "44b52d02c7e14af6": b"1e+23",
    "44b52d02c7e14af7": b"1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": b"999999999999999700000",
    "444b1ae4d6e2ef4f": b"999999999999999900000",
    "444b1ae4d6e2ef50": b"1e+21",
    "3eb0c6f7a0b5ed8c": b"9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": b"0.000001",
    "41b3de4355555553": b"333333333.3333332",
    "41b3de4355555554": b"333333333.33333325",
    "41b3de4355555555": b"333333333.3333333",
    "41b3de4355555556": b"333333333.3333334",
    "41b3de4355555557": b"333333333.33333343",
    "becbf647612f3696": b"-0.0000033333333333333333",
    "43143ff3c1cb0959": b"1424953923781206.2",
}


class Colour(StrEnum):
    """An enumeration whose members are text, and so may be names."""

    RED = "red"


class Level(Enum):
    """An enumeration whose members are not text."""

    LOW = 1


class Text(str):
    """A text that is not exactly a `str`."""

    __slots__ = ()


class Number(float):
    """A float that is not exactly a `float`, as numpy's are."""


@dataclass
class Point:
    """A dataclass with a whole float, which msgspec alone would write as `1.0`."""

    x: float
    y: float


class Limits(msgspec.Struct):
    """A part of a service."""

    cpu: int


class Service(msgspec.Struct):
    """A typed document with entries by name."""

    name: str
    limits: dict[str, Limits] = {}
    size: int = 0
    by_port: dict[int, str] = {}


class Label(msgspec.Struct, rename={"host": "example.org/host"}):
    """A type whose field holds a dot in JSON."""

    host: int


def nested(depth: int, inside: Any = 1) -> Any:
    """Put `inside` into `depth` lists."""
    for _ in range(depth):
        inside = [inside]
    return inside


@pytest.mark.parametrize(("bits", "text"), APPENDIX_B.items())
def test_floats_are_written_as_in_appendix_b_of_the_rfc(bits: str, text: bytes) -> None:
    """A float is written with the fewest digits that give it back, as ECMAScript does."""
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical.encode(value) == text
    assert canonical.encode({"n": [value]}) == b'{"n":[' + text + b"]}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, b"null"),
        (True, b"true"),
        (1.0, b"1"),
        (0.25, b"0.25"),
        (1e-5, b"0.00001"),
        (9.999e-6, b"0.000009999"),
        (1.5e300, b"1.5e+300"),
        (1e16, b"10000000000000000"),
        (2**64, b"18446744073709551616"),
        ((1, [2, ()]), b"[1,[2,[]]]"),
        ({"b": 1, "a": {"d": 1, "c": 2}}, b'{"a":{"c":2,"d":1},"b":1}'),
        ({}, b"{}"),
        ("\x00\x01\b\t\n\x0b\f\r\x1f", rb'"\u0000\u0001\b\t\n\u000b\f\r\u001f"'),
        ('"\\/', rb'"\"\\/"'),
        ("\x7f\x80\u2028é😀", '"\x7f\x80\u2028é😀"'.encode()),
    ],
)
def test_plain_values_have_one_text(value: object, text: bytes) -> None:
    """No spaces, sorted names, the shortest escapes, and nothing escaped that need not be."""
    assert canonical.encode(value) == text


def test_names_are_sorted_by_their_utf_16_code_units() -> None:
    """A name beyond the basic plane sorts before U+E000 to U+FFFF, unlike in the order of code points."""
    value = {"\ue000": 1, "\uffff": 2, "\U00010000": 3, "é": 4, "a": 5}
    assert canonical.encode(value) == '{"a":5,"é":4,"\U00010000":3,"\ue000":1,"\uffff":2}'.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Point(1.0, 0.5), b'{"x":1,"y":0.5}'),
        ([Point(1.0, 1e21)], b'[{"x":1,"y":1e+21}]'),
        (Service("web", {"b": Limits(1), "a": Limits(2)}), None),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), b'"2026-01-02T03:04:05Z"'),
        (UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        ({"c": Colour.RED, "l": Level.LOW}, b'{"c":"red","l":1}'),
        ({Colour.RED: 1.0, "a": 2}, b'{"a":2,"red":1}'),
        ({Text("b"): 1, "a": Text("x")}, b'{"a":"x","b":1}'),
        ([Number(2.0), Number(0.1)], b"[2,0.1]"),
        ({"s": {"b", "a", "c"}}, b'{"s":["a","b","c"]}'),
        (msgspec.Raw(b'{"b": 1.0, "a": 2}'), b'{"a":2,"b":1}'),
        ({"raw": msgspec.Raw(b"[1e2]")}, b'{"raw":[100]}'),
    ],
)
def test_whatever_msgspec_understands_is_written_as_its_plain_form(value: object, text: bytes | None) -> None:
    """Structs, dataclasses, times, enumerations, sets and subclasses of scalars have a canonical form too."""
    assert canonical.encode(value) == (text or canonical.encode(msgspec.to_builtins(value)))


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (math.nan, ""),
        ({"a": [1, math.inf]}, "/a/1"),
        ({"a": [0.5, -math.inf]}, "/a/1"),
        ({"a/b": {"m~n": "\ud800"}}, "/a~1b/m~0n"),
        ({"a": {"\udc00": 1}}, "/a"),
        ({"a": {1: 2}}, "/a"),
        ({"a": {None: 2, "b": 1}}, "/a"),
        ([0, object()], "/1"),
        ([0, {"z": 1j}], "/1/z"),
        ({"point": Point(math.nan, 1.0)}, "/point/x"),
        ([{1, "a"}], "/0"),
        ({"raw": msgspec.Raw(b"[1")}, "/raw"),
        (nested(canonical.MAX_DEPTH + 1), "/0" * canonical.MAX_DEPTH),
        (nested(canonical.MAX_DEPTH, {}), "/0" * canonical.MAX_DEPTH),
        ({"deep": nested(5000)}, "/deep" + "/0" * (canonical.MAX_DEPTH - 1)),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(value: object, pointer: str) -> None:
    """The error names the first fault by its JSON pointer; for a bad name, the object that holds it."""
    with pytest.raises(InvalidValueError) as caught:
        canonical.encode(value)
    assert (caught.value.pointer, caught.value.offset) == (pointer, None)


def test_a_value_that_holds_itself_is_refused() -> None:
    """A cycle ends at the nesting limit, also where each level holds it twice."""
    lists: list[Any] = []
    lists += [lists, lists]
    members: Any = {}
    members["again"] = [members, Point(1, members)]
    for value in (lists, members, [Point(1, members)], Point(1, members)):
        with pytest.raises(InvalidValueError, match="nested"):
            canonical.encode(value)


def test_nesting_up_to_the_limit_is_written_and_read() -> None:
    """`MAX_DEPTH` containers within each other pass every way there is, with floats or without."""
    for inside in (1, 1.5, 1.0, "😀\uffff"):
        value = nested(canonical.MAX_DEPTH, inside)
        data = canonical.encode(value)
        assert canonical.decode(data) == canonical.decode(canonical.pretty(data)) == value


@pytest.mark.parametrize("frames_left", [40, 100, 180, 260, 500])
@pytest.mark.parametrize("inside", [0.25, 1.0])
def test_a_caller_deep_in_its_stack_gets_an_answer_or_the_refusal(frames_left: int, inside: float) -> None:
    """However little stack is left for a nested value, no `RecursionError` gets out, and nothing wrong is read."""
    value = nested(canonical.MAX_DEPTH, inside)
    text = canonical.encode(value).replace(b"[[", b"[ [")

    def attempt() -> object:
        try:
            assert canonical.encode(canonical.decode(text)) == canonical.encode(value)
            return canonical.decode_as(text, object)
        except InvalidValueError as error:
            return error

    answer = far_down(sys.getrecursionlimit() - len(inspect.stack(0)) - frames_left, attempt)
    assert answer == value or "nested" in str(answer)


def far_down(frames: int, call: Callable[[], object]) -> object:
    """Call with this many frames more on the stack."""
    return far_down(frames - 1, call) if frames > 0 else call()


@pytest.mark.parametrize("digits", [1, 600, 601, 4300, 4301, 10_000])
def test_integers_of_any_size_survive_exactly(digits: int) -> None:
    """Neither writing nor reading is bounded by the interpreter's limit of digits, which stays as it was."""
    limit = sys.get_int_max_str_digits()
    for value in (10**digits - 1, -(10 ** (digits - 1)), 7 * 10 ** (digits - 1) + 1):
        data = canonical.encode({"n": value})
        assert len(data) == len(b'{"n":}') + digits + (value < 0)
        assert canonical.decode(data) == canonical.decode_trusted(data) == {"n": value}
        assert canonical.decode(canonical.pretty(data)) == {"n": value}
        assert canonical.decode_as(data, dict[str, int]) == {"n": value}
    assert sys.get_int_max_str_digits() == limit


def test_pretty_changes_nothing_but_the_layout() -> None:
    """Two spaces, a final newline, and every number and string as it was."""
    data = canonical.encode({"b": [1e21, 1e-7, {}], "a": "é\n\x01", "c": []})
    assert canonical.pretty(data) == (
        '{\n  "a": "é\\n\\u0001",\n  "b": [\n    1e+21,\n    1e-7,\n    {}\n  ],\n  "c": []\n}\n'.encode()
    )


def test_digest_is_the_sha_256() -> None:
    """The id of an object can be checked with any `sha256sum`."""
    assert canonical.digest(b"{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (False, 0, False),
        ([True], [1], False),
        ({"a": 1, "b": [0.0]}, {"b": [-0.0], "a": 1}, True),
        ({"a": None}, {}, False),
        ([1, 2], (1, 2), True),
        ([1, 2], [2, 1], False),
    ],
)
def test_equality_is_that_of_the_canonical_bytes(a: object, b: object, expected: bool) -> None:
    """Numbers are equal by value, booleans are no numbers, and the order of names means nothing."""
    assert (canonical.encode(a) == canonical.encode(b)) is expected


def test_typed_reading_gives_the_type() -> None:
    """A struct that was written is read back as an equal struct."""
    service = Service("web", {"a": Limits(2)}, 3)
    assert canonical.decode_as(canonical.encode(service), Service) == service


@pytest.mark.parametrize(
    ("value", "kind", "pointer"),
    [
        ({}, Service, ""),
        ([], Service, ""),
        ({"name": 1}, Service, "/name"),
        ({"name": "web", "limits": {"a/b": {"cpu": 1}, "c": {"cpu": "x"}}}, Service, "/limits/c/cpu"),
        ({"name": "web", "limits": {"a/b": {}, "c": {"cpu": 1}}}, Service, "/limits/a~1b"),
        ({"name": "web", "by_port": {"80": "a", "x": "b"}}, Service, "/by_port"),
        ({"name": "web", "size": 10**5000, "limits": []}, Service, "/limits"),
        ([{"example.org/host": "x"}], list[Label], "/0/example.org~1host"),
        ([[1, 2], [3, "x"]], list[list[int]], "/1/1"),
        ([{"k": [{"l": 1.5}]}], list[dict[str, list[dict[str, int]]]], "/0/k/0/l"),
    ],
)
def test_typed_reading_names_the_place_that_does_not_fit(value: object, kind: type, pointer: str) -> None:
    """The pointer leads down to the entry of a mapping; a key that does not fit is at its mapping."""
    with pytest.raises(InvalidValueError) as caught:
        canonical.decode_as(canonical.encode(value), kind)
    assert caught.value.pointer == pointer
    assert "$" not in caught.value.reason


@pytest.mark.parametrize(
    "text",
    ["1", "-0", "0.5", "1.0", "1e5", "1e-7", "1E400", "123456789012345678901234567890", "[]", '{"a":1,"b":2}',
     '{"b":1,"a":2}', '{"a":1,"a":1}', '{"a": 1}', '"\\u0061"', '"a"', '"\\ud800"', "[" * 250 + "]" * 250, "nul", ""],
)  # fmt: skip
def test_is_canonical_tells_what_encoding_again_would(text):
    """Only bytes that are read, and written again as they were, are canonical."""
    data = text.encode()
    try:
        expected = canonical.encode(canonical.decode(data)) == data
    except InvalidValueError:
        expected = False
    assert canonical.is_canonical(data) == expected
