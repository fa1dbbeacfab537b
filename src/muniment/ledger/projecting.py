"""Compute a state out of all entries, and remember it, so that the next time costs only what is new.

Format: docs/format/ledgers.md, "This copy".
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec

from muniment.errors import InvalidCursorError, InvalidValueError
from muniment.files import atomic, disk
from muniment.ledger import finding
from muniment.ledger.filters import EVERYTHING
from muniment.ledger.parts import LedgerParts
from muniment.ledger.tail import Tail
from muniment.values import canonical
from muniment.values.cursor import Cursor
from muniment.values.entry import Entry, check_text

State = TypeVar("State")


class _Remembered(msgspec.Struct, Generic[State], frozen=True):
    """What a fold came to: where it had begun, how far it came, and after which entry, by clock and id."""

    began: str
    cursor: str
    last: tuple[int, str]
    state: State


def fold(
    parts: LedgerParts,
    initial: State,
    function: Callable[[State, Entry], State],
    *,
    after: Any,
    snapshot: str | None,
) -> State:
    """Compute the state, going on from what is remembered under the name `snapshot`, if that can be trusted."""
    if snapshot is None:
        return _folded(initial, function, finding.tail(parts, after, EVERYTHING, archived=True))[0]
    path = parts.layout.fold(canonical.digest(check_text("snapshot", snapshot, empty=False).encode()))
    began = str(after)
    with suppress(_BehindError):
        if (remembered := _remembered(parts, path, began, type(initial))) is not None:
            entries = finding.tail(parts, remembered.cursor, EVERYTHING)
            ahead = _Ahead(remembered.last)
            state, last = _folded(remembered.state, ahead.checking(function), entries)
            return _kept(parts, path, _Remembered(began, str(entries.cursor), last or remembered.last, state))
    entries = finding.tail(parts, after, EVERYTHING, archived=True)
    state, last = _folded(initial, function, entries)
    return _kept(parts, path, _Remembered(began, str(entries.cursor), last or (0, ""), state))


class _BehindError(Exception):
    """An entry arrived that belongs before what was folded already."""


class _Ahead:
    """Sees to it that entries come after the last one that was folded."""

    def __init__(self, last: tuple[int, str]) -> None:
        self._last = last

    def checking(self, function: Callable[[State, Entry], State]) -> Callable[[State, Entry], State]:
        def checked(state: State, entry: Entry) -> State:
            if (entry.clock, entry.id) < self._last:
                raise _BehindError
            return function(state, entry)

        return checked


def _folded(
    state: State, function: Callable[[State, Entry], State], entries: Tail
) -> tuple[State, tuple[int, str] | None]:
    entry = None
    for entry in entries:
        state = function(state, entry)
    return state, (entry.clock, entry.id) if entry is not None else None


def _remembered(parts: LedgerParts, path: str, began: str, wanted: type[State]) -> _Remembered[State] | None:
    """Read what is remembered; None where it cannot be used, or tells of entries that are not here now."""
    try:
        found = msgspec.json.decode(disk.read_file(path), type=_Remembered[msgspec.Raw])
        cursor = Cursor.parse(parts.layout.name, found.cursor)
        state = canonical.decode_as(bytes(found.state), wanted)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidCursorError, InvalidValueError):
        return None
    if found.began != began or not finding.is_here(parts, cursor):
        return None
    return _Remembered(found.began, found.cursor, found.last, state)


def _raw(state: object) -> msgspec.Raw:
    try:
        return msgspec.Raw(canonical.encode(state))
    except InvalidValueError as error:
        raise InvalidValueError(
            f"the state of a fold is kept as JSON: {error.reason}", pointer=error.pointer
        ) from error


def _kept(parts: LedgerParts, path: str, remembered: _Remembered[State]) -> State:
    kept = msgspec.structs.replace(remembered, state=_raw(remembered.state))
    with suppress(OSError):  # it only saves time, and a medium that takes no writes is for reading all the same
        atomic.replace_file(path, msgspec.json.encode(kept), parts.layout.temporary, sync=False)
    return remembered.state
