"""Which scalars were there before a change, and where; the marks on them tell it."""

from typing import Any

import pytest

from muniment.values.json_value import ABSENT
from muniment.values.lineage import NO_KEYS, NOTHING, each, joined, on_every_scalar, part
from muniment.values.place_patterns import PlacePatterns

DOCUMENT: Any = {"b": {"x": 1, "y": [True, None]}, "a": "text", "empty": {"list": []}, "m~n/": 0}


def flat(marks, place=""):
    """Write marks as `{place: the mark there}`."""
    if isinstance(marks, tuple):
        (mark,) = marks
        return {place: mark}
    found: dict[str, str] = {}
    for token, inner in marks.items():
        found |= flat(inner, f"{place}/{token}")
    return found


def parted(before, after, keys=NO_KEYS):
    """Tell of the scalars of `after`: of the old ones, new pointer by old one, and the new ones' pointers."""
    found, made = part(on_every_scalar(after), before, after, keys)
    return {old: new for new, old in flat(found).items()}, sorted(each(made))


def test_every_scalar_is_marked_with_its_pointer():
    """By name and then by place; what holds no scalar has no mark; a document may be a scalar itself."""
    assert list(each(on_every_scalar(DOCUMENT))) == ["/a", "/b/x", "/b/y/0", "/b/y/1", "/m~0n~1"]
    assert list(each(on_every_scalar(5))) == [""]
    assert on_every_scalar({"a": [{}, []]}) == NOTHING


def test_what_is_equal_hands_on_its_marks_as_they_are():
    """Nothing is looked at inside: the very same marks come back."""
    marks: Any = on_every_scalar(DOCUMENT)
    assert part(marks, dict(DOCUMENT), DOCUMENT) == (marks, NOTHING)
    found: Any
    found, made = part(marks, {**DOCUMENT, "a": 1}, DOCUMENT)
    assert found["b"] is marks["b"]
    assert made == {"a": ("/a",)}


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        (ABSENT, {"a": 1}, {}, ["/a"]),
        ({"a": 1}, {"a": 1.0}, {"/a": "/a"}, []),
        ({"a": 1}, {"a": True}, {}, ["/a"]),
        ({"a": None}, {"b": None}, {}, ["/b"]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}, "d": [1]}, {"/a/b": "/a/b"}, ["/a/c", "/d/0"]),
        ({"a": {"0": 1}}, {"a": [1]}, {}, ["/a/0"]),
        ({"a": 1}, {"a": {"b": 1}}, {}, ["/a/b"]),
        ({"a": {"b": 1}}, {"a": 1}, {}, ["/a"]),
        (1, 2, {}, [""]),
        ([1], 1, {}, [""]),
    ],
)
def test_objects_are_compared_by_name(before, after, old, new):
    """A scalar that is as it was at its place is old; another value, another type or another name is new."""
    assert parted(before, after) == (old, new)


def test_items_take_their_places_along():
    """An item that moved tells from where; what was edited in it is new."""
    before = {"l": [{"n": 1, "x": 1}, {"n": 2, "x": 2}]}
    after = {"l": [{"n": 0, "x": 0}, {"n": 2, "x": 2}, {"n": 1, "x": 5}]}
    keyed = parted(before, after, PlacePatterns({"/l": "n"}))
    assert keyed == ({"/l/1/n": "/l/1/n", "/l/1/x": "/l/1/x", "/l/2/n": "/l/0/n"}, ["/l/0/n", "/l/0/x", "/l/2/x"])
    assert parted(before, after)[0] == {"/l/1/n": "/l/1/n", "/l/1/x": "/l/1/x"}


def test_keys_of_inner_lists_are_found_by_their_place_now():
    """The place that a key is declared for may lead through the items of another list."""
    keys = PlacePatterns({"/forms": "id", "/forms/*/fields": "name"})
    form = {"id": "f", "fields": [{"name": "a", "n": 1}, {"name": "b", "n": 2}]}
    moved = {"id": "f", "fields": [{"name": "b", "n": 3}, {"name": "a", "n": 1}]}
    old, new = parted({"forms": [form]}, {"forms": [{"id": "g", "fields": []}, moved]}, keys)
    assert old["/forms/1/fields/0/name"] == "/forms/0/fields/1/name"
    assert old["/forms/1/fields/1/n"] == "/forms/0/fields/0/n"
    assert new == ["/forms/0/id", "/forms/1/fields/0/n"]


def test_only_what_is_marked_is_told():
    """What nobody asks for is in neither part."""
    assert part({"a": ("mark",)}, {"a": 1, "b": 1}, {"a": 1, "b": 2}) == ({"a": ("mark",)}, NOTHING)
    assert part(NOTHING, {"a": 1}, {"a": 2}) == (NOTHING, NOTHING)


def test_marks_are_put_together():
    """Two that meet at one place stay two; places of either stay; nothing adds nothing."""
    first: Any = {"a": {0: ("1",)}, "b": ("2",)}
    second: Any = {"a": {0: ("3",), 1: ("4",)}}
    assert joined(first, second) == {"a": {0: ("1", "3"), 1: ("4",)}, "b": ("2",)}
    assert (first, second) == ({"a": {0: ("1",)}, "b": ("2",)}, {"a": {0: ("3",), 1: ("4",)}})
    assert joined(NOTHING, ("1",)) == joined(("1",), NOTHING) == ("1",)
