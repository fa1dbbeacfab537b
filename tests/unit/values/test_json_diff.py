"""Differences as JSON Patches: short in the usual cases, right in all."""

import json
from typing import Any

import pytest

from muniment.values import json_diff, patch
from muniment.values.json_diff import diff
from muniment.values.json_value import ABSENT, same


def add(path, value):
    """Write one `add` operation."""
    return {"op": "add", "path": path, "value": value}


def remove(path):
    """Write one `remove` operation."""
    return {"op": "remove", "path": path}


def replace(path, value):
    """Write one `replace` operation."""
    return {"op": "replace", "path": path, "value": value}


def check(path, value):
    """Write one `test` operation."""
    return {"op": "test", "path": path, "value": value}


@pytest.mark.parametrize(
    ("before", "after", "operations"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [replace("/a", True)]),
        ({"a": None}, {}, [remove("/a")]),
        ({}, {"a": None}, [add("/a", None)]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [replace("/a/c", 3)]),
        ({"a": {}}, {"a": []}, [replace("/a", [])]),
        ({"c": 1, "a": 1}, {"b": 1, "a": 2}, [replace("/a", 2), add("/b", 1), remove("/c")]),
        ({"a/b": 1, "m~n": 1}, {"a/b": 2, "m~n": 2}, [replace("/a~1b", 2), replace("/m~0n", 2)]),
        (1, "1", [replace("", "1")]),
    ],
)
def test_objects_are_compared_by_name(before, after, operations):
    """Each name tells its own change, in the order of names; scalars and changed types are replaced."""
    assert diff(before, after) == operations


@pytest.mark.parametrize(
    ("before", "after", "operations"),
    [
        ([1, 2, 3], [1, 2, 3, 4, 5], [add("/3", 4), add("/4", 5)]),
        ([1, 2, 3, 4], [1, 2], [remove("/2"), remove("/2")]),
        ([1, 2, 3], [0, 1, 2, 3], [add("/0", 0)]),
        ([1, 2, 3], [1, 3], [remove("/1")]),
        ([1, 2, 3], [1, 9, 3], [replace("/1", 9)]),
        ([1, 2, 3, 4, 5, 6], [2, 3, 9, 5, 6, 7], [remove("/0"), replace("/2", 9), add("/5", 7)]),
        ([{"n": 1, "x": 0}, {"n": 2}], [{"n": 1, "x": 5}, {"n": 2}], [replace("/0/x", 5)]),
        ([{"n": 1}, {"n": 2}, {"n": 3}], [{"n": 2}, {"n": 4}], [remove("/0"), replace("/1/n", 4)]),
        ([[1, 2], [3]], [[1], [3]], [remove("/0/1")]),
        ([0, True, 1], [0, 1], [remove("/1")]),
        ([], [None], [add("/0", None)]),
    ],
)
def test_lists_keep_what_stayed(before, after, operations):
    """Items that stayed are not touched; an edited item between them is changed where it is."""
    assert diff(before, after) == operations


@pytest.mark.parametrize(
    ("before", "after", "operations"),
    [
        (ABSENT, {"a": 1}, [add("", {"a": 1})]),
        ({"a": 1}, ABSENT, [remove("")]),
        (ABSENT, ABSENT, []),
    ],
)
def test_a_whole_value_comes_or_goes(before, after, operations):
    """A side that is `ABSENT` is one operation at the top."""
    assert diff(before, after) == operations


def test_guards_stand_before_what_loses_a_value():
    """Each removal and replacement is preceded by a test for the old value; additions need none."""
    before: Any = {"a": 1, "b": [1, 2], "c": 3}
    after: Any = {"a": 2, "b": [1], "d": 4}
    assert diff(before, after, guarded=True) == [
        check("/a", 1),
        replace("/a", 2),
        check("/b/1", 2),
        remove("/b/1"),
        check("/c", 3),
        remove("/c"),
        add("/d", 4),
    ]
    assert diff(before, ABSENT, guarded=True) == [check("", before), remove("")]


def test_distant_edits_of_a_long_list_stay_small():
    """The length of a list does not matter, only how much of it changed."""
    before: Any = list(range(5000))
    after: Any = [*before[:10], *before[11:4990], -1, *before[4990:]]
    assert diff(before, after) == [remove("/10"), add("/4989", -1)]


@pytest.mark.parametrize(("left", "right"), [("[", "]"), ('{"a":', "}")])
def test_values_nested_as_deep_as_may_be_stored_are_compared(left, right):
    """A difference 200 levels down is one operation, far from the limit of the stack."""
    before, after = (json.loads(left * 200 + leaf + right * 200) for leaf in "12")
    (operation,) = diff(before, after)
    assert operation["value"] == 2
    assert patch.apply(before, [operation]) == after


@pytest.mark.parametrize("edits", [json_diff.MOST_EDITS, json_diff.MOST_EDITS + 2])
def test_lists_that_differ_too_much_are_compared_place_by_place(edits):
    """Past the documented bound the patch is longer, and still right."""
    removed = edits // 2
    before: Any = list(range(1000))
    after = [*before[removed:500], 0.5, *before[500:], *range(-removed + 1, 0)]
    operations = diff(before, after)
    assert same(patch.apply(before, operations), after)
    assert (len(operations) == edits) == (edits <= json_diff.MOST_EDITS)


def shortest(old, new):
    """Count the items of a longest common subsequence by the textbook table."""
    row = [0] * (len(new) + 1)
    for a in old:
        above = row[:]
        for place, b in enumerate(new):
            row[place + 1] = above[place] + 1 if a == b else max(above[place + 1], row[place])
    return row[-1]


@pytest.mark.parametrize("seed", range(40))
def test_as_many_items_stay_as_can(seed):
    """The runs that stay are common to both lists, in order, and a longest such subsequence."""
    digits = [(seed * 7919 + place * place * 31 + place // 3) % 4 for place in range(24)]
    old, new = digits[: 8 + seed % 5], digits[10 : 19 + seed % 6]
    runs = json_diff._common_runs(old, new)
    kept_old = [place for start, _, length in runs for place in range(start, start + length)]
    kept_new = [place for _, start, length in runs for place in range(start, start + length)]
    assert [old[place] for place in kept_old] == [new[place] for place in kept_new]
    assert kept_old == sorted(set(kept_old))
    assert kept_new == sorted(set(kept_new))
    assert len(kept_old) == shortest(old, new)
