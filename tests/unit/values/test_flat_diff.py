"""The flat form of a difference: paths that people read."""

from typing import Any

import pytest

from muniment.values.flat_diff import flat
from muniment.values.json_value import ABSENT


def change(before, after):
    """Write an entry of the group `changed`."""
    return {"before": before, "after": after}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"limits": {"max": 1}}, {"limits": {"max": 2}}, {"changed": {"limits.max": change(1, 2)}}),
        (
            {"forms": [{"fields": [1, 2, 3]}]},
            {"forms": [{"fields": [1, 2, 4]}]},
            {"changed": {"forms[0].fields[2]": change(3, 4)}},
        ),
        ({}, {"a": {"b": {"c": 1}}}, {"added": {"a": {"b": {"c": 1}}}}),
        ({"a": {"b": [1]}}, {"a": {}}, {"removed": {"a.b": [1]}}),
        ({"a": [1]}, {"a": [1, 2, [3]]}, {"added": {"a[1]": 2, "a[2]": [3]}}),
        ([1, 2, 3], [0], {"changed": {"[0]": change(1, 0)}, "removed": {"[1]": 2, "[2]": 3}}),
        ({"a": {"b": 1}}, {"a": [1]}, {"changed": {"a": change({"b": 1}, [1])}}),
        ({"a": 1}, {"a": True}, {"changed": {"a": change(1, True)}}),
        ({"a": None}, {}, {"removed": {"a": None}}),
        ({"a": 1, "b": [2.0]}, {"b": [2], "a": 1.0}, {}),
        (1, "1", {"changed": {"": change(1, "1")}}),
        (ABSENT, {"a": 1}, {"added": {"": {"a": 1}}}),
        ({"a": 1}, ABSENT, {"removed": {"": {"a": 1}}}),
        (ABSENT, ABSENT, {}),
    ],
)
def test_each_change_has_one_path(before, after, expected):
    """What came or went is one entry with its value; what differs tells both values."""
    assert flat(before, after) == {"added": {}, "removed": {}, "changed": {}} | expected


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("plain", "plain"),
        ("b.c", '["b.c"]'),
        ("b[0]", '["b[0]"]'),
        ('say "x"', r'["say \"x\""]'),
        ("", '[""]'),
        ("naïve.é", '["naïve.é"]'),
        ("a/b", "a/b"),
        ("0", "0"),
    ],
)
def test_names_that_would_be_ambiguous_are_quoted(name, path):
    """A name with a dot, a bracket or a quotation mark, or without letters, is a JSON string in brackets."""
    assert list(flat({}, {name: 1})["added"]) == [path]
    inner = path if path.startswith("[") else f".{path}"
    assert list(flat({"a": {}}, {"a": {name: 1}})["added"]) == [f"a{inner}"]


def test_entries_are_in_the_order_of_names_and_places():
    """The order does not depend on the order of names in either value, and item 2 comes before item 10."""
    before: Any = {"z": 1, "list": [0] * 12, "b": 1}
    after: Any = {"b": 2, "z": 2, "list": [1] * 12}
    assert list(flat(before, after)["changed"]) == ["b", *(f"list[{place}]" for place in range(12)), "z"]
