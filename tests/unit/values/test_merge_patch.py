"""JSON Merge Patch: the cases of RFC 7396, appendix A, and the laws that it keeps for every value."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given

from json_strategies import json_values
from muniment.values import merge_patch
from muniment.values.json_value import same

APPENDIX_A: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("value", "patch", "expected"), APPENDIX_A)
def test_a_merge_patch_gives_a_new_value(value, patch, expected):
    """The result is what the RFC says, and neither the value nor the patch is changed."""
    kept = deepcopy((value, patch))
    assert same(merge_patch.apply(value, patch), expected)
    assert (value, patch) == kept


def test_the_example_of_the_rfc():
    """The document of RFC 7396, section 3: members are set, removed and kept at any depth, lists replaced."""
    value: Any = {
        "title": "Goodbye!",
        "author": {"givenName": "John", "familyName": "Doe"},
        "tags": ["example", "sample"],
        "content": "This will be unchanged",
    }
    patch: Any = {
        "title": "Hello!",
        "phoneNumber": "+01-123-456-7890",
        "author": {"familyName": None},
        "tags": ["example"],
    }
    assert merge_patch.apply(value, patch) == {
        "title": "Hello!",
        "author": {"givenName": "John"},
        "tags": ["example"],
        "content": "This will be unchanged",
        "phoneNumber": "+01-123-456-7890",
    }


@given(json_values(), json_values())
def test_applying_twice_is_applying_once(value, patch):
    """A merge patch changes nothing in its own result."""
    once = merge_patch.apply(value, patch)
    assert same(merge_patch.apply(once, patch), once)


@given(json_values(), json_values())
def test_the_arguments_stay_as_they_are(value, patch):
    """Neither the value nor the patch is changed, also by patching the result, which shares parts with both."""
    kept = deepcopy((value, patch))
    merge_patch.apply(merge_patch.apply(value, patch), {"a": {"a": None, "b": 1}, "b": None})
    assert same(value, kept[0])
    assert same(patch, kept[1])


@given(json_values(), json_values())
def test_each_name_is_its_own_matter(value, patch):
    """What the patch does not name stays, null removes, and all else is the same law one level deeper."""
    result = merge_patch.apply(value, patch)
    if not isinstance(patch, dict):
        assert same(result, patch)
        return
    assert isinstance(result, dict)
    old = value if isinstance(value, dict) else {}
    assert result.keys() == (old.keys() | patch.keys()) - {name for name in patch if patch[name] is None}
    for name in result:
        expected = merge_patch.apply(old.get(name), patch[name]) if name in patch else old[name]
        assert same(result[name], expected)


@given(json_values())
def test_what_a_patch_makes_of_nothing_has_no_nulls_that_it_did_not_hold_in_lists(patch):
    """A null in the objects of a patch is never a value: it is gone even where the patch adds the object."""
    assert not nulls_as_members(merge_patch.apply(None, patch))


def nulls_as_members(value):
    """Tell whether null is a member of an object, reached through objects alone."""
    return isinstance(value, dict) and any(item is None or nulls_as_members(item) for item in value.values())
