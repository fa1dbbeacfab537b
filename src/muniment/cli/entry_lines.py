"""Entries as JSON Lines on standard input, as people write them, and as `tail --json` tells them."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from muniment import (
    DanglingReferenceError,
    InvalidNameError,
    InvalidValueError,
    KeyReusedError,
    MunimentError,
)
from muniment.cli.faults import RefusedError
from muniment.history import revision
from muniment.ledger import drafting
from muniment.values import canonical

Members: TypeAlias = Mapping[str, Any]
Line: TypeAlias = tuple[int, dict[str, Any]]
"""The number of a line of the input, from 1, and the entry that it says."""

_OF_A_LEDGER = frozenset({"id", "offset", "clock", "signature", "batch", "above", "erased", "erasable"})
"""Members that an entry has of the ledger that it is in: appended to another, it gets new ones."""


def read(name: str, complete: Callable[[Members], dict[str, Any]], *, erasable: bool) -> Iterator[Line]:
    """Read entries one by one, with what `complete` gives those that do not say it.

    Raises:
        RefusedError: A line is no entry; it says which, and why.
    """
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            members = complete(_entry(canonical.decode(line), erasable=erasable))
        except InvalidValueError as error:
            raise _refused(name, number, error) from error
        yield number, members


def _entry(members: object, *, erasable: bool) -> dict[str, Any]:
    if not isinstance(members, dict):
        raise InvalidValueError('an entry is an object, such as {"kind": "turn"}')
    if members.get("erased") is True:
        raise InvalidValueError("its payload was erased: leave it out, or bring it with `sync`, as it is")
    if members.get("erasable") is not None and not erasable:
        raise InvalidValueError("its payload is kept apart, to be erased one day: keep it so with --erasable")
    time = members.get("time")
    said = {field: value for field, value in members.items() if field not in _OF_A_LEDGER}
    return said if time is None else {**said, "time": revision.moment(str(time))}


@contextmanager
def told(name: str, batch: Sequence[Line]) -> Iterator[None]:
    """Tell of an entry that a ledger refuses which line it is.

    Raises:
        RefusedError: A line is refused; it says which, and why.
    """
    try:
        yield
    except (InvalidNameError, InvalidValueError, KeyReusedError, DanglingReferenceError) as error:
        number = next((number for number, members in reversed(batch) if _is_about(error, members)), None)
        if number is None:
            raise
        raise _refused(name, number, error) from error


def _is_about(error: MunimentError, members: Members) -> bool:
    if isinstance(error, KeyReusedError):
        return bool(members.get("key") == error.key)
    if isinstance(error, DanglingReferenceError):
        return error.id in members.get("prev", ())
    try:
        drafting.check(members)
    except (InvalidNameError, InvalidValueError):
        return True
    return False


def _refused(name: str, number: int, error: MunimentError) -> RefusedError:
    reason = str(error).removeprefix(f"{name}: ")
    message = f"{name}: line {number} of the input: {reason}; it was not appended"
    return RefusedError(type(error), message, **vars(error))
