"""Which item of a list was which, before the list was changed.

Limits: an item that was moved and edited in one change is followed by its key alone.
"""

from collections.abc import Hashable
from typing import NamedTuple

from muniment.values.json_diff import kept_runs, same_ends
from muniment.values.json_value import JsonValue, fingerprint, same
from muniment.values.merge_alignment import by_field


class Origins(NamedTuple):
    """For new places of items their old places; an item that is new has none, and no two have the same.

    The items of `kept` are as they were; those of `edited` need not be.
    """

    kept: dict[int, int]
    edited: dict[int, int]


def origins(before: list[JsonValue], after: list[JsonValue], key: str | None) -> Origins:
    """Tell for the items of `after` which items of `before` they were.

    What both begin or end with stayed. Between these ends the field `key` tells the items, if there is one and each has
    another there. Otherwise those that stayed in order are taken first, then those that are found elsewhere as they
    were, and what is left between two that stayed, place by place.
    """
    found = None if key is None else _by_key(before, after, key)
    return _by_likeness(before, after) if found is None else found


def _by_key(before: list[JsonValue], after: list[JsonValue], key: str) -> Origins | None:
    head, tail = same_ends(before, after)
    old_end, new_end = len(before) - tail, len(after) - tail
    old, new = by_field(before[head:old_end], key), by_field(after[head:new_end], key)
    if old is None or new is None:
        return None
    places = {name: place for place, name in enumerate(old, head)}
    edited = {place: places[name] for place, name in enumerate(new, head) if name in places}
    ends = zip(range(new_end, len(after)), range(old_end, len(before)), strict=True)
    return Origins({place: place for place in range(head)} | dict(ends), edited)


def _by_likeness(before: list[JsonValue], after: list[JsonValue]) -> Origins:
    kept: dict[int, int] = {}
    gaps: list[tuple[range, range]] = []
    old = new = 0
    for old_stays, new_stays, length in kept_runs(before, after):
        gaps.append((range(old, old_stays), range(new, new_stays)))
        old, new = old_stays + length, new_stays + length
        kept.update(zip(range(new_stays, new), range(old_stays, old), strict=True))
    moved = _moved(before, after, gaps)
    left = set(moved.values())
    edited: dict[int, int] = {}
    for old_gap, new_gap in gaps:
        edited.update(zip((i for i in new_gap if i not in moved), (i for i in old_gap if i not in left), strict=False))
    return Origins(kept | moved, edited)


def _moved(before: list[JsonValue], after: list[JsonValue], gaps: list[tuple[range, range]]) -> dict[int, int]:
    """Find items that left one place and stand, just as they were, at another."""
    gone = [place for old_gap, _ in gaps for place in old_gap]
    come = [place for _, new_gap in gaps for place in new_gap]
    if not gone or not come or (len(gone) == len(come) == 1 and not same(before[gone[0]], after[come[0]])):
        return {}  # quickly, for this is what most changes are
    places: dict[Hashable, list[int]] = {}
    for place in reversed(gone):
        places.setdefault(fingerprint(before[place]), []).append(place)
    return {place: alike.pop() for place in come if (alike := places.get(fingerprint(after[place])))}
