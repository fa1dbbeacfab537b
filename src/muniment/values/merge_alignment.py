"""Which items of three lists belong together, and in which order they stand in the merged list."""

from collections.abc import Hashable
from typing import TypeAlias, TypeVar

from muniment.values.json_value import ABSENT, JsonValue, fingerprint
from muniment.values.merge_rules import Side

Row: TypeAlias = tuple[Side, Side, Side]
"""One item as base, ours and theirs have it; `ABSENT` where a side has none."""

Items: TypeAlias = dict[Hashable, JsonValue]
"""The items of a list in order, each under what tells it from the others."""

K = TypeVar("K", bound=Hashable)


def by_key(base: list[JsonValue], ours: list[JsonValue], theirs: list[JsonValue], key: str) -> list[Row] | None:
    """Align three lists by the field `key` of their items; None where an item lacks it, or two have the same."""
    was, our_items, their_items = (by_field(side, key) for side in (base, ours, theirs))
    if was is None or our_items is None or their_items is None:
        return None
    return aligned(was, our_items, their_items)


def aligned(base: Items, ours: Items, theirs: Items) -> list[Row]:
    """Give a row for each item that ours or theirs has, in the order of the merged list."""
    order = merged_order(list(base), list(ours), list(theirs))
    return [(base.get(key, ABSENT), ours.get(key, ABSENT), theirs.get(key, ABSENT)) for key in order]


def merged_order(base: list[K], ours: list[K], theirs: list[K]) -> list[K]:
    """Put the items of both sides into one order; each list names its items once.

    It is the order of ours, or that of theirs where only theirs moved items that the base has. The items that the
    other side alone has follow the item that they follow there, behind what was newly put at the same spot.
    """
    lead, other = ours, theirs
    if _moved(base, theirs) and not _moved(base, ours):
        lead, other = theirs, ours
    leading, known = set(lead), {*base, *other}
    front: list[K] = []
    followers: dict[K, list[K]] = {}
    spot = front
    for key in other:
        if key in leading:
            spot = followers.setdefault(key, [])
        else:
            spot.append(key)
    order: list[K] = []
    waiting = front
    for key in lead:
        if key in known:
            order += waiting
            waiting = followers.get(key, [])
        order.append(key)
    return order + waiting


def _moved(base: list[K], side: list[K]) -> bool:
    """Tell whether the items that both have stand in another order in `side`."""
    shared = set(base).intersection(side)
    return [key for key in base if key in shared] != [key for key in side if key in shared]


def by_field(items: list[JsonValue], field: str) -> Items | None:
    """Put the items of a list under what they have as `field`; None where one lacks it, or two have the same."""
    found: Items = {}
    for item in items:
        if not isinstance(item, dict) or field not in item:
            return None
        found[fingerprint(item[field])] = item
    return found if len(found) == len(items) else None
