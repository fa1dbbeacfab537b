"""Where the places of conflicts are in a document that somebody edited since: the items of its lists are followed.

An item is the one of the same key, where the list has a key that tells its items. In any other list it is the one that
is just as it was or, in a list of the same length, the one of the same index; as nothing else tells that from another,
what is at the place has to be what was there, or what a side has.
"""

from typing import NamedTuple

import msgspec

from muniment.values import item_origins, pointer
from muniment.values.json_value import ABSENT, JsonValue, same
from muniment.values.merge_alignment import by_field
from muniment.values.merge_rules import Rules, Side
from muniment.values.unfinished_merge import Place

_Items = list[JsonValue]


def followed(place: Place, before: Side, after: Side, rules: Rules, *, whatever_is_there: bool = False) -> Place:
    """Give a place of `before` as it is in `after`, if what is there is as it was, a side's, or `whatever_is_there`.

    If it is an item whose key is not there, `is_gone` says so, and the pointer where it would come back: behind what it
    stood behind. If nothing tells where it is, `is_lost` says so for good, and the pointer stays as it was.
    """
    if place.is_lost:
        return place
    tokens = pointer.parse(place.pointer)
    way: list[str] = []
    is_told = True
    for depth, token in enumerate(tokens):
        here, there = before, after
        if isinstance(here, list) and isinstance(there, list):
            pairs = _paired(here, there, rules.key_at(tokens[:depth]))
            is_told = is_told and pairs.key is not None
            index = pairs.new.get(int(token))
            if depth == len(tokens) - 1 and (place.is_gone or (index is None and pairs.key is not None)):
                return _gone_or_back(place, way, there, pairs)
            if index is None:
                return _lost(place)
            way.append(str(index))
            before, after = here[int(token)], there[index]
        elif isinstance(here, list) or isinstance(there, list):
            return _lost(place)
        else:
            way.append(token)
            before, after = _member(here, token), _member(there, token)
    if not (is_told or whatever_is_there or same(before, after) or _is_of_a_side(place, after)):
        return _lost(place)
    return msgspec.structs.replace(place, pointer=pointer.join(way))


class _Pairs(NamedTuple):
    """For old indexes of items their new ones; `key` is the field that told them, None where none did."""

    new: dict[int, int]
    key: str | None


def _paired(before: _Items, after: _Items, key: str | None) -> _Pairs:
    if key is not None:
        old, new = by_field(before, key), by_field(after, key)
        if old is not None and new is not None:
            indexes = {name: index for index, name in enumerate(new)}
            return _Pairs({index: indexes[name] for index, name in enumerate(old) if name in indexes}, key)
    stayed = item_origins.origins(before, after, None).kept
    pairs = {old_index: new_index for new_index, old_index in stayed.items()}
    if len(before) == len(after):
        pairs |= {index: index for index in range(len(before)) if index not in pairs and index not in stayed}
    return _Pairs(pairs, None)


def _gone_or_back(place: Place, way: list[str], items: _Items, pairs: _Pairs) -> Place:
    """Find an item that is not in its list, unless somebody put it back."""
    here = None if pairs.key is None else _put_back(place, items, pairs.key)
    if here is not None:
        return msgspec.structs.replace(place, pointer=pointer.join((*way, str(here))), is_gone=False)
    index = int(pointer.parse(place.pointer)[-1])
    neighbour = max((old for old in pairs.new if old < index), default=None)
    there = 0 if neighbour is None else pairs.new[neighbour] + 1
    return msgspec.structs.replace(place, pointer=pointer.join((*way, str(there))), is_gone=True)


def _put_back(place: Place, items: _Items, key: str) -> int | None:
    """Find an item by its key, as any side has it."""
    sides = [[side.value] for side in (place.base, place.ours, place.theirs) if side is not None]
    wanted = {name for side in sides for name in by_field(side, key) or ()}
    return next((index for index, name in enumerate(by_field(items, key) or ()) if name in wanted), None)


def _is_of_a_side(place: Place, value: Side) -> bool:
    return any(same(place.side(side), value) for side in ("base", "ours", "theirs"))


def _lost(place: Place) -> Place:
    return msgspec.structs.replace(place, is_lost=True)


def _member(value: Side, name: str) -> Side:
    return value.get(name, ABSENT) if isinstance(value, dict) else ABSENT
