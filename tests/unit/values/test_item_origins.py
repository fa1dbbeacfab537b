"""Which item of a list was which before: by a field that tells them, or by what stayed as it was."""

import pytest

from muniment.values.item_origins import origins


def item(name, port=1):
    """Write an item that the field `id` tells from others."""
    return {"id": name, "port": port}


def traced(before, after, key=None):
    """Give the old place of each new item, None for a new one."""
    kept, edited = origins(before, after, key)
    assert not kept.keys() & edited.keys()
    assert all(before[old] == after[new] for new, old in kept.items())
    return [kept.get(place, edited.get(place)) for place in range(len(after))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [], []),
        ([], ["a"], [None]),
        (["a", "b"], ["a", "b", "c"], [0, 1, None]),
        (["a", "b", "c"], ["c"], [2]),
        (["a", "b", "c"], ["x", "a", "b", "c"], [None, 0, 1, 2]),
        (["a", "b", "c"], ["a", "x", "c"], [0, 1, 2]),
        (["a", "b", "c"], ["a", "x", "y", "c"], [0, 1, None, 2]),
        (["a", "a"], ["a", "a", "a"], [0, 1, None]),
    ],
)
def test_what_stayed_in_order_is_found(before, after, expected):
    """Items that were inserted are new, those after a removed one are found, and edited ones keep their place."""
    assert traced(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["a", "b"], ["b", "a"], [1, 0]),
        (["a", "b", "c"], ["c", "b", "a"], [2, 1, 0]),
        ([item("a"), item("b"), item("c")], [item("c"), item("a"), item("b")], [2, 0, 1]),
        (["a", "a", "b"], ["b", "a", "a"], [2, 0, 1]),
        (["a", "b", "c", "d"], ["d", "x", "b", "c"], [3, 0, 1, 2]),
    ],
)
def test_what_stands_elsewhere_as_it_was_has_moved(before, after, expected):
    """An item that left one place and stands at another is the same one, and each old item is one new item only."""
    assert traced(before, after) == expected


def test_true_is_not_one():
    """Items are compared by what they mean in JSON."""
    assert origins([True, "x"], ["x", 1], None).kept == {0: 1}
    assert origins([1, "x"], ["x", 1.0], None).kept == {0: 1, 1: 0}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([item("a"), item("b")], [item("b", 2), item("a", 2)], [1, 0]),
        ([item("a"), item("b")], [item("c"), item("b", 2), item("a")], [None, 1, 0]),
        ([item("a"), item("b"), item("c")], [item("a"), item("c", 9)], [0, 2]),
        ([item("a", 1)], [item("b", 1)], [None]),
    ],
)
def test_the_key_tells_items(before, after, expected):
    """With a key an item is followed through a move and an edit at once, and one of another name is another one."""
    assert traced(before, after, "id") == expected


@pytest.mark.parametrize(
    "stray", [[item("b"), item("b", 2)], [{"port": 1}, item("a")], ["text"]], ids=["twice", "missing", "no object"]
)
def test_a_key_that_does_not_tell_is_left_alone(stray):
    """Where two items have the same, or one has none, the lists are compared as if there were no key."""
    before = [item("x"), item("y"), *stray]
    after = [*stray, item("y"), item("x", 3)]
    assert traced(before, after, "id") == traced(before, after)


def test_lists_too_different_to_align_are_compared_place_by_place():
    """Beyond the most edits that are followed, what stands elsewhere as it was is found all the same."""
    before = [f"old {n}" for n in range(300)] + ["kept"]
    after = ["kept"] + [f"new {n}" for n in range(300)]
    assert traced(before, after) == [300, *range(300)]
