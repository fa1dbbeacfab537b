"""Where in a text the value at a pointer begins, and which line and column that is."""

import pytest

from muniment.errors import InvalidValueError
from muniment.values import canonical, place

WEB = b"""\r
{
  "name": "w\\u0065b \\"x\\" [{,:",
  "limits": {"max" : 10, "port": [ ] , "": {}},
  "port":
    8080,
  "hosts": [ "a, ]", {"port": 1}, [[2]] , -3.5e2],
  "a\\u002fb": {"m~n": null, "\\u00e9": 1, "0": 2},
  "escaped\\\\": {"\\"": 3}
}
"""

FOUND = {
    "": b"{\n",
    "/name": b'"w\\u0065b',
    "/limits": b'{"max"',
    "/limits/max": b"10,",
    "/limits/port": b"[ ] ,",
    "/limits/": b"{}}",
    "/port": b"8080,",
    "/hosts": b'[ "a, ]"',
    "/hosts/0": b'"a, ]"',
    "/hosts/1": b'{"port": 1}',
    "/hosts/1/port": b"1}",
    "/hosts/2": b"[[2]]",
    "/hosts/2/0": b"[2]]",
    "/hosts/2/0/0": b"2]]",
    "/hosts/3": b"-3.5e2",
    "/a~1b": b'{"m~n"',
    "/a~1b/m~0n": b"null",
    "/a~1b/é": b"1,",
    "/a~1b/0": b"2}",
    '/escaped\\/"': b"3}",
}

NOT_THERE = {
    "/nope": "",
    "/0": "",
    "/limits/nope/deeper": "/limits",
    "/limits/port/0": "/limits/port",
    "/limits//a": "/limits/",
    "/port/8080": "/port",
    "/name/0": "/name",
    "/hosts/4": "/hosts",
    "/hosts/-": "/hosts",
    "/hosts/-1": "/hosts",
    "/hosts/01": "/hosts",
    "/hosts/port": "/hosts",
    "/hosts/1/0": "/hosts/1",
    "/max": "",
    "/\ud800": "",
}


@pytest.mark.parametrize(("pointer", "begins"), FOUND.items())
def test_the_value_at_a_pointer_is_found(pointer, begins):
    """Of a member that is its value, whatever the layout, the escapes in its name and the brackets in texts."""
    assert WEB[place.offset_of(WEB, pointer) :].startswith(begins)
    assert WEB.count(begins) == 1


@pytest.mark.parametrize(("pointer", "deepest"), NOT_THERE.items())
def test_where_nothing_is_it_is_the_innermost_value_that_is_there(pointer, deepest):
    """A name or an index that is missing is told as the place of what lacks it."""
    assert place.offset_of(WEB, pointer) == place.offset_of(WEB, deepest)


@pytest.mark.parametrize("text", [b"1", b' "a"', b"\n[]", b"\t{ }", b"null "])
def test_the_whole_is_where_the_space_ends(text):
    """Nothing lies in a scalar or an empty container."""
    start = len(text) - len(text.lstrip())
    assert [place.offset_of(text, pointer) for pointer in ("", "/0", "/a/b")] == [start] * 3


def test_the_deepest_document_is_walked_to_its_end():
    """Depth and length cost no stack: 200 containers, and a text of a million bytes before the fault."""
    deep = b"[" * canonical.MAX_DEPTH + b"]" * canonical.MAX_DEPTH
    assert place.offset_of(deep, "/0" * (canonical.MAX_DEPTH - 1)) == canonical.MAX_DEPTH - 1
    text = b'{"a":"' + b"\\\\\\n" * 250_000 + b'","b":' + b"9" * 10_000 + b',"c":true}'
    assert text[place.offset_of(text, "/c") :] == b"true}"


def test_what_is_no_pointer_is_refused():
    """A pointer begins with a slash."""
    with pytest.raises(InvalidValueError):
        place.offset_of(b"{}", "a")


@pytest.mark.parametrize(
    ("text", "offset", "line_and_column"),
    [
        (b"", 0, (1, 1)),
        (b"abc", 0, (1, 1)),
        (b"abc", 3, (1, 4)),
        (b"a\nb", 1, (1, 2)),
        (b"a\nb", 2, (2, 1)),
        (b"a\r\nb", 3, (2, 1)),
        (b"a\r\nb", 1, (1, 2)),
        (b"a\r\nb", 2, (1, 2)),
        (b"a\rb", 2, (2, 1)),
        (b"\r\r\n\n\rx", 5, (5, 1)),
        (b"\n\n  x", 4, (3, 3)),
        (b"a\n", 2, (2, 1)),
        ("é😀\u2028\x0b\x0c\x85x".encode(), 13, (1, 7)),
        ("é\né😀x".encode(), 9, (2, 3)),
        (b'"\xff\xfe"', 3, (1, 4)),
        (b"\xff\nab", 3, (2, 2)),
    ],
)
def test_lines_and_columns_are_those_of_an_editor(text, offset, line_and_column):
    r"""Lines end with `\n`, `\r\n` or `\r`, and with nothing else; a column is a character, a bad byte too."""
    assert place.line_and_column(text, offset) == line_and_column


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (InvalidValueError("r", pointer="/limits/max"), (58, 4, 22)),
        (InvalidValueError("r", pointer="/limits/min"), (49, 4, 13)),
        (InvalidValueError("r", offset=5), (5, 3, 2)),
        (InvalidValueError("r", pointer="/limits/max", offset=5), (5, 3, 2)),
        (InvalidValueError("r"), (None, None, None)),
    ],
)
def test_a_fault_becomes_an_error_with_every_place_that_is_known(error, told):
    """An offset that is known is kept, one that is not comes from the pointer; without either there is no line."""
    invalid = place.document_invalid("web", WEB, error, path="/s/web.json")
    assert (invalid.offset, invalid.line, invalid.column) == told
    assert (invalid.name, invalid.reason, invalid.pointer) == ("web", "r", error.pointer)
    assert invalid.path == "/s/web.json"
