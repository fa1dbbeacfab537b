"""The laws that overrides keep, whatever stands in the list and whatever they change."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from json_strategies import edited_copies, json_values
from muniment.schema import overrides
from muniment.values import json_diff, pointer
from muniment.values.json_value import ABSENT, same

START = datetime(2026, 1, 1, tzinfo=UTC)

MOMENTS = st.integers(-3, 3).map(lambda hours: START + timedelta(hours=hours))
ENDS = MOMENTS | MOMENTS.map(datetime.isoformat) | st.sampled_from([None, "soon", "2099-01-01T00:00:00", 5])
IDS = st.sampled_from(["a", "b", "c", "d", 1])
OVERRIDES = st.fixed_dictionaries({"id": IDS}, optional={"expires_at": ENDS})
TOMBSTONES = st.fixed_dictionaries({"id": st.just("t"), "revoked": st.just(value=True)}, optional={"revokes": IDS})
LISTS = st.lists(OVERRIDES | TOMBSTONES | st.sampled_from([None, 5, {}, {"id": ""}]), max_size=8)


@st.composite
def overridden(draw: st.DrawFn) -> tuple[Any, list[Any]]:
    """Documents and overrides whose patches fit them one after the other: merge patches and lists of operations."""
    document = draw(st.dictionaries(st.sampled_from("abc"), json_values(6), max_size=3))
    entries: list[Any] = []
    value: Any = document
    for _ in range(draw(st.integers(0, 4))):
        merged = draw(st.booleans())
        patch: Any = draw(patches()) if merged else json_diff.diff(value, draw(edited_copies(value)))
        entries.append({"id": draw(st.sampled_from("abcd")), "patch": patch})
        value = overrides.apply(value, entries[-1:], now=START)[0]
    return document, entries


def patches() -> st.SearchStrategy[Any]:
    """Merge patches, often of the names that the documents have."""
    return st.dictionaries(st.sampled_from("abcd"), json_values(6), max_size=3)


def positions(found, entries):
    """Where in `entries` the very objects of `found` stand."""
    return [next(place for place, entry in enumerate(entries) if entry is wanted) for wanted in found]


def by_effects(document, effects):
    """Write each effect into the document by hand, making the objects on the way."""
    holder = {"": deepcopy(document)}
    for effect in effects:
        here, last = holder, ""
        for token in pointer.parse(effect.pointer):
            here, last = here.setdefault(last, {}), token
        if effect.value is ABSENT:
            del here[last]
        else:
            here[last] = effect.value
    return holder[""]


@given(LISTS, MOMENTS)
def test_active_entries_are_a_part_in_the_same_order(entries, now):
    """Nothing is added, doubled, changed or moved."""
    distinct = [deepcopy(entry) for entry in entries if isinstance(entry, dict)]
    kept = deepcopy(distinct)
    found = positions(overrides.active(distinct, now), distinct)
    assert found == sorted(set(found))
    assert distinct == kept


@given(LISTS, MOMENTS)
def test_active_is_idempotent(entries, now):
    """What is in force in a list is all in force alone."""
    found = overrides.active(entries, now)
    assert overrides.active(found, now) == found


@given(LISTS, MOMENTS, IDS, st.data())
def test_a_revoked_id_is_never_active(entries, now, key, data):
    """Wherever its tombstone stands, no entry of that id is in force, and for others nothing changes."""
    grave = {"id": "t", "revoked": True, "revokes": key}
    with_grave = data.draw(st.permutations([*entries, grave]))
    without = [entry for entry in with_grave if entry is not grave]
    expected = [entry for entry in overrides.active(without, now) if entry["id"] != key]
    assert overrides.active(with_grave, now) == expected


@given(LISTS, MOMENTS, st.randoms())
def test_the_order_decides_nothing_but_the_order(entries, now, random):
    """A shuffled list has the same entries in force."""
    shuffled = list(entries)
    random.shuffle(shuffled)
    found, same_found = overrides.active(entries, now), overrides.active(shuffled, now)
    assert sorted(map(repr, found)) == sorted(map(repr, same_found))


@given(LISTS, MOMENTS, MOMENTS)
def test_what_is_over_stays_over(entries, one, other):
    """As time goes on entries only leave, and the others keep their order."""
    early, late = sorted([one, other])
    distinct = [deepcopy(entry) for entry in entries]
    before, after = overrides.active(distinct, early), overrides.active(distinct, late)
    assert [entry for entry in before if any(entry is left for left in after)] == after


@given(json_values(), LISTS)
def test_without_patches_nothing_changes(document, entries):
    """Entries that carry no patch leave the document as it is, the very same value."""
    value, effects = overrides.apply(document, entries, now=START)
    assert value is document
    assert effects == ()


@given(overridden())
def test_the_arguments_stay_as_they_are(case):
    """Neither the document nor an entry is changed in place."""
    kept = deepcopy(case)
    overrides.apply(*case, now=START)
    assert same(list(case), list(kept))


@given(overridden())
def test_overrides_are_applied_one_after_the_other(case):
    """All at once give what each gives on the result of the one before."""
    document, entries = case
    value = document
    for entry in entries:
        value = overrides.apply(value, [entry], now=START)[0]
    assert same(overrides.apply(document, entries, now=START)[0], value)


@given(overridden())
def test_the_effects_tell_all_that_differs(case):
    """Written into the document, the effects give the document in force: none is missing, doubled or out of order."""
    document, entries = case
    value, effects = overrides.apply(document, entries, now=START)
    pointers = [effect.pointer for effect in effects]
    assert same(by_effects(document, effects), value)
    assert pointers == sorted(set(pointers))
    assert not any(same(effect.value, effect.before) for effect in effects)


@given(overridden())
def test_an_effect_tells_what_is_and_was_there(case):
    """`value` and `before` are what the pointer finds in the document in force and in the document itself."""
    document, entries = case
    value, effects = overrides.apply(document, entries, now=START)
    for effect in effects:
        assert same(found(value, effect.pointer), effect.value)
        assert same(found(document, effect.pointer), effect.before)


def found(value, place):
    """What is at a place, reached through objects, or `ABSENT`."""
    for token in pointer.parse(place):
        value = value.get(token, ABSENT) if isinstance(value, dict) else ABSENT
    return value


@given(overridden())
def test_what_comes_after_the_override_that_is_named_did_not_change_the_place(case):
    """An effect names the last to change its place: it is there, alike, without those that come after it."""
    document, entries = case
    distinct = [{**entry, "id": number} for number, entry in enumerate(entries)]
    for effect in overrides.apply(document, distinct, now=START)[1]:
        assert isinstance(effect.id, int)
        until_then = overrides.apply(document, distinct[: effect.id + 1], now=START)[0]
        before_then = overrides.apply(document, distinct[: effect.id], now=START)[0]
        assert same(found(until_then, effect.pointer), effect.value)
        assert not same(found(before_then, effect.pointer), effect.value)
