"""JSON Patch: the cases of RFC 6902, appendix A, and what failing says."""

from copy import deepcopy
from typing import Any

import pytest

from muniment.errors import InvalidValueError
from muniment.values import patch
from muniment.values.json_value import ABSENT, same

GOOD = {
    "A.1 add a member": (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux"}],
        {"baz": "qux", "foo": "bar"},
    ),
    "A.2 add an item": (
        {"foo": ["bar", "baz"]},
        [{"op": "add", "path": "/foo/1", "value": "qux"}],
        {"foo": ["bar", "qux", "baz"]},
    ),
    "A.3 remove a member": (
        {"baz": "qux", "foo": "bar"},
        [{"op": "remove", "path": "/baz"}],
        {"foo": "bar"},
    ),
    "A.4 remove an item": (
        {"foo": ["bar", "qux", "baz"]},
        [{"op": "remove", "path": "/foo/1"}],
        {"foo": ["bar", "baz"]},
    ),
    "A.5 replace": (
        {"baz": "qux", "foo": "bar"},
        [{"op": "replace", "path": "/baz", "value": "boo"}],
        {"baz": "boo", "foo": "bar"},
    ),
    "A.6 move a member": (
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    "A.7 move an item": (
        {"foo": ["all", "grass", "cows", "eat"]},
        [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    "A.8 test, success": (
        {"baz": "qux", "foo": ["a", 2, "c"]},
        [{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}],
        {"baz": "qux", "foo": ["a", 2, "c"]},
    ),
    "A.10 add a nested object": (
        {"foo": "bar"},
        [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
        {"foo": "bar", "child": {"grandchild": {}}},
    ),
    "A.11 ignore what is not known": (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}],
        {"foo": "bar", "baz": "qux"},
    ),
    "A.14 order of escapes": (
        {"/": 9, "~1": 10},
        [{"op": "test", "path": "/~01", "value": 10}],
        {"/": 9, "~1": 10},
    ),
    "A.16 add a list as an item": (
        {"foo": ["bar"]},
        [{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}],
        {"foo": ["bar", ["abc", "def"]]},
    ),
    "add replaces a member": ({"a": 1}, [{"op": "add", "path": "/a", "value": 2}], {"a": 2}),
    "add replaces the whole": ({"a": 1}, [{"op": "add", "path": "", "value": [1]}], [1]),
    "replace the whole": ({"a": 1}, [{"op": "replace", "path": "", "value": None}], None),
    "a null is a value": ({"a": 1}, [{"op": "replace", "path": "/a", "value": None}], {"a": None}),
    "copy": ({"a": [1]}, [{"op": "copy", "from": "/a", "path": "/a/0"}], {"a": [[1], 1]}),
    "move onto itself": ({"a": 1}, [{"op": "move", "from": "/a", "path": "/a"}], {"a": 1}),
    "move outwards": ({"a": {"b": 1}}, [{"op": "move", "from": "/a/b", "path": "/a"}], {"a": 1}),
    "a like-named neighbour is no child": (
        {"a": 1, "ab": {}},
        [{"op": "move", "from": "/a", "path": "/ab/c"}],
        {"ab": {"c": 1}},
    ),
    "test by meaning": ({"a": [1, {}]}, [{"op": "test", "path": "/a", "value": [1.0, {}]}], {"a": [1, {}]}),
    "the whole goes": ({"a": 1}, [{"op": "remove", "path": ""}], ABSENT),
    "the whole comes": (ABSENT, [{"op": "add", "path": "", "value": 1}], 1),
    "nothing to do": ({"a": 1}, [], {"a": 1}),
}

BAD = {
    "A.9 test, error": ({"baz": "qux"}, {"op": "test", "path": "/baz", "value": "bar"}),
    "A.12 add where there is no parent": ({"foo": "bar"}, {"op": "add", "path": "/baz/bat", "value": "qux"}),
    "A.13 an unknown operation": ({"foo": "bar"}, {"op": "transmogrify", "path": "/foo"}),
    "A.15 text is no number": ({"/": 9, "~1": 10}, {"op": "test", "path": "/~01", "value": "10"}),
    "true is no number": ({"a": 1}, {"op": "test", "path": "/a", "value": True}),
    "null is not absent": ({}, {"op": "test", "path": "/a", "value": None}),
    "remove what is not there": ({"a": 1}, {"op": "remove", "path": "/b"}),
    "remove after the last": ([1], {"op": "remove", "path": "/-"}),
    "replace what is not there": ({"a": 1}, {"op": "replace", "path": "/b", "value": 1}),
    "replace after the last": ([1], {"op": "replace", "path": "/-", "value": 1}),
    "add past the end": ([1], {"op": "add", "path": "/2", "value": 1}),
    "add at a leading zero": ([1, 2], {"op": "add", "path": "/01", "value": 1}),
    "add into a scalar": ({"a": 1}, {"op": "add", "path": "/a/b", "value": 1}),
    "move what is not there": ({"a": 1}, {"op": "move", "from": "/b", "path": "/c"}),
    "move into itself": ({"a": {"b": 1}}, {"op": "move", "from": "/a", "path": "/a/b/c"}),
    "move the whole into itself": ({"a": 1}, {"op": "move", "from": "", "path": "/a"}),
    "copy what is not there": ({"a": 1}, {"op": "copy", "from": "/b", "path": "/c"}),
    "replace nothing": (ABSENT, {"op": "replace", "path": "", "value": 1}),
    "remove nothing": (ABSENT, {"op": "remove", "path": ""}),
    "test nothing": (ABSENT, {"op": "test", "path": "", "value": None}),
    "no op": ({"a": 1}, {"path": "/a"}),
    "no path": ({"a": 1}, {"op": "remove"}),
    "a path that is no pointer": ({"a": 1}, {"op": "remove", "path": "a"}),
    "a path that is no text": ({"a": 1}, {"op": "remove", "path": 1}),
    "no from": ({"a": 1}, {"op": "copy", "path": "/b"}),
    "no value": ({"a": 1}, {"op": "add", "path": "/b"}),
}


@pytest.mark.parametrize(("value", "operations", "expected"), GOOD.values(), ids=GOOD)
def test_a_patch_gives_a_new_value(value, operations, expected):
    """The result is what the RFC says, and neither the value nor the patch is changed."""
    kept = deepcopy((value, operations))
    assert same(patch.apply(value, operations), expected)
    assert (value, operations) == kept


@pytest.mark.parametrize(("value", "operation"), BAD.values(), ids=BAD)
def test_a_bad_operation_fails_and_changes_nothing(value, operation):
    """The error names the operation by its number, and the value stays as it was."""
    kept = deepcopy(value)
    with pytest.raises(InvalidValueError, match=r"^operation 2 of 2 \("):
        patch.apply(value, [{"op": "add", "path": "", "value": value}, operation])
    assert value == kept


def test_a_failure_names_the_operation_and_its_place():
    """The number counts from 1, the name and the pointer are the operation's, the cause is told."""
    operations: Any = [{"op": "add", "path": "/a", "value": 1}, {"op": "remove", "path": "/b/c"}]
    with pytest.raises(InvalidValueError) as caught:
        patch.apply({}, operations)
    assert str(caught.value) == "operation 2 of 2 (remove): nothing named 'b' in an object of 'a' at /b/c"
    assert caught.value.pointer == "/b/c"


def test_later_operations_see_earlier_ones_without_touching_what_they_share():
    """A copied part and a given value are changed in the result alone."""
    given = {"x": [1]}
    operations: Any = [
        {"op": "add", "path": "/a", "value": given},
        {"op": "copy", "from": "/a", "path": "/b"},
        {"op": "add", "path": "/b/x/-", "value": 2},
    ]
    assert patch.apply({}, operations) == {"a": {"x": [1]}, "b": {"x": [1, 2]}}
    assert given == {"x": [1]}
