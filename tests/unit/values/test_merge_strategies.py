"""Declared strategies: what each makes of a disagreement, where it does not fit, and where none is asked."""

import math
from typing import Any

import pytest

from muniment.errors import InvalidValueError
from muniment.values.json_merge import Conflict, Merged, merge
from muniment.values.json_value import ABSENT
from muniment.values.merge_rules import Rules


def at_top(strategy):
    """Declare a strategy for the whole value."""
    return Rules(strategies={"": strategy})


@pytest.mark.parametrize(
    ("strategy", "base", "ours", "theirs", "expected"),
    [
        ("ours", 1, 2, 3, 2),
        ("theirs", 1, 2, 3, 3),
        ("ours", 1, ABSENT, 3, ABSENT),
        ("theirs", 1, ABSENT, 3, 3),
        ("ours", {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}),
        ("theirs", [1], [1, 2], [3, 1], [3, 1]),
        ("union", ["a"], ["a", "b"], ["a", "c"], ["a", "b", "c"]),
        ("union", ["a", "b"], ["b"], ["a", "b", "c"], ["b", "c"]),
        ("union", ["a", "b"], ["b", "x", "x"], ["a"], ["x"]),
        ("union", ABSENT, [1, True], [1.0, {"n": 1}], [1, True, {"n": 1}]),
        ("union", "none", [1], [2], [1, 2]),
        ("counter", 10, 12, 15, 17),
        ("counter", 10, 11, 11, 12),
        ("counter", 10, 7, 15, 12),
        ("counter", ABSENT, 2, 3, 5),
        ("counter", 0.1, 0.3, 0.2, 0.4),
        ("counter", 0, 0.1, 0.2, 0.3),
        ("counter", 1, 2.5, 3, 4.5),
        ("counter", 10**400, 10**400 + 1, 10**400 + 2, 10**400 + 3),
        ("max", 1, 3, 2, 3),
        ("min", 3, 2, 1, 1),
        ("max", 5, 3, 2, 3),
        ("max", None, "2026-01-31", "2026-02-01", "2026-02-01"),
        ("min", ABSENT, "b", "a", "a"),
        ("max", 1, 10**400, 2.5, 10**400),
        ("text", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        (lambda base, ours, theirs: [base, ours, theirs], 1, 2, 3, [1, 2, 3]),
        (lambda *_: ABSENT, 1, 2, 3, ABSENT),
        (lambda _, ours, theirs: theirs if ours is ABSENT else ours, 1, ABSENT, 3, 3),
        (lambda *_: None, 1, 2, 3, None),
    ],
)
def test_each_strategy_settles_a_disagreement(strategy, base, ours, theirs, expected):
    """What the strategy gives stands, and there is no conflict."""
    found = merge(base, ours, theirs, at_top(strategy))
    assert found == Merged(expected, ())
    assert type(found.value) is type(expected)


@pytest.mark.parametrize(
    ("strategy", "base", "ours", "theirs", "kind"),
    [
        ("union", [1], [1, 2], "x", "type-change"),
        ("union", [1], [1, 2], ABSENT, "modify-delete"),
        ("counter", 1, 2, "3", "type-change"),
        ("counter", 1, 2, ABSENT, "modify-delete"),
        ("counter", "1", 2, 3, "modify-modify"),
        ("counter", True, 2, 3, "modify-modify"),
        ("counter", 1.0, 1e308, 1.7e308, "modify-modify"),
        ("counter", 0.5, 10**400, 1, "modify-modify"),
        ("max", 1, 2, "3", "type-change"),
        ("max", 0, True, 2, "type-change"),
        ("min", [1], [2, 2], [3, 3], "modify-modify"),
        ("text", "a", "b", "c", "modify-modify"),
        ("text", ABSENT, "b", "c", "add-add"),
        ("text", "a", "b", 1, "type-change"),
        (lambda *_: NotImplemented, 1, 2, 3, "modify-modify"),
    ],
)
def test_where_a_strategy_does_not_fit_it_is_as_if_there_were_none(strategy, base, ours, theirs, kind):
    """Values of another type, a deletion, a number that JSON cannot say, edits that touch: a conflict as usual."""
    standing = theirs if ours is ABSENT else ours
    expected = Merged(standing, (Conflict("", base, ours, theirs, kind),))
    assert merge(base, ours, theirs, at_top(strategy)) == expected


def test_a_strategy_that_does_not_fit_leaves_objects_to_be_merged_by_name():
    """A counter declared for an object does not make it a conflict."""
    assert merge({}, {"a": 1}, {"b": 1}, at_top("counter")) == Merged({"a": 1, "b": 1}, ())


@pytest.mark.parametrize("strategy", ["ours", "theirs", "union", "counter", "max", "min", "text", lambda *_: 9])
def test_what_one_side_alone_changed_is_never_undone(strategy):
    """A strategy settles disagreements: a maximum that one side lowered is lower."""
    sides: list[Any] = [1, "x", [2], ABSENT]
    for side in sides:
        assert merge(5, 5, side, at_top(strategy)) == Merged(side, ())
        assert merge(5, side, 5, at_top(strategy)) == Merged(side, ())


@pytest.mark.parametrize("strategy", ["ours", "theirs", "union", "max", "min", "text", lambda *_: 9])
def test_where_the_sides_agree_only_counters_are_asked(strategy):
    """Sides that did the same are both right."""
    sides: list[Any] = [1, "x", [2, 2], ABSENT]
    for side in sides:
        assert merge(5, side, side, at_top(strategy)) == Merged(side, ())


def test_counters_count_inside_values_on_which_the_sides_agree():
    """Two steps are two, also where all else was changed alike; and nothing besides the counter is changed."""
    rules = Rules(keys={"/pages": "url"}, strategies={"/pages/*/hits": "counter", "/total": "counter"})
    base: Any = {"total": 1, "pages": [{"url": "/", "hits": 1}], "tags": []}
    side: Any = {"total": 2, "pages": [{"url": "/new", "hits": 1}, {"url": "/", "hits": 3}], "tags": ["x"]}
    assert merge(base, side, side, rules) == Merged(
        {"total": 3, "pages": [{"url": "/new", "hits": 2}, {"url": "/", "hits": 5}], "tags": ["x"]}, ()
    )


def test_strategies_reach_the_places_that_their_patterns_fit():
    """`*` is any name or index; of two patterns that fit, the first declared counts; others leave a place alone."""
    rules = Rules(strategies={"/a/x": "theirs", "/*/x": "max", "/l/*": "min"})
    three: list[Any] = [{"a": {"x": n}, "b": {"x": n}, "c": {"y": n}, "l": [n], "x": n} for n in (1, 3, 2)]
    found = merge(three[0], three[1], three[2], rules)
    assert found.value == {"a": {"x": 2}, "b": {"x": 3}, "c": {"y": 3}, "l": [2], "x": 3}
    assert [conflict.pointer for conflict in found.conflicts] == ["/c/y", "/x"]


def test_a_strategy_goes_before_a_preferred_side():
    """Preferring settles what would be a conflict, and a counter is none."""
    rules = Rules(strategies={"/n": "counter"})
    found = merge({"n": 1, "m": 1}, {"n": 2, "m": 2}, {"n": 3, "m": 3}, rules, prefer="theirs")
    assert found == Merged({"n": 4, "m": 3}, ())


def test_a_function_may_change_what_it_is_given():
    """It gets copies: the sides stay as they are."""

    def spoil(base, ours, theirs):
        for side in (base, ours, theirs):
            side.append(0)
        return ours

    three: list[Any] = [[1], [2], [3]]
    assert merge(three[0], three[1], three[2], at_top(spoil)).value == [2, 0]
    assert three == [[1], [2], [3]]


def test_what_a_function_gives_becomes_plain_json():
    """Tuples become lists and whole floats integers, as they are stored."""
    found = merge(1, 2, 3, at_top(lambda *_: {"t": (1.0, 2.5)}))
    assert repr(found.value) == "{'t': [1, 2.5]}"


def test_a_function_that_gives_no_json_is_refused():
    """The fault is told with its place in the merged value."""
    rules = Rules(strategies={"/a/b": lambda *_: {"x": [math.nan]}})
    with pytest.raises(InvalidValueError) as caught:
        merge({"a": {"b": 1}}, {"a": {"b": 2}}, {"a": {"b": 3}}, rules)
    assert caught.value.pointer == "/a/b/x/0"


def test_an_item_that_a_function_removes_leaves_no_hole():
    """`ABSENT` takes the item out, and the pointers of later conflicts count what is left."""

    def drop_texts(_, ours, __):
        return ABSENT if isinstance(ours, str) else NotImplemented

    found = merge(["a", 1, 1], ["b", 2, 1], ["c", 3, 4], Rules(strategies={"/*": drop_texts}))
    assert found == Merged([2, 4], (Conflict("/0", 1, 2, 3, "modify-modify"),))


def test_none_declares_that_there_is_no_strategy():
    """It keeps a later pattern from the place: what disagrees there is a conflict, and merged inside."""
    rules = Rules(strategies={"/a": None, "/*": "theirs"})
    found = merge({"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 3, "b": 3}, rules)
    assert found == Merged({"a": 2, "b": 3}, (Conflict("/a", 1, 2, 3, "modify-modify"),))
    assert merge({"a": [1, 1]}, {"a": [2, 1]}, {"a": [1, 2]}, rules) == Merged({"a": [2, 2]}, ())


@pytest.mark.parametrize(
    "declared",
    [
        {"keys": {"forms": "id"}},
        {"keys": {"/forms": 1}},
        {"keys": {1: "id"}},
        {"strategies": {"/a": "newest"}},
        {"strategies": {"a~": "max"}},
    ],
)
def test_rules_that_say_nothing_are_refused(declared):
    """A place that is no pointer, a key that is no name, a strategy that nobody knows."""
    with pytest.raises(InvalidValueError):
        Rules(**declared)


def test_an_unknown_strategy_is_told_with_those_there_are():
    """Whoever misspelled one sees what to write."""
    with pytest.raises(InvalidValueError, match="'/a' is ours, theirs, union, counter, max, min, text or a function"):
        Rules(strategies={"/a": "newest"})  # type: ignore[dict-item]
