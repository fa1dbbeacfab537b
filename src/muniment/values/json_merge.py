"""Three-way merging of JSON values: what each of two sides did to a value, done to it together.

Objects are merged by name; lists by the field that is declared to tell their items, or else item by item where
neither side changed their number; anything else as a whole. Where both sides did different things to the same
place, a declared strategy settles it, or it is a conflict, which is a value too.

The result shares its parts with the three sides: treat them all as frozen. Nothing is changed in place.

Limits: an item of a list that was moved and changed is followed by its key alone. Everything recurses as deep as the
values are nested, so it expects values that passed the nesting limit of `muniment.values.canonical`.
"""

from typing import Literal, NamedTuple, TypeAlias

from muniment.values import merge_alignment, merge_strategies, pointer
from muniment.values.json_value import ABSENT, JsonValue, same
from muniment.values.merge_alignment import Row
from muniment.values.merge_rules import NO_RULES, Rules, Side
from muniment.values.merge_strategies import Settled
from muniment.values.place_patterns import Place

ConflictKind: TypeAlias = Literal["modify-modify", "modify-delete", "add-add", "type-change"]
"""Both changed a value; one changed it and one deleted it; both made one where none was; both changed it, and what
they made of it are values of two types, such as a text and a list."""

Prefer: TypeAlias = Literal["ours", "theirs"]
"""The side that is right where the two disagree."""


class Conflict(NamedTuple):
    """A place where the sides disagree, and what each of the three has there: `ABSENT` where it has nothing.

    `pointer` is a place in the merged value, where what ours has stands for now; or what theirs has, if ours
    deleted it.
    """

    pointer: str
    base: Side
    ours: Side
    theirs: Side
    kind: ConflictKind


class Merged(NamedTuple):
    """The merged value, valid JSON also at the places of conflicts; `ABSENT` where the whole value is deleted.

    The conflicts are in the order of names and of places. Who settles one by removing an item of a list moves the
    items behind it, so settle from the last to the first.
    """

    value: Side
    conflicts: tuple[Conflict, ...]


def merge(base: Side, ours: Side, theirs: Side, rules: Rules = NO_RULES, *, prefer: Prefer | None = None) -> Merged:
    """Merge `ours` and `theirs`, which were both made out of `base`; `ABSENT` where there is no such value.

    A side that changed nothing leaves the field to the other, and sides that agree are both right, except about a
    declared counter. Sides that both have an object where the base has none are merged as if out of an empty one.
    With `prefer`, that side stands wherever there would be a conflict, also where it deleted something.

    Raises:
        InvalidValueError: A function among the strategies gave what is no JSON value.
    """
    run = _Merge(rules, prefer)
    value = run.at((), base, ours, theirs)
    return Merged(value, tuple(run.conflicts))


class _Merge:
    """One merge under way, with the conflicts found so far."""

    def __init__(self, rules: Rules, prefer: Prefer | None) -> None:
        self._rules = rules
        self._prefer = prefer
        self.conflicts: list[Conflict] = []

    def at(self, place: Place, base: Side, ours: Side, theirs: Side) -> Side:
        """Merge what the three have at one place."""
        if same(base, theirs):
            return ours
        if same(base, ours):
            return theirs
        if same(ours, theirs) and not self._rules.count(place):
            return ours
        if (settled := self._settled(place, base, ours, theirs)) is not None:
            return settled.value
        if isinstance(ours, dict) and isinstance(theirs, dict):
            return self._object(place, base if isinstance(base, dict) else {}, ours, theirs)
        if isinstance(ours, list) and isinstance(theirs, list):
            rows = self._rows(place, base, ours, theirs)
            if rows is not None:
                return self._list(place, rows)
        return self._whole(place, base, ours, theirs)

    def _settled(self, place: Place, base: Side, ours: Side, theirs: Side) -> Settled | None:
        strategy = self._rules.strategy_at(place)
        if strategy is None or (strategy != "counter" and same(ours, theirs)):
            return None
        return merge_strategies.settle(strategy, place, base, ours, theirs)

    def _object(
        self, place: Place, base: dict[str, JsonValue], ours: dict[str, JsonValue], theirs: dict[str, JsonValue]
    ) -> JsonValue:
        merged = ours.copy()
        for name in sorted(base.keys() | theirs.keys()):  # what ours alone has stands
            was, mine, other = base.get(name, ABSENT), ours.get(name, ABSENT), theirs.get(name, ABSENT)
            value = self.at((*place, name), was, mine, other)
            if value is not ABSENT:
                merged[name] = value
            elif mine is not ABSENT:
                del merged[name]
        return merged

    def _rows(self, place: Place, base: Side, ours: list[JsonValue], theirs: list[JsonValue]) -> list[Row] | None:
        """Align the items of lists; None where they have to be merged as a whole."""
        key = self._rules.key_at(place)
        if key is not None:
            return merge_alignment.by_key(base if isinstance(base, list) else [], ours, theirs, key)
        if isinstance(base, list) and len(base) == len(ours) == len(theirs):
            return list(zip(base, ours, theirs, strict=True))
        return None

    def _list(self, place: Place, rows: list[Row]) -> JsonValue:
        merged: list[JsonValue] = []
        for row in rows:
            value = self.at((*place, str(len(merged))), *row)
            if value is not ABSENT:
                merged.append(value)
        return merged

    def _whole(self, place: Place, base: Side, ours: Side, theirs: Side) -> Side:
        if self._prefer is not None or same(ours, theirs):
            return theirs if self._prefer == "theirs" else ours
        self.conflicts.append(Conflict(pointer.join(place), base, ours, theirs, _kind(base, ours, theirs)))
        return theirs if ours is ABSENT else ours


def _kind(base: Side, ours: Side, theirs: Side) -> ConflictKind:
    if base is ABSENT:
        return "add-add"
    if ours is ABSENT or theirs is ABSENT:
        return "modify-delete"
    return "modify-modify" if _type_of(ours) is _type_of(theirs) else "type-change"


def _type_of(value: JsonValue) -> type:
    """Give the JSON type of a value: a number is one, with a fraction or without; a boolean is none."""
    return float if type(value) is int else type(value)
