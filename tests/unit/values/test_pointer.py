"""JSON Pointer: reading a place, and making the value that differs there."""

from typing import Any

import pytest

from muniment.errors import InvalidValueError
from muniment.values import pointer
from muniment.values.json_value import ABSENT

# The document of RFC 6901, section 5.
RFC_DOCUMENT: Any = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", RFC_DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_examples_of_the_rfc(text, expected):
    """Every pointer of RFC 6901, section 5, finds what the RFC says."""
    assert pointer.get(RFC_DOCUMENT, text) == expected


def test_an_escaped_tilde_is_read_last():
    """`~01` means the name `~1`, never `/`."""
    assert pointer.parse("/~01/~1~0") == ("~1", "/~")
    assert pointer.join(["~1", "/~"]) == "/~01/~1~0"


@pytest.mark.parametrize("text", ["a", "a/b", "#/a", "/~", "/a~2", "/~a"])
def test_text_that_is_no_pointer_is_refused(text):
    """A pointer begins with "/" and "~" is followed by 0 or 1."""
    with pytest.raises(InvalidValueError) as caught:
        pointer.parse(text)
    assert caught.value.pointer == text


@pytest.mark.parametrize("index", ["3", "03", "00", "-1", "+1", "1.0", "1e0", " 1", "", "-", "x", "٣", "9" * 5000])
def test_only_a_plain_index_of_an_item_finds_one(index):
    """An index is 0 or digits without a leading zero, below the length."""
    with pytest.raises(InvalidValueError, match="a list of 3"):
        pointer.get({"items": [1, 2, 3]}, f"/items/{index}")


@pytest.mark.parametrize(
    ("value", "text", "reason"),
    [
        ({"web": {"host": "a", "port": 1}}, "/web/tls", "nothing named 'tls' in an object of 'host', 'port'"),
        ({}, "/a/b", "nothing named 'a' in an object of no names"),
        (dict.fromkeys("gfedcba", 0), "/x", "nothing named 'x' in an object of 'a', 'b', 'c', 'd', 'e' and 2 more"),
        ({"a": "text"}, "/a/0", "nothing named '0' in a string"),
        ({"a": None}, "/a/b", "nothing named 'b' in null"),
        ([True], "/0/b", "nothing named 'b' in a boolean"),
        ([1.5], "/0/b", "nothing named 'b' in a number"),
        (ABSENT, "/a", "nothing named 'a' in a value that does not exist"),
        (ABSENT, "", "there is no value"),
    ],
)
def test_a_miss_says_what_is_missing_and_what_is_there(value, text, reason):
    """The error names the token that is missing, what is there instead, and the pointer asked for."""
    with pytest.raises(InvalidValueError) as caught:
        pointer.get(value, text)
    assert caught.value.reason == reason
    assert caught.value.pointer == text


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ({"a": 1}, "", "new"),
        (ABSENT, "", "new"),
        ({"a": 1}, "/a", {"a": "new"}),
        ({"a": 1}, "/b", {"a": 1, "b": "new"}),
        ({"a": [1, 2]}, "/a/0", {"a": ["new", 2]}),
        ({"a": [1, 2]}, "/a/-", {"a": [1, 2, "new"]}),
        ([[0]], "/0/-", [[0, "new"]]),
        ({"-": 1}, "/-", {"-": "new"}),
    ],
)
def test_setting_replaces_or_makes_the_last_name(value, text, expected):
    """A name is made or replaced, an index replaced, "-" appends, and "" replaces all."""
    assert pointer.set_at(value, text, "new") == expected


@pytest.mark.parametrize("text", ["/a/2", "/a/02", "/b/c", "/a/0/x", "/a/-/x"])
@pytest.mark.parametrize("change", [pointer.set_at, lambda v, t, _: pointer.remove_at(v, t)])
def test_a_place_that_does_not_exist_is_not_made_up(change, text):
    """Only the last name may be new; nothing appears on the way to it."""
    with pytest.raises(InvalidValueError):
        change({"a": [1, 2]}, text, "new")


def test_inserting_makes_room():
    """A list keeps its items; the length as the index, or "-", appends."""
    assert pointer.insert_at([1, 2], "/0", 0) == [0, 1, 2]
    assert pointer.insert_at([1, 2], "/2", 3) == [1, 2, 3]
    assert pointer.insert_at([1, 2], "/-", 3) == [1, 2, 3]
    with pytest.raises(InvalidValueError):
        pointer.insert_at([1, 2], "/3", 4)


def test_removing_closes_the_gap_and_removing_all_leaves_nothing():
    """A name or an item goes; without the whole value there is `ABSENT`."""
    assert pointer.remove_at({"a": [1, 2, 3]}, "/a/1") == {"a": [1, 3]}
    assert pointer.remove_at({"a": 1, "b": 2}, "/a") == {"b": 2}
    assert pointer.remove_at({"a": 1}, "") is ABSENT


def test_a_new_value_shares_what_did_not_change():
    """Only the containers on the way to the place are copied; the old value stays as it was."""
    old: Any = {"touched": {"a": [1]}, "left": {"b": [2]}}
    new: Any = pointer.set_at(old, "/touched/a/0", 9)
    assert old == {"touched": {"a": [1]}, "left": {"b": [2]}}
    assert new == {"touched": {"a": [9]}, "left": {"b": [2]}}
    assert new["left"] is old["left"]
