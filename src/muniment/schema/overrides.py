"""Overrides: which entries of a list are in force at a moment, and what a document becomes by them.

An entry is a JSON object, or any object with attributes of the same names, such as a msgspec Struct:

    {"id": "busy-weekend", "expires_at": "2026-02-02T00:00:00Z", "patch": {"limits": {"max": 500}}}
    {"id": "quiet-again", "revoked": true, "revokes": "busy-weekend"}

The second is a tombstone. Null means the same as absent everywhere. An id is a text that is not empty, or an
integer, or what JSON writes as one of these, such as a UUID.

Whatever is in doubt is not in force, and is told to the logger `muniment.overrides`.

Limits: a leap second (`23:59:60`) is no moment here.

Source: RFC 3339 (times), RFC 7396 and RFC 6902 (patches), RFC 6901 (pointers).
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

import msgspec

from muniment.errors import InvalidValueError
from muniment.values import canonical, merge_patch, normal_form, patch
from muniment.values import pointer as json_pointer
from muniment.values.json_value import ABSENT, Absent, JsonValue, same

T = TypeVar("T")

OverrideId: TypeAlias = str | int
AtVersion: TypeAlias = Callable[[JsonValue, str | None], JsonValue]

_Step: TypeAlias = tuple[OverrideId, datetime | None, JsonValue]
"""What an override made of the document as it was by those before: its id, when it ends, the result."""

_log = logging.getLogger("muniment.overrides")
_RFC_3339 = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})", re.IGNORECASE
)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Effect(msgspec.Struct, frozen=True):
    """What overrides made of one place of a document.

    `pointer` (RFC 6901) names the place in both documents, `value` is what is there by the overrides and `before`
    what the document itself has there, `ABSENT` where there is nothing. `id` is the override that changed the place
    last, and `until` when that one ends, None for never. The values are parts of the documents, not copies.
    """

    pointer: str
    value: JsonValue | Absent
    before: JsonValue | Absent
    id: OverrideId
    until: datetime | None


def active(entries: Iterable[T], now: datetime | None = None) -> list[T]:
    """Give the entries in force at the moment `now` (the present one if None), in order and unchanged.

    Not in force are:

    - entries that expired: `expires_at` is `now` or earlier, or no RFC 3339 text or datetime, or without offset;
    - tombstones, which are all entries whose `revoked` is true, or anything else but false, null, zero or empty;
    - entries that a tombstone revokes, wherever in the list either stands, and all of them if several have that id;
    - entries that are no object or have no id.

    A tombstone needs no id and never expires, and revokes no other tombstone. One that `revokes` no override of the
    list is an orphan: it is logged and ignored.

    Raises:
        InvalidValueError: `now` is no aware datetime, or `entries` no list.
    """
    return [entry for _, entry in _in_force(entries, now)]


def apply(
    document: JsonValue, entries: Iterable[object], *, now: datetime | None = None, at: AtVersion | None = None
) -> tuple[JsonValue, tuple[Effect, ...]]:
    """Give the document in force, and in what it differs from `document`, which stays as it is.

    The `patch` of each active entry is applied in order: an object is an RFC 7396 merge patch, a list an RFC 6902
    patch. With `at`, the patch of an entry that has a `schema_version` is applied to `at(value, schema_version)`, and
    `at(result, None)` brings the result back; `at` gives new values and changes none in place.

    The effects are in the order of their pointers, one for each smallest place that differs in the end. Objects are
    entered, those that were added too. A list is one value, for the places of its items shift; so is a value that
    became an object, and an object that was removed or became something else. An override that sets a place to what
    it is already changes nothing there, and is not named. No active entry with a patch: `document` itself, and ().

    The result shares parts with `document` and the patches: treat them as frozen.

    Raises:
        InvalidValueError: A patch is malformed or does not fit the value, or makes of it what cannot be stored; the
            reason names the override, `pointer` the place. Or as `active` raises it.
        MunimentError: As `at` raises it.
    """
    value = document
    steps: list[_Step] = []
    for key, entry in _in_force(entries, now):
        if _field(entry, "patch") is not None:
            value = _overridden(value, entry, at)
            steps.append((key, _end_of(entry), value))
    return value, tuple(_effects(document, steps))


def entries_of(document: JsonValue, pointer: str = "/overrides") -> list[JsonValue]:
    """Give the list of entries in a document, not a copy of it; a new empty one where nothing is at `pointer`.

    Raises:
        InvalidValueError: There is something else, or `pointer` is none.
    """
    json_pointer.parse(pointer)
    try:
        found = json_pointer.get(document, pointer)
    except InvalidValueError:
        return []
    if not isinstance(found, list):
        raise InvalidValueError("overrides must be a list of entries", pointer=pointer)
    return found


def _field(entry: object, name: str) -> Any:
    """Give a member or attribute; None where it is absent, null or `UNSET`."""
    held = entry.get(name) if isinstance(entry, Mapping) else getattr(entry, name, None)
    return None if held is msgspec.UNSET else held


def _in_force(entries: Iterable[T], now: datetime | None) -> list[tuple[OverrideId, T]]:
    moment = _aware(datetime.now(UTC) if now is None else now)
    listed = _listed(entries)
    with_ids = [(key, entry) for entry in listed if (key := _id_of(entry)) is not None]
    overrides = [(key, entry) for key, entry in with_ids if not _field(entry, "revoked")]
    revoked = _revoked(listed, {key for key, _ in overrides})
    return [(key, entry) for key, entry in overrides if key not in revoked and not _is_over(_end_of(entry), moment)]


def _listed(entries: Iterable[T]) -> list[T]:
    if isinstance(entries, (str, bytes, Mapping)) or not isinstance(entries, Iterable):
        raise InvalidValueError(f"overrides are a list of entries, not {type(entries).__name__}")
    listed = list(entries)
    for number, entry in enumerate(listed, start=1):
        if _id_of(entry) is None:
            _log.warning("override %d of %d has no id and is not in force: give it one", number, len(listed))
    return listed


def _aware(now: object) -> datetime:
    if isinstance(now, datetime) and now.utcoffset() is not None:
        return now
    raise InvalidValueError(f"now must be an aware datetime, such as datetime.now(UTC), not {now!r}")


def _id_of(entry: object, name: str = "id") -> OverrideId | None:
    try:
        written = normal_form.plain(_field(entry, name))
    except InvalidValueError:
        return None
    is_id = isinstance(written, (str, int)) and not isinstance(written, bool) and written != ""
    return written if is_id else None  # type: ignore[return-value]


def _revoked(listed: Sequence[object], known: set[OverrideId]) -> set[OverrideId]:
    """Give the ids that the tombstones of the list revoke, and log those that revoke none of the `known` ones."""
    revoked = set()
    for entry in listed:
        if _field(entry, "revoked"):
            target = _id_of(entry, "revokes")
            if target in known:
                revoked.add(target)
            else:
                _log.warning(
                    "tombstone %r is ignored: it revokes %r, and no override has this id",
                    _field(entry, "id"),
                    _field(entry, "revokes"),
                )
    return revoked


def _is_over(end: datetime | None, moment: datetime) -> bool:
    return end is not None and end <= moment


def _end_of(entry: object) -> datetime | None:
    """Tell when an entry ends, None for never; where that cannot be told, it ended long ago."""
    end = written = _field(entry, "expires_at")
    if isinstance(written, str) and _RFC_3339.fullmatch(written):
        with suppress(ValueError):  # the thirtieth of February
            end = datetime.fromisoformat(written.upper())
    if end is None or (isinstance(end, datetime) and end.utcoffset() is not None):
        return end
    _log.warning(
        "override %r counts as expired: its expires_at, %r, is no time with an offset, like 2026-01-31T12:00:00Z",
        _field(entry, "id"),
        written,
    )
    return _LONG_AGO


def _overridden(value: JsonValue, entry: object, at: AtVersion | None) -> JsonValue:
    schema_version = _field(entry, "schema_version")
    if at is None or schema_version is None:
        return _patched(value, entry)
    if not isinstance(schema_version, str):
        raise _misfit(entry, InvalidValueError(f"schema_version must be a text, not {schema_version!r}"))
    return at(_patched(at(value, schema_version), entry), None)


def _patched(value: JsonValue, entry: object) -> JsonValue:
    changes = _field(entry, "patch")
    try:
        if isinstance(changes, dict):
            result = merge_patch.apply(value, changes)
        else:
            result = _present(patch.apply(value, _operations(changes)))
        canonical.encode(result)  # copying a value into itself again and again nests without end
    except InvalidValueError as error:
        raise _misfit(entry, error) from error
    except RecursionError:
        raise _misfit(entry, InvalidValueError("nested too deep for the stack that is left")) from None
    return result


def _operations(changes: object) -> list[dict[str, Any]]:
    if not isinstance(changes, list):
        raise InvalidValueError("a patch is an object (RFC 7396) or a list of operations (RFC 6902)")
    for number, operation in enumerate(changes, start=1):
        if not isinstance(operation, dict):
            raise InvalidValueError(f"operation {number} of {len(changes)} is no object")
    return changes


def _present(result: JsonValue | Absent) -> JsonValue:
    if result is ABSENT:
        raise InvalidValueError("it removes the whole document")
    return result


def _misfit(entry: object, error: InvalidValueError) -> InvalidValueError:
    reason = f"mend the patch of override {_id_of(entry)!r}, or revoke it: {error.reason}"
    return InvalidValueError(reason, pointer=error.pointer or "")


def _effects(document: JsonValue, steps: Sequence[_Step]) -> Iterator[Effect]:
    values = [document, *(value for _, _, value in steps)]
    for pointer, tokens in sorted((json_pointer.join(place), place) for place in _changed((), document, values[-1])):
        held = [_held(value, tokens) for value in values]
        # The ends differ, so at one step at least the place was changed.
        last = max(number for number in range(len(steps)) if not same(held[number], held[number + 1]))
        key, until, _ = steps[last]
        yield Effect(pointer, held[-1], held[0], key, until)


def _changed(
    tokens: tuple[str, ...], before: JsonValue | Absent, after: JsonValue | Absent
) -> Iterator[tuple[str, ...]]:
    """Give the smallest places that differ."""
    if same(before, after):
        return
    old = {} if before is ABSENT and after else before
    if isinstance(old, dict) and isinstance(after, dict):
        for name in old.keys() | after.keys():
            yield from _changed((*tokens, name), old.get(name, ABSENT), after.get(name, ABSENT))
    else:
        yield tokens


def _held(value: JsonValue | Absent, tokens: Sequence[str]) -> JsonValue | Absent:
    """Give what objects hold at a place; at no step is anything else entered."""
    for token in tokens:
        value = value.get(token, ABSENT) if isinstance(value, dict) else ABSENT
    return value
