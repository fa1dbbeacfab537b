"""Carrying an edit over to a document: how items of lists are told, and what a type sees in another order."""

from typing import Any

import pytest

from muniment.errors import InvalidValueError
from muniment.schema.carry import Edit, carried, with_extras
from muniment.schema.item_keys import Keys
from muniment.values.json_value import ABSENT


def carry(raw, before, after, keys=None):
    """The document after an edit of all that the type says."""
    return carried(raw, Edit(before, after, after), Keys(keys or {}))


@pytest.mark.parametrize(
    ("raw", "before", "after", "expected"),
    [
        (["b", "a"], ["a", "b"], ["a"], ["a"]),
        (["b", "a"], ["a", "b"], ["a", "c"], ["a", "c"]),
        ([[2, 3], [1, 2]], [[1, 2], [2, 3]], [[1, 2]], [[1, 2]]),
        ([{"n": 2, "z": 2}, {"n": 1, "z": 1}], [{"n": 1}, {"n": 2}], [{"n": 2}], [{"n": 2, "z": 2}]),
        ([{"n": 2, "z": 2}, {"n": 1}], [{"n": 1}, {"n": 2}], [{"n": 1}, {"n": 3}], [{"n": 1}, {"n": 3, "z": 2}]),
    ],
)
def test_a_set_is_sorted_whatever_order_it_had(raw, before, after, expected):
    """What the type saw in another place is not taken for what is there."""
    assert carry(raw, before, after) == expected


def test_a_struct_written_as_a_list_keeps_what_is_unknown_in_it():
    """Its fields have their places: in those that are known, and behind them."""
    assert carry([{"a": 1, "z": 9}, 2, "new"], [{"a": 1}, 2], [{"a": 5}, 3]) == [{"a": 5, "z": 9}, 3, "new"]
    assert carry([{"a": 1, "z": 9}], [{"a": 1}, 8080], [{"a": 5}, 8080]) == [{"a": 5, "z": 9}, 8080]


def test_items_with_one_key_are_told_by_their_order():
    """A key that was given twice loses nothing."""
    raw = [{"id": 1, "z": "x"}, {"id": 1, "z": "y"}, {"z": "no key"}]
    before = [{"id": 1, "n": 0}, {"id": 1, "n": 0}, {"n": 0}]
    after = [{"id": 1, "n": 1}, {"id": 1, "n": 2}, {"id": 2, "n": 0}]
    expected = [{"id": 1, "n": 1, "z": "x"}, {"id": 1, "n": 2, "z": "y"}, {"id": 2, "n": 0}]
    assert carry(raw, before, after, {"": "id"}) == expected


def test_keys_of_any_item():
    """A star stands for any token of the place; the longest declaration is no nearer than another."""
    keys = Keys({"/forms": "id", "/forms/*/fields": "name", "/by~1name/*": "key"})
    assert keys.of(("forms",)) == "id"
    assert keys.of(("forms", "12", "fields")) == "name"
    assert keys.of(("by/name", "a")) == "key"
    assert keys.of(("forms", "12")) is None
    assert keys.of(()) is None


@pytest.mark.parametrize("declared", [{"forms": "id"}, {"/a~": "id"}, {5: "id"}, {"/forms": 5}, {"/forms": None}])
def test_keys_that_lead_nowhere_are_refused(declared):
    """Places are pointers, and fields are text."""
    with pytest.raises(InvalidValueError):
        Keys(declared)


def test_what_has_its_default_is_left_out_again():
    """A field that is set to its default goes, if nothing unknown is in it; what was not set stays."""
    raw: Any = {"a": 5, "b": 1, "in": {"x": 5}, "out": {"x": 5, "z": 1}}
    before: Any = {"a": 5, "b": 1, "in": {"x": 5}, "out": {"x": 5}}
    after: Any = {"a": 0, "b": 1, "in": {"x": 0}, "out": {"x": 0}}
    assert carried(raw, Edit(before, after, {}), Keys({})) == {"b": 1, "out": {"x": 0, "z": 1}}


def test_a_value_of_another_sort_takes_the_place():
    """An object that becomes null, or a list that becomes an object, takes nothing along."""
    assert carry({"a": {"x": 1, "z": 1}}, {"a": {"x": 1}}, {"a": None}) == {"a": None}
    assert carry({"a": [{"z": 1}]}, {"a": [{}]}, {"a": {"x": 1}}) == {"a": {"x": 1}}
    assert carry({"a": None, "z": 1}, {"a": None}, {"a": {"x": 1}}) == {"a": {"x": 1}, "z": 1}


def test_without_a_view_of_the_old_document_all_that_is_not_said_is_unknown():
    """Nobody knows what the type would have made of it."""
    raw: Any = {"a": "broken", "z": 1, "list": [{"id": 1, "z": 2}]}
    after: Any = {"a": 1, "list": [{"id": 1, "n": 3}]}
    expected = {"a": 1, "z": 1, "list": [{"id": 1, "n": 3, "z": 2}]}
    assert carried(raw, Edit(ABSENT, after, after), Keys({"/list": "id"})) == expected


def test_what_is_given_beyond_the_type_is_added():
    """At the top, in objects and in items; items that the result has alone stay."""
    given: Any = {"a": {"x": 1, "new": 2}, "list": [{"new": 3}], "new": 4}
    known: Any = {"a": {"x": 1}, "list": [{"n": 0}]}
    result: Any = {"a": {"x": 1, "z": 1}, "list": [{"n": 0}, "tail"], "z": 1}
    expected = {"a": {"x": 1, "z": 1, "new": 2}, "list": [{"n": 0, "new": 3}, "tail"], "z": 1, "new": 4}
    assert with_extras(result, given, known) == expected
