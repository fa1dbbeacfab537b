"""What each lens does to an object in both directions, and where it says that an object does not suit it."""

from copy import deepcopy

import pytest

from muniment.errors import InvalidValueError
from muniment.schema import kept, lens
from muniment.schema.motion import bind_all
from muniment.values.json_value import same


def moved(frame, *lenses, up=True):
    """A copy of an object after lenses."""
    result = deepcopy(frame)
    for motion in bind_all(lenses, "1.0>1.1:", up=up):
        motion(result)
    return result


def down(frame, *lenses):
    """A copy of an object after lenses, brought to the older version."""
    return moved(frame, *lenses, up=False)


@pytest.mark.parametrize(
    ("one", "older", "newer"),
    [
        (lens.rename("a", "b"), {"a": 1}, {"b": 1}),
        (lens.rename("a", "b", optional=True), {"c": 1}, {"c": 1}),
        (lens.add("a", default=[1]), {}, {"a": [1]}),
        (lens.add("a"), {"a": None}, {"a": None}),
        (lens.add("a", 1), {"a": 5}, {"a": 5}),
        (lens.remove("a", 1), {"a": 1}, {}),
        (lens.remove("a", 1), {"a": True}, {}),
        (lens.remove("a", optional=True), {}, {}),
        (lens.move("/a", "/b/c"), {"a": 1}, {"b": {"c": 1}}),
        (lens.move("/a", "/b/c"), {"a": 1, "b": {}}, {"b": {"c": 1}}),
        (lens.move("/a", "/b/c/d"), {"a": 1, "b": {}}, {"b": {"c": {"d": 1}}}),
        (lens.move("/a", "/b/c/d"), {"a": 1, "b": {"c": {}}}, {"b": {"c": {"d": 1}}}),
        (lens.move("/a/x", "/b"), {"a": {"x": 1}}, {"b": 1}),
        (lens.move("/a/x", "/b"), {"a": {"x": 1, "y": 2}}, {"a": {"y": 2}, "b": 1}),
        (lens.move("/a/x", "/a/y"), {"a": {"x": 1}}, {"a": {"y": 1}}),
        (lens.move("/a", "/a/b"), {"a": 1}, {"a": {"b": 1}}),
        (lens.move("/a/b", "/a"), {"a": {"b": 1}}, {"a": 1}),
        (lens.move("/a~1b", "/c"), {"a/b": 1}, {"c": 1}),
        (lens.wrap("a"), {"a": 1}, {"a": [1]}),
        (lens.wrap("a"), {"a": None}, {"a": []}),
        (lens.wrap("a"), {"a": [1]}, {"a": [[1]]}),
        (lens.unwrap("a"), {"a": []}, {"a": None}),
        (lens.unwrap("a"), {"a": [None]}, {"a": None}),
        (lens.unwrap("a"), {"a": [1, 2]}, {"a": 1}),
        (lens.convert("a", {"low": 1}), {"a": "low"}, {"a": 1}),
        (lens.convert("a", {"low": 1, "least": 1}), {"a": "least"}, {"a": 1}),
        (lens.convert("a", {"x": 1, "y": True}), {"a": "y"}, {"a": True}),
        (lens.convert("a", {}, default_up=0), {"a": {"x": []}}, {"a": 0}),
        (lens.inside("a", lens.rename("x", "y")), {"a": {"x": 1}}, {"a": {"y": 1}}),
        (lens.inside("a", lens.rename("x", "y"), optional=True), {"a": None}, {"a": None}),
        (lens.each("a", lens.remove("x")), {"a": [{"x": 1}, {"x": 2, "z": 3}]}, {"a": [{}, {"z": 3}]}),
        (lens.each("a", lens.remove("x"), optional=True), {}, {}),
    ],
)
def test_an_object_goes_up_and_comes_back(one, older, newer):
    """What programs see at the newer version, and then the older version exactly as it was."""
    up = moved(older, one)
    assert kept.without(up) == newer
    assert same(down(up, one), older)
    assert moved(down(up, one), one) == up


@pytest.mark.parametrize(
    ("one", "older", "place"),
    [
        (lens.rename("a", "b"), {}, ""),
        (lens.rename("a", "b"), {"a": 1, "b": 2}, ""),
        (lens.remove("a"), {}, ""),
        (lens.move("/a/b", "/c"), {"a": {}}, ""),
        (lens.move("/a/b", "/c"), {"a": [1]}, ""),
        (lens.move("/a", "/b/c"), {"a": 1, "b": 2}, "/b"),
        (lens.move("/a", "/b/c"), {"a": 1, "b": {"c": 2}}, "/b/c"),
        (lens.wrap("a"), {}, ""),
        (lens.unwrap("a"), {"a": 1}, "/a"),
        (lens.unwrap("a~/"), {"a~/": {}}, "/a~0~1"),
        (lens.convert("a", {"low": 1}), {"a": "high"}, "/a"),
        (lens.convert("a", {1: 2}), {"a": True}, "/a"),
        (lens.inside("a"), {"a": None}, ""),
        (lens.inside("a"), {"a": []}, "/a"),
        (lens.inside("a", lens.wrap("x")), {"a": {}}, "/a"),
        (lens.each("a"), {}, ""),
        (lens.each("a"), {"a": {}}, "/a"),
        (lens.each("a"), {"a": [{}, None]}, "/a/1"),
        (lens.each("a", lens.inside("b", lens.unwrap("c"))), {"a": [{"b": {"c": 1}}]}, "/a/0/b/c"),
        (lens.remove("a"), {"a": 1, "schema_kept": 5}, "/schema_kept"),
    ],
)
def test_an_object_that_does_not_suit_is_an_error_that_tells_the_place(one, older, place):
    """Missing fields, what stands at the target, and what is of another sort."""
    with pytest.raises(InvalidValueError) as caught:
        moved(older, one)
    assert caught.value.pointer == place


def test_an_edit_of_one_item_leaves_the_others_of_its_list():
    """The first item stands for the list: what it becomes is the first item; null hides the others until it is set."""
    for one, up in (lens.unwrap("a"), True), (lens.wrap("a"), False):
        frame = moved({"a": [1, 2, 3]}, one, up=up)
        assert moved({**frame, "a": 9}, one, up=not up) == {"a": [9, 2, 3]}
        empty = moved({**frame, "a": None}, one, up=not up)
        assert empty["a"] == []
        assert moved({**moved(empty, one, up=up), "a": 9}, one, up=not up) == {"a": [9, 2, 3]}


def test_an_edit_counts_more_than_what_was_kept():
    """A value that was converted and then set is what it was set to."""
    one = lens.convert("a", {"low": 1, "least": 1, "high": 2})
    assert down({**moved({"a": "least"}, one), "a": 2}, one) == {"a": "high"}


def test_a_field_that_was_deleted_takes_with_it_what_was_kept():
    """So that nothing of it comes back with another field of that name."""
    for one, value in (
        (lens.unwrap("a", optional=True), [1, 2]),
        (lens.convert("a", {1: 0}, {}, default_down=3, optional=True), 1),
    ):
        frame = moved({"a": value}, one)
        assert kept.KEPT in frame
        del frame["a"]
        assert down(frame, one) == {}  # fmt: skip


def test_a_field_left_out_at_the_newer_version_stays_left_out():
    """An older program's edit does not write the default of a lens where the newer program has another."""
    one = lens.add("a", default=False)
    older = down({"b": 1}, one)
    assert kept.without(older) == {"b": 1}
    older["b"] = 2
    assert moved(older, one) == {"b": 2}


def test_documents_share_no_default():
    """What is put into one is changed in it alone."""
    for one, up in (lens.add("a", [[]]), True), (lens.remove("a", [[]]), False), (lens.convert("a", {"x": [[]]}), True):
        first, second = moved({"a": "x"} if isinstance(one, lens.Convert) else {}, one, up=up), None
        first["a"][0].append(1)
        second = moved({"a": "x"} if isinstance(one, lens.Convert) else {}, one, up=up)
        assert second["a"] == [[]]


def test_what_is_kept_moves_with_its_object():
    """Items that are reordered, copied and deleted at one version take what they keep along."""
    one = lens.each("a", lens.remove("secret", optional=True))
    frame = moved({"a": [{"id": 1, "secret": "x"}, {"id": 2}, {"id": 3, "secret": "z"}]}, one)
    frame["a"] = [frame["a"][2], {"id": 4}, frame["a"][0]]
    assert down(frame, one) == {"a": [{"id": 3, "secret": "z"}, {"id": 4}, {"id": 1, "secret": "x"}]}
