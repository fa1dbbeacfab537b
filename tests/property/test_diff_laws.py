"""The laws that pointers, patches and differences keep for every JSON value."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from json_strategies import edited, json_values, names
from muniment.errors import InvalidValueError
from muniment.values import patch, pointer
from muniment.values.flat_diff import flat
from muniment.values.json_diff import diff
from muniment.values.json_value import ABSENT, fingerprint, same

PAIRS = json_values().flatmap(edited) | st.tuples(json_values(), json_values())
SIDES = st.just(ABSENT) | json_values()
LISTS = st.lists(st.sampled_from([0, 1, True, None, "a", [0], {"a": 1}]), max_size=10)


def twin(value):
    """Write `value` so that equal meanings give equal text, by another road than the code under test."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name!r}:{twin(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(twin, value)) + "]"
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    return repr(value)


def places(value, here=()):
    """Give the tokens of every place in `value`."""
    yield here
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for token, item in inside:
        yield from places(item, (*here, str(token)))


@given(PAIRS)
def test_same_is_equality_of_meaning(pair):
    """Two values are the same exactly when they are written alike."""
    a, b = pair
    assert same(a, b) == same(b, a) == (twin(a) == twin(b))


@given(PAIRS)
def test_a_fingerprint_stands_for_its_value(pair):
    """Fingerprints are equal exactly when the values are the same, and can be hashed."""
    a, b = pair
    assert (fingerprint(a) == fingerprint(b)) == same(a, b)
    assert len({fingerprint(a), fingerprint(b)}) == 2 - same(a, b)


@given(st.lists(names()))
def test_join_and_parse_are_inverses(tokens):
    """Every list of tokens survives being written as a pointer."""
    assert pointer.parse(pointer.join(tokens)) == tuple(tokens)


@given(json_values(), json_values(), st.data())
def test_what_was_set_is_what_is_found(value, new, data):
    """Setting a place changes what is found there, undoing it restores the whole, and the argument never changes."""
    place = pointer.join(data.draw(st.sampled_from(list(places(value)))))
    before, old = deepcopy(value), pointer.get(value, place)
    changed = pointer.set_at(value, place, new)
    assert same(pointer.get(changed, place), new)
    assert same(pointer.set_at(changed, place, old), before)
    assert same(value, before)


@given(json_values(), json_values(), st.data())
def test_removing_undoes_inserting(value, new, data):
    """What is inserted at a place, in a list before what was there, is what removing takes away."""
    parents = {place: pointer.get(value, pointer.join(place[:-1])) for place in places(value) if place}
    inner = [place for place, parent in parents.items() if isinstance(parent, list)]
    place = pointer.join(data.draw(st.sampled_from(inner))) if inner else ""
    grown = pointer.insert_at(value, place, new)
    assert same(pointer.get(grown, place), new)
    shrunk = pointer.remove_at(grown, place)
    assert same(shrunk, value if inner else ABSENT)


@given(st.tuples(SIDES, SIDES) | PAIRS)
def test_a_difference_is_a_patch(pair):
    """Applying the difference of two values to the first gives the second, guarded or not, and changes neither."""
    before, after = pair
    kept = deepcopy(pair)
    for guarded in (False, True):
        assert same(patch.apply(before, diff(before, after, guarded=guarded)), after)
    assert same(before, kept[0])
    assert same(after, kept[1])


@given(LISTS, LISTS)
def test_a_difference_of_lists_is_a_patch(before, after):
    """The law holds for lists with many repetitions, where alignments are ambiguous."""
    assert same(patch.apply(before, diff(before, after)), after)


@given(PAIRS)
def test_a_difference_is_empty_exactly_between_the_same(pair):
    """No operation is told when nothing changed, and one at least when something did."""
    before, after = pair
    assert (diff(before, after) == []) == same(before, after)
    assert diff(before, deepcopy(before)) == []


@given(PAIRS, json_values(3), st.data())
def test_a_guard_refuses_a_value_that_was_changed_there(pair, other, data):
    """A guarded patch fails on a value in which any guarded place is not as it was."""
    before, after = pair
    operations = diff(before, after, guarded=True)
    guards = [place for place, operation in enumerate(operations) if operation["op"] == "test"]
    if not guards:
        return
    reached = data.draw(st.sampled_from(guards))
    guard = operations[reached]
    disturbance = other if not same(other, guard["value"]) else [guard["value"]]
    disturbed = pointer.set_at(patch.apply(before, operations[:reached]), guard["path"], disturbance)
    with pytest.raises(InvalidValueError):
        patch.apply(disturbed, operations[reached:])


@given(PAIRS)
def test_every_removal_and_replacement_is_guarded(pair):
    """A test of the same place stands right before each operation that loses a value."""
    operations = diff(*pair, guarded=True)
    for guard, operation in zip([{"op": ""}, *operations], operations, strict=False):
        if operation["op"] in {"remove", "replace"}:
            assert (guard["op"], guard["path"]) == ("test", operation["path"])


@given(st.tuples(SIDES, SIDES) | PAIRS)
def test_the_flat_form_is_empty_exactly_between_the_same(pair):
    """All groups are empty when nothing changed, and one at least is not when something did."""
    before, after = pair
    assert (flat(before, after) == {"added": {}, "removed": {}, "changed": {}}) == same(before, after)


@given(PAIRS)
def test_the_flat_form_mirrors_when_the_sides_swap(pair):
    """Swapping the sides swaps added with removed and before with after, and nothing else."""
    forth, back = flat(*pair), flat(*reversed(pair))
    turned = {path: {"before": c["after"], "after": c["before"]} for path, c in back["changed"].items()}
    assert forth == {"added": back["removed"], "removed": back["added"], "changed": turned}


@given(st.sets(names(), max_size=6), st.sets(names(), max_size=6))
def test_flat_paths_of_different_places_differ(outer, inner):
    """No two places share a path, whatever their names are."""
    before: Any = {name: dict.fromkeys(inner, 0) | {"list": [0]} for name in outer}
    after: Any = {name: dict.fromkeys(inner, 1) | {"list": [1]} for name in outer}
    assert len(flat(before, after)["changed"]) == len(diff(before, after))
