"""Carry an edit of what a program knows of a document over to the whole document.

A program reads a document as a type, changes that, and writes it. What the type does not know - fields of newer
programs, of people, of other tools, what a migration keeps - stays where it was: at the top, in nested objects, and
in the items of lists. Items are told by the key that is declared for the list; without one by their place where
the length is the same, and otherwise by what stayed equal.
"""

from itertools import zip_longest
from typing import Any

from muniment.schema.alignment import in_order_of, origins_of
from muniment.schema.item_keys import Keys
from muniment.schema.kept import KEPT
from muniment.schema.known import Entries
from muniment.values.json_value import ABSENT, Absent, JsonValue, same
from muniment.values.place_patterns import Place


class Edit:
    """How a type saw a document before and after an edit, and what of the edit is to be written.

    `before` and `after` hold all that the type says; `lean` leaves out of `after` what is left
    out in writing.
    """

    __slots__ = ("after", "before", "lean")

    def __init__(self, before: JsonValue | Absent, after: JsonValue, lean: JsonValue | Absent) -> None:
        self.before = before
        self.after = after
        self.lean = lean


def carried(raw: JsonValue, edit: Edit, keys: Keys, place: Place = ()) -> JsonValue:
    """Give `raw` with the edit, and with everything else as it was.

    Where `edit.before` is `ABSENT`, nobody knows how the type saw it: then what `raw` has and
    `edit.after` has not counts as unknown.
    """
    if _is_unchanged(edit):
        return raw
    if isinstance(raw, dict) and isinstance(edit.after, dict):
        return _object(raw, edit, keys, place)
    if isinstance(raw, list) and isinstance(edit.after, list):
        return _list(raw, edit, keys, place)
    return edit.after if edit.lean is ABSENT else edit.lean


def _object(raw: dict[str, Any], edit: Edit, keys: Keys, place: Place) -> JsonValue:
    before, after = _dict(edit.before), _dict(edit.after)
    raw = _respelled(raw, edit.before)
    lean = after if edit.lean is ABSENT else _dict(edit.lean)
    result = {name: item for name, item in raw.items() if name not in before and name not in after}
    for name, new in after.items():
        inner = Edit(before.get(name, ABSENT), new, lean.get(name, ABSENT))
        if name in raw:
            item = carried(raw[name], inner, keys, (*place, name))
            holds_unknown = name not in lean and not same(item, new)
            if name in lean or holds_unknown or _is_unchanged(inner):
                result[name] = item
        elif name in lean and not _is_unchanged(inner):  # else it was left out, and means its default as before
            result[name] = lean[name]
    return result


def _is_unchanged(edit: Edit) -> bool:
    return edit.before is not ABSENT and same(edit.before, edit.after)


def _respelled(raw: dict[str, Any], before: JsonValue | Absent) -> dict[str, Any]:
    """Give a mapping under the names as the type writes them, whatever way people spell a time or a UUID.

    The type sees all entries of a mapping, and in their order.
    """
    if not isinstance(before, Entries) or raw.keys() == before.keys():
        return raw
    names = [name for name in raw if name != KEPT]
    if len(names) != len(before):
        return raw
    spelled = dict(zip(names, before, strict=True))
    return {spelled.get(name, name): item for name, item in raw.items()}


def _dict(side: JsonValue | Absent) -> dict[str, Any]:
    return side if isinstance(side, dict) else {}


def _list(raw: list[Any], edit: Edit, keys: Keys, place: Place) -> JsonValue:
    before = edit.before if isinstance(edit.before, list) else []
    after = edit.after if isinstance(edit.after, list) else []
    lean = edit.lean if isinstance(edit.lean, list) and len(edit.lean) == len(after) else [ABSENT] * len(after)
    raw = in_order_of(before, raw)
    known = [*before, *[ABSENT] * (len(raw) - len(before))]
    if 0 < len(before) == len(after) != len(raw):  # a struct written as a list: its fields have their places
        origins: list[int | None] = [index if index < len(raw) else None for index in range(len(after))]
    else:
        origins = origins_of(known if before else raw, after, keys.of(place))
    result: list[JsonValue] = []
    for index, (new, written, origin) in enumerate(zip(after, lean, origins, strict=True)):
        if origin is None or not isinstance(raw[origin], dict | list):
            result.append(new if written is ABSENT else written)
        else:
            result.append(carried(raw[origin], Edit(known[origin], new, written), keys, (*place, str(index))))
    if 0 < len(before) == len(after) < len(raw):  # of which newer programs know more
        result += raw[len(before) :]
    return result


def with_extras(result: JsonValue, given: JsonValue, known: JsonValue) -> JsonValue:
    """Add to `result` what was given to be written beyond what the type knows of it."""
    if isinstance(result, dict) and isinstance(given, dict) and isinstance(known, dict):
        extras = {name: item for name, item in given.items() if name not in known}
        inner = {
            name: with_extras(item, given[name], known[name])
            for name, item in result.items()
            if name in given and name in known
        }
        return {**result, **inner, **extras}
    if isinstance(result, list) and isinstance(given, list) and isinstance(known, list):
        return [
            item if wanted is ABSENT or fits is ABSENT else with_extras(item, wanted, fits)
            for item, wanted, fits in zip_longest(result, given, known, fillvalue=ABSENT)
            if item is not ABSENT
        ]
    return result
