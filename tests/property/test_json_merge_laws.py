"""The laws of merging JSON values, whatever the values and the rules."""

from copy import deepcopy
from fractions import Fraction
from itertools import combinations
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from json_strategies import edited_copies, json_values
from muniment.values import canonical, pointer
from muniment.values.json_merge import merge
from muniment.values.json_value import ABSENT, fingerprint, same
from muniment.values.merge_alignment import merged_order
from muniment.values.merge_rules import Rules

SETTLING = ("ours", "theirs", "union", "max", "min", "text")
"""All but `counter`, for which two steps alike are two."""

SYMMETRIC = ("union", "counter", "max", "min", "text")

PATTERNS = ("", "/*", "/a", "/*/*", "/a/*", "/*/*/*")


def threes():
    """Three values: two edited copies of one, or any three, with now and then a side that has nothing."""
    copies = json_values().flatmap(lambda base: st.tuples(st.just(base), edited_copies(base), edited_copies(base)))
    sides = json_values() | st.just(ABSENT)
    return copies | keyed_documents() | st.tuples(sides, sides, sides)


def keyed_documents():
    """Three lists of items with keys, some with more in them: the keys are few, so that they meet."""
    item = st.fixed_dictionaries({"id": st.sampled_from("abcdef")}, optional={"n": st.integers(0, 2), "m": st.just([])})
    items = st.lists(item, max_size=6, unique_by=lambda found: found["id"])
    return st.tuples(items, items, items)


def rules_of(*strategies):
    """Rules that declare some of these strategies, and keys, at the places that the values most often have."""
    declared = st.dictionaries(st.sampled_from(PATTERNS), st.sampled_from(strategies), max_size=3)
    keys = st.dictionaries(st.sampled_from(PATTERNS), st.sampled_from(["id", "a"]), max_size=3)
    return st.builds(lambda some, fields: Rules(strategies=some, keys=fields), declared, keys)


def settled_alike(found):
    """Put one mark at the place of every conflict, from the last to the first: what is left is what was merged."""
    value = found.value
    for conflict in reversed(found.conflicts):
        value = pointer.set_at(value, conflict.pointer, "settled")
    return value


def in_any_order(value):
    """Make a key of a value in which the order of lists does not show."""
    if isinstance(value, list):
        return (list, frozenset((key, count) for key, count in _counted(map(in_any_order, value)).items()))
    if isinstance(value, dict):
        return frozenset((name, in_any_order(item)) for name, item in value.items())
    return fingerprint(value)


def _counted(keys):
    counts: dict[Any, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts


@given(threes(), rules_of(*SETTLING, "counter"))
def test_a_side_that_changed_nothing_leaves_the_field_to_the_other(three, rules):
    """merge(b, b, x) = x and merge(b, x, b) = x, whatever is declared."""
    base, side, _ = three
    for found in (merge(base, base, side, rules), merge(base, side, base, rules)):
        assert same(found.value, side)
        assert found.conflicts == ()


@given(threes(), rules_of(*SETTLING))
def test_sides_that_agree_are_right(three, rules):
    """merge(b, x, x) = x, but for counters."""
    base, side, _ = three
    found = merge(base, side, deepcopy(side), rules)
    assert same(found.value, side)
    assert found.conflicts == ()


@given(threes())
def test_swapping_the_sides_swaps_the_conflicts_and_nothing_else(three):
    """Without keys, which say something about order: the same places, the same kinds, and the same value else."""
    base, ours, theirs = three
    forth, back = merge(base, ours, theirs), merge(base, theirs, ours)
    swapped = tuple(conflict._replace(ours=conflict.theirs, theirs=conflict.ours) for conflict in back.conflicts)
    assert repr(swapped) == repr(forth.conflicts)
    assert same(settled_alike(forth), settled_alike(back))


@given(threes(), rules_of(*SYMMETRIC))
def test_swapping_the_sides_may_only_move_items_where_keys_and_unions_are_declared(three, rules):
    """As many conflicts of the same kinds; and where there are none, the same value but for the order of items."""
    base, ours, theirs = three
    forth, back = merge(base, ours, theirs, rules), merge(base, theirs, ours, rules)
    told = [(in_any_order([c.base]), in_any_order([c.ours]), in_any_order([c.theirs]), c.kind) for c in forth.conflicts]
    again = [(in_any_order([c.base]), in_any_order([c.theirs]), in_any_order([c.ours]), c.kind) for c in back.conflicts]
    assert _counted(told) == _counted(again)
    if not told:
        assert in_any_order([forth.value]) == in_any_order([back.value])


@given(threes(), rules_of(*SETTLING, "counter"))
def test_a_preferred_side_leaves_no_conflict_and_swaps_with_the_sides(three, rules):
    """Preferring settles everything; at the place of each conflict stands what that side has there."""
    base, ours, theirs = three
    forth = merge(base, ours, theirs, rules, prefer="ours")
    assert forth.conflicts == ()
    assert merge(base, ours, theirs, rules, prefer="theirs").conflicts == ()
    if not merge(base, ours, theirs, rules).conflicts:
        assert same(forth.value, merge(base, ours, theirs, rules).value)


@given(threes())
def test_preferring_is_settling_each_conflict_by_hand(three):
    """Whoever settles the conflicts one by one, from the last to the first, gets what `prefer` gives."""
    base, ours, theirs = three
    found = merge(base, ours, theirs)
    for prefer in ("ours", "theirs"):
        value = found.value
        for conflict in reversed(found.conflicts):
            side = conflict.ours if prefer == "ours" else conflict.theirs
            if side is ABSENT:
                value = pointer.remove_at(value, conflict.pointer)
            else:
                value = pointer.set_at(value, conflict.pointer, side)
        assert same(value, merge(base, ours, theirs, prefer=prefer).value)


@given(threes(), rules_of(*SETTLING, "counter"))
def test_the_result_is_valid_json_and_the_sides_stay_as_they_were(three, rules):
    """At a conflict stands ours, or theirs where ours deleted it; nothing is changed in place."""
    before = deepcopy(three)
    base, ours, theirs = three
    found = merge(base, ours, theirs, rules)
    assert repr(three) == repr(before)
    if found.value is not ABSENT:
        canonical.encode(found.value)
    for conflict in found.conflicts:
        standing = conflict.theirs if conflict.ours is ABSENT else conflict.ours
        assert same(pointer.get(found.value, conflict.pointer), standing)


@given(threes(), rules_of(*SETTLING, "counter"))
def test_conflicts_are_true_disagreements(three, rules):
    """The three sides of each differ from one another, its kind says how, and no two are at one place."""
    base, ours, theirs = three
    found = merge(base, ours, theirs, rules)
    for _, *sides, kind in found.conflicts:
        assert not any(same(*pair) for pair in combinations(sides, 2))
        assert (kind == "add-add") == (sides[0] is ABSENT)
        assert (kind == "modify-delete") == (ABSENT in sides[1:])
    assert len({conflict.pointer for conflict in found.conflicts}) == len(found.conflicts)


@given(st.dictionaries(st.text(max_size=3), json_values()), st.data())
def test_edits_of_different_fields_never_conflict_and_both_show(base, data):
    """Any edit of some fields and any edit of others is merged to both edits."""
    mine = data.draw(st.sets(st.sampled_from(["a", "b", "c", *base])))
    changes = data.draw(st.dictionaries(st.sampled_from(["a", "b", "c", *base]), json_values(3) | st.just(ABSENT)))
    ours, theirs, expected = dict(base), dict(base), dict(base)
    for name, value in changes.items():
        for target in (ours if name in mine else theirs, expected):
            target.pop(name, None)
            if value is not ABSENT:
                target[name] = value
    found = merge(base, ours, theirs)
    assert found.conflicts == ()
    assert same(found.value, expected)


def places_of(value, here=()):
    """List the places of every scalar and empty container; lists and objects with something in them lead there."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [place for token, item in inside for place in places_of(item, (*here, str(token)))]
    return found or [here]


@given(json_values(), json_values(1), json_values(1), st.data())
def test_replacements_at_different_places_never_conflict_and_both_show(base, first, second, data):
    """However deep two places lie, in objects and in lists, what is put there by two sides is there in the end."""
    leaves = places_of(base)
    assume(len(leaves) > 1)
    one, other = data.draw(st.lists(st.sampled_from(leaves), min_size=2, max_size=2, unique=True))
    ours = pointer.set_at(base, pointer.join(one), first)
    theirs = pointer.set_at(base, pointer.join(other), second)
    found = merge(base, ours, theirs)
    assert found.conflicts == ()
    assert same(found.value, pointer.set_at(ours, pointer.join(other), second))


ITEMS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), max_size=6)


@given(ITEMS, ITEMS, ITEMS)
def test_keyed_lists_are_merged_as_objects_are(base, ours, theirs):
    """Apart from the order, a list with a key is an object whose names are the keys."""

    def listed(values) -> Any:
        return [{"id": key, "n": value} for key, value in values.items()]

    found = merge(listed(base), listed(ours), listed(theirs), Rules(keys={"": "id"}))
    by_name = merge(base, ours, theirs)
    items: Any = found.value
    named: Any = by_name.value
    assert sorted((item["id"], item["n"]) for item in items) == sorted(named.items())
    assert len(found.conflicts) == len(by_name.conflicts)


ORDERS = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(ORDERS, ORDERS, ORDERS)
def test_an_order_names_each_item_once_and_keeps_that_of_a_side(base, ours, theirs):
    """Every item of both sides is there once, and those of the side that leads stand as they stand there."""
    order = merged_order(base, ours, theirs)
    assert sorted(order) == sorted({*ours, *theirs})
    kept = [[key for key in order if key in side] == side for side in (ours, theirs)]
    assert any(kept)


@given(ORDERS, ORDERS)
def test_an_order_that_one_side_alone_changed_is_that_side_s(base, side):
    """The laws of merging hold for the order, too."""
    assert merged_order(base, side, side) == side
    present = [key for key in base if key in side]
    moved = [key for key in side if key in base]
    assert merged_order(present, present, moved) == merged_order(present, moved, present) == moved


NUMBERS = st.integers() | st.floats(-1e9, 1e9) | st.decimals(-99, 99, places=2).map(float)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_counter_adds_up_what_both_sides_added(base, ours, theirs):
    """Its result is the base and both differences, exactly for integers, and the sides may be swapped."""
    rules = Rules(strategies={"": "counter"})
    total: Any = merge(base, ours, theirs, rules).value
    assert repr(total) == repr(merge(base, theirs, ours, rules).value) or total == 0
    if all(isinstance(number, int) for number in (base, ours, theirs)):
        assert total == ours + theirs - base
    else:
        exact = Fraction(repr(ours)) + Fraction(repr(theirs)) - Fraction(repr(base))
        assert abs(Fraction(repr(total)) - exact) <= abs(exact) * Fraction(1, 2**50) + Fraction(1, 10**300)


SETS = st.lists(st.sampled_from([0, 1, True, None, "a", [1], {"n": 1}]))


@given(SETS, SETS, SETS)
def test_a_union_holds_what_neither_removed_and_what_either_added(base, ours, theirs):
    """As sets: what both have, with what one has and the base had not; each once, if both sides changed something."""
    rules = Rules(strategies={"": "union"})
    merged: Any = merge(base, ours, theirs, rules).value
    old, left, right = ({fingerprint(item) for item in side} for side in (base, ours, theirs))
    assert {fingerprint(item) for item in merged} == (left & right) | (left - old) | (right - old)
    if not (same(base, ours) or same(base, theirs) or same(ours, theirs)):
        assert len(merged) == len({fingerprint(item) for item in merged})
    assert in_any_order(merge(base, theirs, ours, rules).value) == in_any_order(merged)


@given(st.integers(), st.integers(), st.integers())
def test_a_maximum_and_a_minimum_are_one_of_the_sides(base, ours, theirs):
    """Where both changed, the larger or the smaller; where one did, what it made of it."""
    for name, pick in (("max", max), ("min", min)):
        expected = theirs if base == ours else ours if base == theirs else pick(ours, theirs)
        assert merge(base, ours, theirs, Rules(strategies={"": name})).value == expected  # type: ignore[dict-item]


@given(threes())
def test_what_was_merged_stays_merged(three):
    """Merging a side once more into a merge without conflicts changes nothing."""
    base, ours, theirs = three
    found = merge(base, ours, theirs)
    if not found.conflicts:
        assert same(merge(base, found.value, theirs).value, found.value)
        assert same(merge(base, ours, found.value).value, found.value)
