"""Merging JSON values: what is merged, what is a conflict, and what stands there."""

from copy import deepcopy
from itertools import permutations
from typing import Any

import pytest

from muniment.values.json_merge import Conflict, Merged, merge
from muniment.values.json_value import ABSENT
from muniment.values.merge_rules import Rules

KEYED = Rules(keys={"/forms": "id", "/forms/*/fields": "name"})


def clean(value):
    """Expect a merge without conflicts."""
    return Merged(value, ())


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
        ({"a": 1}, {"a": 1, "b": 1}, {"a": 1, "c": 1}, {"a": 1, "b": 1, "c": 1}),
        ({"a": 1, "b": 1, "c": 1}, {"b": 1, "c": 1}, {"a": 1, "b": 1}, {"b": 1}),
        ({"a": {"x": 1, "y": 1}}, {"a": {"x": 2, "y": 1}}, {"a": {"x": 1}}, {"a": {"x": 2}}),
        ({"a": 1}, {"a": 2}, {"a": 2.0}, {"a": 2}),
        ({"a": 1}, {}, {}, {}),
        ({"a": 1}, {"a": None}, {"a": 1, "b": None}, {"a": None, "b": None}),
        (ABSENT, {"a": {"x": 1}}, {"a": {"y": 1}, "b": 1}, {"a": {"x": 1, "y": 1}, "b": 1}),
        ("off", {"x": 1}, {"y": 1}, {"x": 1, "y": 1}),
        ({"a": 1}, ABSENT, {"a": 1}, ABSENT),
        (ABSENT, ABSENT, {"a": 1}, {"a": 1}),
        (ABSENT, ABSENT, ABSENT, ABSENT),
    ],
)
def test_objects_are_merged_by_name(base, ours, theirs, expected):
    """Fields that one side added, changed or deleted show; what both did alike is done once."""
    assert merge(base, ours, theirs) == clean(expected)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "conflict", "standing"),
    [
        (1, 2, 3, "modify-modify", 2),
        ("a", "b", "c", "modify-modify", "b"),
        (1, 2, 2.5, "modify-modify", 2),
        ([1], [1, 2], [1, 3], "modify-modify", [1, 2]),
        (1, ABSENT, 2, "modify-delete", 2),
        (1, 2, ABSENT, "modify-delete", 2),
        ({"x": 1}, ABSENT, {"x": 2}, "modify-delete", {"x": 2}),
        (ABSENT, 1, 2, "add-add", 1),
        (ABSENT, 1, "1", "add-add", 1),
        (ABSENT, [1], [2], "add-add", [1]),
        (1, "2", 3, "type-change", "2"),
        (0, True, 1, "type-change", True),
        (1, None, 2, "type-change", None),
        ({"x": 1}, [1], {"x": 2}, "type-change", [1]),
        ({"x": 1}, {"x": 2}, "x", "type-change", {"x": 2}),
    ],
)
def test_each_kind_of_conflict(base, ours, theirs, conflict, standing):
    """A conflict tells all three sides; ours stands there meanwhile, or theirs where ours deleted it."""

    def inside(side) -> Any:
        return {"k/": {} if side is ABSENT else {"v": side}}

    found = merge(inside(base), inside(ours), inside(theirs))
    assert found == Merged({"k/": {"v": standing}}, (Conflict("/k~1/v", base, ours, theirs, conflict),))
    assert merge(base, ours, theirs) == Merged(standing, (Conflict("", base, ours, theirs, conflict),))


def test_the_rest_of_a_value_is_merged_beside_its_conflicts():
    """Conflicts are as small as the disagreement, in the order of names and places; all else is merged."""
    base: Any = {"b": {"x": 1, "y": 1}, "a": [1, 1, 1], "c": 1}
    ours: Any = {"b": {"x": 2, "y": 1}, "a": [2, 2, 1], "c": 1}
    theirs: Any = {"b": {"x": 3, "y": 3}, "a": [1, 3, 3]}
    assert merge(base, ours, theirs) == Merged(
        {"b": {"x": 2, "y": 3}, "a": [2, 2, 3]},
        (Conflict("/a/1", 1, 2, 3, "modify-modify"), Conflict("/b/x", 1, 2, 3, "modify-modify")),
    )


def test_objects_that_both_added_conflict_only_where_they_differ():
    """Two new objects are merged as if out of an empty one."""
    found = merge({}, {"s": {"port": 80, "host": "a"}}, {"s": {"port": 81, "tls": True}})
    assert found == Merged(
        {"s": {"port": 80, "host": "a", "tls": True}}, (Conflict("/s/port", ABSENT, 80, 81, "add-add"),)
    )


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ([1, 2, 3], [9, 2, 3], [1, 2, 8], [9, 2, 8]),
        ([{"x": 1, "y": 1}], [{"x": 2, "y": 1}], [{"x": 1, "y": 2}], [{"x": 2, "y": 2}]),
        ([[1, 1]], [[2, 1]], [[1, 2]], [[2, 2]]),
    ],
)
def test_lists_whose_length_stayed_are_merged_item_by_item(base, ours, theirs, expected):
    """Without a key, the place tells the items, as long as neither side changed their number."""
    assert merge(base, ours, theirs) == clean(expected)


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [([1, 2], [1, 2, 3], [9, 2]), ([1, 2], [1], [1, 9]), ([], [1], [2]), ([1, 2], [1, 3, 2], [1, 4, 2])],
)
def test_other_lists_are_merged_as_a_whole(base, ours, theirs):
    """Where a length changed, places do not tell the items: the list is one conflict, also where both grew alike."""
    assert merge(base, ours, theirs) == Merged(ours, (Conflict("", base, ours, theirs, "modify-modify"),))


def forms(*items):
    """Write a document of forms, each with an id and whatever else."""
    return {"forms": [{"id": name} | rest for name, rest in items]}


def test_keyed_items_are_merged_field_by_field():
    """The key tells an item, wherever it stands, and lists inside items have keys of their own."""
    base = forms(("a", {"n": 1, "fields": [{"name": "x", "t": 1}, {"name": "y"}]}), ("b", {"n": 1}))
    ours = forms(("b", {"n": 2}), ("a", {"n": 1, "fields": [{"name": "y"}, {"name": "x", "t": 1}]}))
    theirs = forms(("a", {"n": 3, "fields": [{"name": "x", "t": 2}, {"name": "y"}, {"name": "z"}]}), ("b", {"n": 1}))
    assert merge(base, ours, theirs, KEYED) == clean(
        forms(("b", {"n": 2}), ("a", {"n": 3, "fields": [{"name": "y"}, {"name": "z"}, {"name": "x", "t": 2}]}))
    )


def keys_of(base, ours, theirs):
    """Merge lists of items that have nothing but a key, written as texts of one letter each."""
    sides: list[Any] = [[{"id": letter} for letter in side] for side in (base, ours, theirs)]
    found = merge(sides[0], sides[1], sides[2], Rules(keys={"": "id"}))
    assert found.conflicts == ()
    items: Any = found.value
    return "".join(item["id"] for item in items)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("abc", "abcx", "abcy", "abcxy"),
        ("abc", "abc", "abcy", "abcy"),
        ("abc", "axbc", "aybc", "axybc"),
        ("abc", "xabc", "yabc", "xyabc"),
        ("abc", "axbc", "abyc", "axbyc"),
        ("abc", "ac", "abyc", "ayc"),
        ("abc", "ac", "ab", "a"),
        ("abc", "cba", "abyc", "cbya"),
        ("abcd", "abcdx", "dcba", "dxcba"),
        ("abc", "bac", "acb", "bac"),
        ("", "ab", "cd", "abcd"),
        ("a", "axy", "ayx", "axy"),
    ],
)
def test_the_order_of_keyed_items(base, ours, theirs, expected):
    """Ours leads, unless only theirs moved items; new items follow the item they followed, behind the leader's own."""
    assert keys_of(base, ours, theirs) == expected


def test_a_keyed_item_that_one_side_deleted_and_the_other_changed():
    """It is a conflict at the place where the item stands in the merged list, and it stands for now."""
    base = forms(("a", {}), ("b", {"n": 1}), ("c", {}))
    ours, theirs = forms(("b", {"n": 1}), ("c", {})), forms(("a", {"n": 9}), ("c", {}))
    item: Any = {"id": "a"}
    assert merge(base, ours, theirs, KEYED) == Merged(
        forms(("a", {"n": 9}), ("c", {})),
        (Conflict("/forms/0", item, ABSENT, item | {"n": 9}, "modify-delete"),),
    )


def test_keyed_items_that_both_added_conflict_only_where_they_differ():
    """The pointer counts the items of the merged list, not those of either side."""
    ours, theirs = forms(("x", {}), ("n", {"p": 1, "q": 1})), forms(("n", {"p": 2, "r": 1}))
    assert merge(forms(), ours, theirs, KEYED) == Merged(
        forms(("x", {}), ("n", {"p": 1, "q": 1, "r": 1})), (Conflict("/forms/1/p", ABSENT, 1, 2, "add-add"),)
    )


@pytest.mark.parametrize(
    "odd", [[{"id": 1}, {"id": 1.0}], [{"id": 1}, {"name": 1}], [{"id": 1}, 1], [{"id": [1]}, {"id": [1]}]]
)
def test_a_list_whose_items_their_key_does_not_tell_is_merged_as_a_whole(odd):
    """A key that is missing or stands twice, on any of the three sides, tells nothing about the whole list."""
    rules = Rules(keys={"": "id"})
    plain: Any = [{"id": 1}, {"id": 2}]
    other: Any = [{"id": 1, "n": 1}, {"id": 2}]
    for base, ours, theirs in permutations((odd, plain, other)):
        conflict = Conflict("", base, ours, theirs, "modify-modify")
        assert merge(base, ours, theirs, rules) == Merged(ours, (conflict,))


def test_keys_of_different_types_are_different():
    """1 and true tell two items from each other, 1 and 1.0 one; null and lists are keys too."""
    rules = Rules(keys={"": "id"})
    base: Any = [{"id": key} for key in (1, True, None, [1])]
    ours = [*base, {"id": "new"}]
    theirs: Any = [{"id": 1.0, "n": 1}, {"id": True, "n": 2}, {"id": None, "n": 3}, {"id": [1.0], "n": 4}]
    assert merge(base, ours, theirs, rules) == clean([*theirs, {"id": "new"}])


@pytest.mark.parametrize(("prefer", "expected"), [("ours", {"a": 2, "d": 2}), ("theirs", {"a": 3, "c": 3})])
def test_a_preferred_side_stands_wherever_they_disagree(prefer, expected):
    """No conflict is left; what that side deleted is deleted, and what one side alone changed is kept."""
    base: Any = {"a": 1, "c": 1, "d": 1, "e": 1, "f": 1}
    ours: Any = {"a": 2, "d": 2, "e": 1, "f": 1, "g": 1}
    theirs: Any = {"a": 3, "c": 3, "e": 1, "f": 2}
    assert merge(base, ours, theirs, prefer=prefer) == clean(expected | {"e": 1, "f": 2, "g": 1})


def test_no_side_is_changed_in_place():
    """The three sides are afterwards what they were before, at every level."""
    base = forms(("a", {"n": 1}), ("b", {"n": 1}))
    ours, theirs = forms(("b", {"n": 2})), forms(("a", {"n": 2}), ("b", {"m": 3}), ("c", {}))
    before = deepcopy([base, ours, theirs])
    merge(base, ours, theirs, KEYED)
    assert [base, ours, theirs] == before


def nested(depth, leaf):
    """Put `leaf` into objects and lists in turn."""
    for level in range(depth):
        leaf = {"k": leaf, "id": 1} if level % 2 else [leaf]
    return leaf


@pytest.mark.parametrize("rules", [Rules(), Rules(keys={"/k" * n: "id" for n in range(200)})])
def test_the_deepest_values_that_can_be_stored_are_merged(rules):
    """A disagreement two hundred levels down is found and told."""
    found = merge(nested(199, [1]), nested(199, [2]), nested(199, [3]), rules)
    assert [conflict.kind for conflict in found.conflicts] == ["modify-modify"]
    assert found.conflicts[0].pointer.count("/") == 200
