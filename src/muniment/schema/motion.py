"""How lenses change an object, up to the newer schema version or down to the older.

A lens is bound once to its direction and to the key under which it keeps what it cannot carry; what comes out is a
plain function that changes an object in place. The caller owns the object, and throws it away if this raises.
"""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, TypeAlias, assert_never

from msgspec import UNSET

from muniment.errors import InvalidValueError
from muniment.schema.kept import keep, take
from muniment.schema.lens import Add, Convert, Each, Inside, Lens, Move, Remove, Rename, Unwrap, Wrap
from muniment.values import pointer
from muniment.values.json_value import ABSENT, Absent, JsonValue, fingerprint, same

Frame: TypeAlias = dict[str, Any]
Motion: TypeAlias = Callable[[Frame], None]

_LEFT_OUT = "-"
"""Added to the key of an `add` for the mark that the newer version had no such field either."""


def bind_all(lenses: tuple[Lens, ...], key: str, *, up: bool) -> tuple[Motion, ...]:
    """Bind lenses in the order in which they apply: down is up backwards.

    Each motion raises `InvalidValueError` with the `pointer` of the place, seen from its object, that does not suit it.
    """
    numbered = list(enumerate(lenses))
    return tuple(_bound(lens, f"{key}{number}", up) for number, lens in (numbered if up else reversed(numbered)))


def _bound(lens: Lens, key: str, up: bool) -> Motion:  # noqa: FBT001
    match lens:
        case Rename():
            return partial(_rename, *_directed(lens.old, lens.new, up), lens.optional)
        case Add():
            return partial(_add if up else _take_back, lens.field, lens.default, key)
        case Remove():
            return partial(_take_out if up else _put_in, lens.field, _or_absent(lens.default), lens.optional, key)
        case Move():
            source, target = _directed(pointer.parse(lens.source), pointer.parse(lens.target), up)
            return partial(_move, source, target, lens.optional, key)
        case Wrap():
            return partial(_wrap if up else _unwrap, lens.field, lens.optional, key)
        case Unwrap():
            return partial(_unwrap if up else _wrap, lens.field, lens.optional, key)
        case Convert():
            there = partial(_counterpart, _table(lens.up), _or_absent(lens.default_up))
            back = partial(_counterpart, _table(lens.down), _or_absent(lens.default_down))
            return partial(_convert, lens.field, *_directed(there, back, up), lens.optional, key)
        case Inside():
            return partial(_inside, lens.field, bind_all(lens.lenses, f"{key}.", up=up), lens.optional)
        case Each():
            return partial(_each, lens.field, bind_all(lens.lenses, f"{key}.", up=up), lens.optional)
        case unknown:
            assert_never(unknown)


def _directed(old: Any, new: Any, up: bool) -> tuple[Any, Any]:  # noqa: FBT001
    return (old, new) if up else (new, old)


def _or_absent(default: Any) -> Any:
    return ABSENT if default is UNSET else default


def _rename(old: str, new: str, optional: bool, frame: Frame) -> None:  # noqa: FBT001
    if old not in frame:
        return _missing(old, optional)
    if new in frame:
        raise InvalidValueError(f"both {old!r} and {new!r} are there, so neither can take the other's name", pointer="")
    frame[new] = frame.pop(old)
    return None


def _add(field: str, default: JsonValue, key: str, frame: Frame) -> None:
    was_left_out = take(frame, key + _LEFT_OUT) is not ABSENT
    if field in frame or not was_left_out:
        _put_in(field, default, False, key, frame)  # noqa: FBT003


def _take_back(field: str, default: JsonValue, key: str, frame: Frame) -> None:
    if field in frame:
        _take_out(field, default, False, key, frame)  # noqa: FBT003
    else:  # left out in writing, for a default that the lens does not know: so it shall be again
        take(frame, key)
        keep(frame, key + _LEFT_OUT, True)  # noqa: FBT003 - a JSON value


def _put_in(field: str, default: JsonValue | Absent, _: bool, key: str, frame: Frame) -> None:  # noqa: FBT001
    kept = take(frame, key)
    if field in frame:  # it is no part of this version, but somebody put it there: theirs stands, at both versions
        keep(frame, key, True)  # noqa: FBT003 - a JSON value
        return
    value = default if kept is ABSENT else kept
    if value is not ABSENT:
        frame[field] = _copied(value)


def _take_out(field: str, default: JsonValue | Absent, optional: bool, key: str, frame: Frame) -> None:  # noqa: FBT001
    stands_at_both = take(frame, key) is not ABSENT
    if field not in frame:
        return _missing(field, optional or default is not ABSENT)
    if stands_at_both:
        return None
    value = frame.pop(field)
    if not same(value, default):
        keep(frame, key, value)
    return None


def _move(source: tuple[str, ...], target: tuple[str, ...], optional: bool, key: str, frame: Frame) -> None:  # noqa: FBT001
    kept = take(frame, key)
    parents = _parents(frame, source)
    if parents is None or source[-1] not in parents[-1]:
        return _missing("/".join(source), optional)
    value = parents[-1].pop(source[-1])
    _prune(parents, source, kept if isinstance(kept, int) else 0)
    parent, depth = _make_parents(frame, target)
    if target[-1] in parent:
        raise InvalidValueError(f"something is at {pointer.join(target)} already", pointer=pointer.join(target))
    if depth:
        keep(frame, key, depth)
    parent[target[-1]] = value
    return None


def _parents(frame: Frame, place: tuple[str, ...]) -> list[Frame] | None:
    """Give the objects on the way to a place, outermost first; None where the way ends."""
    parents = [frame]
    for token in place[:-1]:
        child = parents[-1].get(token)
        if not isinstance(child, dict):
            return None
        parents.append(child)
    return parents


def _prune(parents: list[Frame], place: tuple[str, ...], empty_depth: int) -> None:
    """Delete the objects on the way to a place that are empty now, but for the one that was so before."""
    for depth in range(len(parents) - 1, empty_depth, -1):
        if parents[depth]:
            return
        del parents[depth - 1][place[depth - 1]]


def _make_parents(frame: Frame, place: tuple[str, ...]) -> tuple[Frame, int]:
    """Give the object for a place, made where it is missing, and the depth of an empty one on the way; 0 for none."""
    empty_depth = 0
    for depth, token in enumerate(place[:-1], 1):
        is_new = token not in frame
        frame = frame.setdefault(token, {})
        if not isinstance(frame, dict):
            raise InvalidValueError("expected an object", pointer=pointer.join(place[:depth]))
        if not frame and not is_new:
            empty_depth = depth
    return frame, empty_depth


def _wrap(field: str, optional: bool, key: str, frame: Frame) -> None:  # noqa: FBT001
    kept = take(frame, key)
    if field not in frame:
        return _missing(field, optional)
    value = frame[field]
    items = kept if isinstance(kept, list) else []
    if items and same(_first(items), value):
        frame[field] = items
    elif value is None:
        frame[field] = []
        if items:  # whoever set null never saw the others
            keep(frame, key, items)
    else:
        frame[field] = [value, *items[1:]]
    return None


def _unwrap(field: str, optional: bool, key: str, frame: Frame) -> None:  # noqa: FBT001
    kept = take(frame, key)
    if field not in frame:
        return _missing(field, optional)
    items = frame[field]
    if not isinstance(items, list):
        raise InvalidValueError("expected a list", pointer=pointer.join([field]))
    frame[field] = value = _first(items)
    if len(items) != (value is not None):
        keep(frame, key, items)
    elif not items and kept is not ABSENT:
        keep(frame, key, kept)
    return None


def _first(items: list[JsonValue]) -> JsonValue:
    return items[0] if items else None


def _convert(
    field: str,
    there: Callable[[JsonValue], JsonValue | Absent],
    back: Callable[[JsonValue], JsonValue | Absent],
    optional: bool,  # noqa: FBT001
    key: str,
    frame: Frame,
) -> None:
    kept = take(frame, key)
    if field not in frame:
        return _missing(field, optional)
    value = frame[field]
    came_from_kept = kept is not ABSENT and same(back(kept), value)
    new = kept if came_from_kept else there(value)
    if new is ABSENT:
        raise InvalidValueError(f"{value!r:.60} has no counterpart at the other version", pointer=pointer.join([field]))
    frame[field] = _copied(new)
    if not same(back(new), value):
        keep(frame, key, value)
    return None


def _table(pairs: tuple[tuple[Any, Any], ...]) -> dict[Hashable, Any]:
    return {fingerprint(old): new for old, new in reversed(pairs)}


def _counterpart(table: dict[Hashable, Any], default: JsonValue | Absent, value: JsonValue) -> JsonValue | Absent:
    return table.get(fingerprint(value), default)


def _inside(field: str, motions: tuple[Motion, ...], optional: bool, frame: Frame) -> None:  # noqa: FBT001
    inner = frame.get(field)
    if inner is None:
        return _missing(field, optional)
    _change(inner, motions, field)
    return None


def _each(field: str, motions: tuple[Motion, ...], optional: bool, frame: Frame) -> None:  # noqa: FBT001
    items = frame.get(field)
    if items is None:
        return _missing(field, optional)
    if not isinstance(items, list):
        raise InvalidValueError("expected a list", pointer=pointer.join([field]))
    for index, item in enumerate(items):
        _change(item, motions, field, str(index))
    return None


def _change(inner: Any, motions: tuple[Motion, ...], *way: str) -> None:
    if not isinstance(inner, dict):
        raise InvalidValueError("expected an object", pointer=pointer.join(way))
    try:
        for motion in motions:
            motion(inner)
    except InvalidValueError as error:
        raise InvalidValueError(error.reason, pointer=pointer.join(way) + (error.pointer or "")) from error


def _missing(field: str, optional: bool) -> None:  # noqa: FBT001
    if not optional:
        raise InvalidValueError(f"there is no {field!r}", pointer="")


def _copied(value: JsonValue) -> JsonValue:
    """Copy a value that more than one document may share."""
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
