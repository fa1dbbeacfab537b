"""A second implementation of merging, by the words of docs/format/merging.md and with nothing of the package.

Where it and the package disagree, the page is wrong or leaves something open. It merges contents, "Place by place".
"""

from fractions import Fraction
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from test_texts_by_the_page import merged_text  # type: ignore[import-not-found]

from muniment.values import canonical, json_merge
from muniment.values.json_value import ABSENT
from muniment.values.merge_rules import NAMES, Rules
from test_json_merge_laws import PATTERNS, threes  # type: ignore[import-not-found]

NOTHING = ABSENT
Place = tuple[str, ...]
Value = Any


def is_number(value: Value) -> bool:
    """Tell numbers from truth values, which Python takes for numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def json_type(value: Value) -> str:
    """Name the JSON type of a value."""
    return "number" if is_number(value) else type(value).__name__


def equal(one: Value, other: Value) -> bool:
    """Equal: the same JSON value."""
    if json_type(one) != json_type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def index(values: list[Value], value: Value) -> int:
    """Find the first of equal values; -1 where there is none."""
    return next((at for at, one in enumerate(values) if equal(one, value)), -1)


def has(values: list[Value], value: Value) -> bool:
    """Tell whether one of the values is equal."""
    return index(values, value) >= 0


def moved(base: list[Value], side: list[Value]) -> bool:
    """Moved: shared items stand in another order."""
    places = [index(side, one) for one in base if has(side, one)]
    return places != sorted(places)


def order(base: list[Value], ours: list[Value], theirs: list[Value]) -> list[Value]:
    """The order with a key, of the keys."""
    leader, follower = (theirs, ours) if moved(base, theirs) and not moved(base, ours) else (ours, theirs)
    behind: dict[int, list[Value]] = {}
    spot = -1
    for one in follower:
        if has(leader, one):
            spot = index(leader, one)
        else:
            behind.setdefault(spot, []).append(one)
    alone = [not has(base, one) and not has(follower, one) for one in leader]
    merged: list[Value] = []
    at = 0
    for spot in [-1, *(at for at, is_alone in enumerate(alone) if not is_alone)]:
        merged += leader[spot : spot + 1] if spot >= 0 else []
        at = spot + 1
        while at < len(leader) and alone[at]:
            merged.append(leader[at])
            at += 1
        merged += behind.get(spot, [])
    return merged


def union(base: Value, ours: Value, theirs: Value) -> Value:
    """Each value once."""
    if not isinstance(ours, list) or not isinstance(theirs, list):
        return None
    old = base if isinstance(base, list) else []
    once = [[one for at, one in enumerate(values) if index(values, one) == at] for values in (old, ours, theirs)]
    found = [one for one in order(*once) if not has(old, one) or (has(ours, one) and has(theirs, one))]
    return ([next(two for two in [*theirs[::-1], *ours[::-1]] if equal(one, two)) for one in found],)


def decimal(value: float) -> Fraction:
    """Take a number as the decimal that it is written as."""
    return Fraction(canonical.encode(value).decode())


def counter(base: Value, ours: Value, theirs: Value) -> Value:
    """Add both."""
    three = [0 if base is NOTHING else base, ours, theirs]
    if not all(map(is_number, three)):
        return None
    total = decimal(ours) + decimal(theirs) - decimal(three[0])
    if all(isinstance(one, int) for one in three):
        return (int(total),)
    try:
        return (float(total),)
    except OverflowError:
        return None


def settle(strategy: str, base: Value, ours: Value, theirs: Value) -> Value:
    """Strategies: a tuple of what one gives; None where it does not fit."""
    if strategy in ("ours", "theirs"):
        return (ours if strategy == "ours" else theirs,)
    if strategy == "union":
        return union(base, ours, theirs)
    if strategy == "counter":
        return counter(base, ours, theirs)
    if strategy == "text":
        text = merged_text(base, ours, theirs) if all(isinstance(x, str) for x in (base, ours, theirs)) else None
        return None if text is None else (text,)
    if not (is_number(ours) and is_number(theirs)) and not (isinstance(ours, str) and isinstance(theirs, str)):
        return None
    is_theirs = theirs > ours if strategy == "max" else theirs < ours
    return (theirs if is_theirs else ours,)


class Merge:
    """One merge by declarations: pairs of a pattern and what is declared, in order."""

    def __init__(self, keys: list[tuple[Place, str]], strategies: list[tuple[Place, str | None]]) -> None:
        self.keys, self.strategies = keys, strategies
        self.conflicts: list[Any] = []

    def at(self, place: Place, base: Value, ours: Value, theirs: Value) -> Value:
        """One place: the first line that fits counts."""
        if equal(theirs, base):
            return ours
        if equal(ours, base):
            return theirs
        if equal(ours, theirs) and not self.may_count(place):
            return ours
        strategy = first(self.strategies, place)
        if strategy is not None and (strategy == "counter" or not equal(ours, theirs)):
            given = settle(strategy, base, ours, theirs)
            if given is not None:
                return given[0]
        if isinstance(ours, dict) and isinstance(theirs, dict):
            return self.objects(place, base if isinstance(base, dict) else {}, ours, theirs)
        if isinstance(ours, list) and isinstance(theirs, list):
            items = self.items(place, base, ours, theirs)
            if items is not None:
                return self.lists(place, items)
        if not equal(ours, theirs):
            self.conflicts.append((place, base, ours, theirs, kind(base, ours, theirs)))
        return theirs if ours is NOTHING else ours

    def may_count(self, place: Place) -> bool:
        """Whether a counter is declared here or inside."""
        counters = [pattern for pattern, strategy in self.strategies if strategy == "counter"]
        return any(len(one) >= len(place) and fits(one[: len(place)], place) for one in counters)

    def objects(self, place: Place, base: Value, ours: Value, theirs: Value) -> Value:
        """Merge name by name."""
        merged = {}
        for name in sorted({*base, *ours, *theirs}):
            sides = (side.get(name, NOTHING) for side in (base, ours, theirs))
            value = self.at((*place, name), *sides)
            if value is not NOTHING:
                merged[name] = value
        return merged

    def items(self, place: Place, base: Value, ours: Value, theirs: Value) -> list[Any] | None:
        """Tell the items of lists: threes in the order of the merged list; None where they cannot be told."""
        field = first(self.keys, place)
        if field is None:
            if isinstance(base, list) and len(base) == len(ours) == len(theirs):
                return list(zip(base, ours, theirs, strict=True))
            return None
        lists = [base if isinstance(base, list) else [], ours, theirs]
        if not all(isinstance(item, dict) and field in item for items in lists for item in items):
            return None
        keys = [[item[field] for item in items] for items in lists]
        if any(index(found, key) != at for found in keys for at, key in enumerate(found)):
            return None
        places = [[index(found, key) for found in keys] for key in order(*keys)]
        return [[NOTHING if at < 0 else items[at] for items, at in zip(lists, found, strict=True)] for found in places]

    def lists(self, place: Place, items: list[Any]) -> Value:
        """Merge item by item, each at the index that it gets."""
        merged: list[Value] = []
        for three in items:
            value = self.at((*place, str(len(merged))), *three)
            if value is not NOTHING:
                merged.append(value)
        return merged


def kind(base: Value, ours: Value, theirs: Value) -> str:
    """Conflicts: the first kind that fits."""
    if base is NOTHING:
        return "add-add"
    if NOTHING in (ours, theirs):
        return "modify-delete"
    return "modify-modify" if json_type(ours) == json_type(theirs) else "type-change"


def fits(pattern: Place, place: Place) -> bool:
    """Tell whether a place is one that a pattern means."""
    return len(pattern) == len(place) and all(one in ("*", token) for one, token in zip(pattern, place, strict=True))


def first(declared: list[tuple[Place, Any]], place: Place) -> Any:
    """Of several places that fit, the first counts."""
    return next((meaning for pattern, meaning in declared if fits(pattern, place)), None)


def tokens(pattern: str) -> Place:
    """Take a pattern apart; none of those used here has anything to unescape."""
    return tuple(pattern.split("/")[1:])


def written(value: Value) -> Value:
    """Give a value as it is read from a blob."""
    return value if value is NOTHING else canonical.decode(canonical.encode(value))


@given(
    threes(),
    st.dictionaries(st.sampled_from(PATTERNS), st.sampled_from(["id", "a"]), max_size=3),
    st.dictionaries(st.sampled_from(PATTERNS), st.sampled_from([*NAMES, None]), max_size=3),
)
@example(([{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}], [{"id": 1}, {"id": 3}]), {"": "id"}, {})
@example((0, 0.5, 0.7), {}, {"": "counter"})
def test_values_are_merged_as_the_page_says(sides, keys, strategies):
    """Whatever is merged by whatever rules: the same value, to the byte, and the same conflicts."""
    base, ours, theirs = map(written, sides)
    told = Merge([(tokens(at), x) for at, x in keys.items()], [(tokens(at), x) for at, x in strategies.items()])
    value = told.at((), base, ours, theirs)
    merged = json_merge.merge(base, ours, theirs, Rules(keys=keys, strategies=strategies))
    if value is NOTHING or merged.value is NOTHING:
        assert value is merged.value
    else:
        assert canonical.encode(value) == canonical.encode(merged.value)
    found = [("".join(f"/{token}" for token in place), *rest) for place, *rest in told.conflicts]
    assert [(one.pointer.replace("~1", "/").replace("~0", "~"), *one[1:]) for one in merged.conflicts] == found
