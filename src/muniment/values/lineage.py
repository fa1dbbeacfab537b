"""Which scalars of a JSON value were there already before a change, and where.

The scalars that are asked for carry marks, and the marks have the shape of the value. So whatever is equal before and
after hands on its marks as they are, however many there are, and only where something changed they are looked at one
by one.

Limits: everything here recurses as deep as the value is nested, so it expects values that passed the nesting limit of
`muniment.values.canonical`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from muniment.values import pointer
from muniment.values.item_origins import origins
from muniment.values.json_value import Absent, JsonValue, same
from muniment.values.place_patterns import Place, PlacePatterns

Marks: TypeAlias = "tuple[str, ...] | dict[str | int, Marks]"
"""Marks on scalars of a value: at a scalar its marks, at an object or list the marks inside, by name or index.

`{"hosts": {1: ("/hosts/1",)}}` marks the second item of `hosts`. Frozen: values share parts of them.
"""

NOTHING: Final[Marks] = {}
NO_KEYS: Final[PlacePatterns[str]] = PlacePatterns({})


def on_every_scalar(value: JsonValue, place: Place = ()) -> Marks:
    """Mark each scalar of a value with its own pointer, objects in the order of their names."""
    if isinstance(value, dict):
        return _inside({name: on_every_scalar(value[name], (*place, name)) for name in sorted(value)})
    if isinstance(value, list):
        return _inside({index: on_every_scalar(item, (*place, str(index))) for index, item in enumerate(value)})
    return (pointer.join(place),)


def each(marks: Marks) -> Iterator[str]:
    """List all marks, in the order of their places."""
    if isinstance(marks, tuple):
        yield from marks
        return
    for inner in marks.values():
        yield from each(inner)


def joined(first: Marks, second: Marks) -> Marks:
    """Put two sets of marks on one value together."""
    if isinstance(first, tuple) and isinstance(second, tuple):
        return first + second
    if not isinstance(first, dict) or not isinstance(second, dict):  # one has none, so it does not know the shape
        return first or second
    both = first | second
    return both | {token: joined(first[token], second[token]) for token in first.keys() & second.keys()}


def part(
    marks: Marks,
    before: JsonValue | Absent,
    after: JsonValue | Absent,
    keys: PlacePatterns[str] = NO_KEYS,
    place: Place = (),
) -> tuple[Marks, Marks]:
    """Part the marks on `after` into those on scalars that `before` had, at their places there, and those on new ones.

    Objects are compared by name, lists as `item_origins` tells, by the field that `keys` declares for their places. A
    scalar that has become another is new, and so is all that is inside a value of another type.
    """
    if not marks or same(before, after):
        return marks, NOTHING
    if isinstance(marks, tuple):
        return NOTHING, marks
    if isinstance(before, dict) and isinstance(after, dict):
        return _part_inside(marks, {}, {name: name for name in marks if name in before}, before, after, keys, place)
    if isinstance(before, list) and isinstance(after, list):
        return _part_inside(marks, *origins(before, after, keys.of(place)), before, after, keys, place)
    return NOTHING, marks


def _part_inside(
    marks: "dict[str | int, Marks]",
    kept: Mapping[Any, Any],
    edited: Mapping[Any, Any],
    before: Any,
    after: Any,
    keys: PlacePatterns[str],
    place: Place,
) -> tuple[Marks, Marks]:
    """Part the marks inside of two objects or lists, by the old names or places of what is `kept` or `edited`."""
    found: dict[str | int, Marks] = {}
    made: dict[str | int, Marks] = {}
    for token, inner in marks.items():
        if token in kept:
            found[kept[token]] = inner
        elif token not in edited:
            made[token] = inner
        elif isinstance(inner, tuple) and same(before[edited[token]], after[token]):  # most are: spare them the rest
            found[edited[token]] = inner
        else:
            old = edited[token]
            its_found, its_made = part(inner, before[old], after[token], keys, (*place, str(token)))
            if its_found:
                found[old] = its_found
            if its_made:
                made[token] = its_made
    return found, made


def _inside(marks: "dict[str | int, Marks]") -> Marks:
    """Leave out the places without any marks."""
    return {token: inner for token, inner in marks.items() if inner}
