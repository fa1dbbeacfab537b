"""What each declared strategy makes of a place that both sides changed.

| strategy | for | gives |
|---|---|---|
| `ours`, `theirs` | whatever is there | that side, also where it deleted the value |
| `union` | lists, as sets | what both have, and what either added; an item that one side removed is gone |
| `counter` | numbers | the base and what each side added to it; nothing counts as 0 where both began to count |
| `max`, `min` | two numbers, or two texts (by code points, as times in UTC) | the larger or smaller of the two sides |
| `text` | three texts | line by line (`text_merge`), unless the edits touch |
| a function | whatever is there, `ABSENT` too | what it gives for copies of base, ours and theirs |

A strategy never undoes what one side alone changed, so it is asked only where both did; and where both did the same,
only `counter` is asked, for which two steps are two. Where one does not fit what is there, the place is merged as if
none were declared; so is one for which a function would be asked where nobody knows the base (`unsettled`).
"""

from copy import deepcopy
from fractions import Fraction
from typing import NamedTuple, TypeGuard

from muniment.errors import InvalidValueError
from muniment.values import canonical, merge_alignment, pointer, text_merge, unsettled
from muniment.values.json_value import ABSENT, JsonValue, fingerprint
from muniment.values.merge_rules import Side, Strategy
from muniment.values.place_patterns import Place


class Settled(NamedTuple):
    """What a strategy decided; `ABSENT` to have nothing there."""

    value: Side


def settle(strategy: Strategy, place: Place, base: Side, ours: Side, theirs: Side) -> Settled | None:
    """Settle one place; None where the strategy does not fit it.

    A function may give `NotImplemented` to say so, and `ABSENT` to have nothing there. What it raises passes through.

    Raises:
        InvalidValueError: A function gave what is no JSON value; `pointer` is the place in the merged value.
    """
    match strategy:
        case "ours":
            return Settled(ours)
        case "theirs":
            return Settled(theirs)
        case "union":
            return _union(base, ours, theirs)
        case "counter":
            return _counter(base, ours, theirs)
        case "max" | "min":
            return _extreme(ours, theirs, largest=strategy == "max")
        case "text":
            return _text(base, ours, theirs)
        case _ if unsettled.is_in(base):
            return None
        case function:
            return _checked(function(*map(deepcopy, (base, ours, theirs))), place)


def _checked(answer: object, place: Place) -> Settled | None:
    if answer is NotImplemented:
        return None
    if answer is ABSENT:
        return Settled(ABSENT)
    try:
        return Settled(canonical.decode_trusted(canonical.encode(answer)))
    except InvalidValueError as fault:
        at = pointer.join(place) + (fault.pointer or "")
        raise InvalidValueError(f"a merge function gave no JSON value: {fault.reason}", pointer=at) from fault


def _union(base: Side, ours: Side, theirs: Side) -> Settled | None:
    if not isinstance(ours, list) or not isinstance(theirs, list):
        return None
    old, left, right = map(_as_set, (base if isinstance(base, list) else [], ours, theirs))
    order = merge_alignment.merged_order(list(old), list(left), list(right))
    return Settled([(left | right)[item] for item in order if item not in old or (item in left and item in right)])


def _as_set(items: list[JsonValue]) -> merge_alignment.Items:
    return {fingerprint(item): item for item in items}


def _counter(base: Side, ours: Side, theirs: Side) -> Settled | None:
    """Add up exactly, in the digits as they are written, so that the order of the sides does not show."""
    start = 0 if base is ABSENT else base
    if not (_is_number(start) and _is_number(ours) and _is_number(theirs)):
        return None
    total = _exact(ours) + _exact(theirs) - _exact(start)
    if all(isinstance(value, int) for value in (start, ours, theirs)):
        return Settled(int(total))
    try:
        return Settled(float(total))
    except OverflowError:
        return None


def _exact(value: float) -> Fraction:
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def _extreme(ours: Side, theirs: Side, *, largest: bool) -> Settled | None:
    if isinstance(ours, str) and isinstance(theirs, str):
        return Settled(max(ours, theirs) if largest else min(ours, theirs))
    if _is_number(ours) and _is_number(theirs):
        return Settled(max(ours, theirs) if largest else min(ours, theirs))
    return None


def _text(base: Side, ours: Side, theirs: Side) -> Settled | None:
    if not (isinstance(base, str) and isinstance(ours, str) and isinstance(theirs, str)):
        return None
    merged = text_merge.merge(base, ours, theirs)
    return None if merged is None else Settled(merged)


def _is_number(value: Side) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
