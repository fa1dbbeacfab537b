"""Which texts are JSON that can be stored, and where the others go wrong."""

import pytest

from muniment.errors import InvalidValueError
from muniment.values import canonical, strict_json

DEEP = strict_json.MAX_DEPTH

ACCEPTED: list[tuple[bytes, object]] = [
    (b"null", None),
    (b" true\n", True),
    (b"\t\r\n false", False),
    (b"0", 0),
    (b"-0", 0),
    (b"-0.0", 0.0),
    (b"-12", -12),
    (b"1.50", 1.5),
    (b"1E2", 100.0),
    (b"1e+2", 100.0),
    (b"1e-2", 0.01),
    (b"0e999", 0.0),
    (b"1e-400", 0.0),
    (b"1e-99999999999999999999", 0.0),
    (b"123456789012345678901234567890", 123456789012345678901234567890),
    (b"1" * 5000 + b".5e-4990", float("1" * 10 + "." + "1" * 30)),
    (b'""', ""),
    (rb'"\"\\\/\b\f\n\r\t"', '"\\/\b\f\n\r\t'),
    (rb'"\u0061\u00e9\u0000"', "aé\x00"),
    (rb'"\uD83D\uDe00"', "😀"),
    ('"é\u2028😀\x7f"'.encode(), "é\u2028😀\x7f"),
    ('"\ufeff"'.encode(), "\ufeff"),
    (b"[]", []),
    (b"[ ]", []),
    (b"[1 , 2,[3]]", [1, 2, [3]]),
    (b"{}", {}),
    (b"{\n}", {}),
    (b'{"":0}', {"": 0}),
    (b'{ "b" : 1 , "a" : { "b" : 2 } }', {"b": 1, "a": {"b": 2}}),
    (rb'{"a":1,"\u0041":2}', {"a": 1, "A": 2}),
    (b'{"a":{"x":1},"b":{"x":1}}', {"a": {"x": 1}, "b": {"x": 1}}),
    (b'{"a":"{\\"a\\":1,\\"a\\":2}"}', {"a": '{"a":1,"a":2}'}),
    (b"[" * DEEP + b"]" * DEEP, None),
    (b'"' + b"[" * 3000 + b'"', "[" * 3000),
    (b"[" + b"[]," * 3000 + b"[]]", [[]] * 3001),
]

REJECTED: list[tuple[bytes, int]] = [
    (b"", 0),
    (b" \n\t", 3),
    (b"\xef\xbb\xbf{}", 0),
    (b"\xff\xfe1\x00", 0),
    (b"\xfe\xff\x001", 0),
    (b"1 2", 2),
    (b"{} x", 3),
    (b"[1]]", 3),
    (b"1\x00", 1),
    (b'"a"\x0c', 3),
    (b"\x0b1", 0),
    (b"\xc2\xa01", 0),
    (b"NaN", 0),
    (b"[-NaN]", 1),
    (b"[1, Infinity]", 4),
    (b"-Infinity", 0),
    (b"1e400", 0),
    (b'{"a": [0, -1e400]}', 10),
    (b"1e99999999999999999999", 0),
    (b"1" * 400 + b".0", 0),
    (b"01", 0),
    (b"-01", 0),
    (b"-", 0),
    (b"+1", 0),
    (b".5", 0),
    (b"1.", 0),
    (b"1.e2", 0),
    (b"1e", 0),
    (b"1e+", 0),
    (b"[1.2.3]", 1),
    (b"0x10", 0),
    (b"1_000", 0),
    (b"--1", 0),
    ("\uff11".encode(), 0),
    (b"nul", 0),
    (b"nulll", 0),
    (b"True", 0),
    (b"truefalse", 0),
    (b"[true1]", 1),
    (b"'a'", 0),
    (b"// note\n1", 0),
    (b"[1 /* one */]", 3),
    (b"[", 1),
    (b"[1", 2),
    (b"[1,", 3),
    (b"[1,]", 3),
    (b"[,1]", 1),
    (b"[1 2]", 3),
    (b"[1}", 2),
    (b"]", 0),
    (b"{", 1),
    (b'{"a"', 4),
    (b'{"a":', 5),
    (b'{"a":1', 6),
    (b'{"a":1,', 7),
    (b'{"a":1,}', 7),
    (b'{"a" 1}', 5),
    (b'{"a"::1}', 5),
    (b'{"a":1 "b":2}', 7),
    (b"{a:1}", 1),
    (b"{1:1}", 1),
    (b"{null:1}", 1),
    (b'{"a":1]', 6),
    (b'"', 1),
    (b'"abc', 4),
    (b'"a\\', 2),
    (b'"a\nb"', 2),
    (b'"\x00"', 1),
    (b'"\x1f"', 1),
    (rb'"\x41"', 1),
    (rb'"\U0041"', 1),
    (rb'"\u00g1"', 1),
    (rb'"\u12"', 1),
    (rb'"ab\ud800"', 3),
    (rb'"\udc00"', 1),
    (rb'"\ud800\u0041"', 1),
    (rb'"\ud800\ud800"', 1),
    (rb'"\ud800\n"', 1),
    (rb'{"\udfff":1}', 2),
    (b'"\xff"', 1),
    (b'"ok \xc3"', 4),
    (b'{"\xe9":1}', 2),
    (b'"\xc0\x80"', 1),
    (b'"\xed\xa0\x80"', 1),
    (b'"\xf4\x90\x80\x80"', 1),
    (b'{"a":1,"a":1}', 7),
    (b"[" * (DEEP + 1) + b"]" * (DEEP + 1), DEEP),
    (b"[" * 100_000, DEEP),
    (b'{"a":' * 100_000, 5 * DEEP),
    (b"[[]," + b"[" * DEEP + b"]" * DEEP + b"]", 3 + DEEP),
]


@pytest.mark.parametrize(("text", "value"), ACCEPTED)
def test_json_is_read(text: bytes, value: object) -> None:
    """Every text of the grammar is read, and the quick and the exact reader give the same."""
    read = canonical.decode(text)
    assert repr(read) == repr(strict_json.parse(text))
    assert read == (read if len(text) == 2 * DEEP else value)


@pytest.mark.parametrize(("text", "offset"), REJECTED)
def test_anything_else_is_refused_at_the_byte_of_the_fault(text: bytes, offset: int) -> None:
    """The offset is that of the word, name, escape or byte that is wrong, or the end where something is missing."""
    with pytest.raises(InvalidValueError) as caught:
        canonical.decode(text)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("text", "pointer", "offset"),
    [
        (b'{"a":1,"a":1}', "/a", 7),
        (b'{"a":{"b":[0,{"c":1,"d":2,"c":3}]}}', "/a/b/1/c", 26),
        (rb'{"a":1,"\u0061":2}', "/a", 7),
        (rb'{"\u0061":1, "a" :2}', "/a", 13),
        (rb'{"\ud83d\ude00":1,"' + "😀".encode() + b'":2}', "/😀", 18),
        (rb'{"a\/b":1,"a/b":2}', "/a~1b", 10),
        (b'{"":1,"":2}', "/", 6),
        (b'{\n  "a": 1,\n  "b": 2,\n  "a": 3\n}\n', "/a", 24),
        (b'{"a":1.0,"b":1E5,"a":1e0}', "/a", 17),
    ],
)
def test_a_name_that_stands_twice_is_found_however_it_is_written(text: bytes, pointer: str, offset: int) -> None:
    """Names are compared by what they mean, at any depth; the pointer and the offset are those of the second."""
    with pytest.raises(InvalidValueError, match="twice") as caught:
        canonical.decode(text)
    assert (caught.value.pointer, caught.value.offset) == (pointer, offset)


def test_a_number_that_overflows_has_its_pointer_too() -> None:
    """The value is named by its place in the document as well as in the text."""
    with pytest.raises(InvalidValueError, match="too large") as caught:
        canonical.decode(b'{"a": [0, 1e400]}')
    assert (caught.value.pointer, caught.value.offset) == ("/a/1", 10)


def test_whole_numbers_with_fraction_or_exponent_are_floats() -> None:
    """The type tells how a number was written; its canonical text does not."""
    read = canonical.decode(b"[1, 1.0, 1e0, -0, -0.0]")
    assert repr(read) == "[1, 1.0, 1.0, 0, -0.0]"
    assert canonical.encode(read) == b"[1,1,1,0,0]"
