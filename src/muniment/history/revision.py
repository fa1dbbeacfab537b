"""The grammar of revisions: what may be written where a commit is meant.

`main`, `HEAD`, a commit id or a unique prefix of 8 digits or more, each followed by any number of
steps: `~3` is the third first parent, `^2` the second parent, `@{2026-01-31T12:00:00Z}` a moment: of
a branch, where it stood then, as far as this copy knows; else the newest commit along the first
parents that was not made after it. `:working` are the files.
"""

import re
from datetime import datetime
from typing import NamedTuple, TypeAlias

from muniment.errors import InvalidValueError, RevisionNotFoundError

WORKING = ":working"


class Ancestor(NamedTuple):
    """Go some `steps` along the first parents."""

    steps: int


class Parent(NamedTuple):
    """Go to the parent of that number, from 1; 0 is the commit itself."""

    number: int


class AsOf(NamedTuple):
    """Go back to where the branch stood at `time`, or along the first parents to the newest commit made by then."""

    time: datetime


Step: TypeAlias = Ancestor | Parent | AsOf


class Revision(NamedTuple):
    """Where to start, a branch, a tag or an id, and the steps to take from there."""

    base: str
    steps: tuple[Step, ...]


_STEP = re.compile(r"~(?P<ancestor>\d{0,18})|\^(?P<parent>\d{0,18})|@\{(?P<time>[^}]*)\}")
_BASE = re.compile(r"[^~^@]*(?:@(?!\{)[^~^@]*)*")


def parse(text: str) -> Revision:
    """Read a revision.

    Raises:
        RevisionNotFoundError: It is not written like one, or its time has no zone.
    """
    match = _BASE.match(text)
    base = match.group() if match else ""
    position = len(base)
    steps: list[Step] = []
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None:
            raise RevisionNotFoundError(text, f"{text[position:]!r} is no step like ~2, ^1 or @{{time}}")
        steps.append(_step(text, found))
        position = found.end()
    return Revision(base or "HEAD", tuple(steps))


def _step(text: str, found: re.Match[str]) -> Step:
    if (steps := found["ancestor"]) is not None:
        return Ancestor(int(steps or 1))
    if (number := found["parent"]) is not None:
        return Parent(int(number or 1))
    try:
        return AsOf(moment(found["time"]))
    except InvalidValueError as error:
        raise RevisionNotFoundError(text, error.reason) from None


def moment(written: str) -> datetime:
    """Read a moment; it must say its zone.

    Raises:
        InvalidValueError: It is no RFC 3339 time, or has no zone.
    """
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        raise InvalidValueError(f"{written!r} is no time like 2026-01-31T12:00:00Z") from None
    if time.tzinfo is None:
        raise InvalidValueError(f"{written!r} has no zone: add Z for UTC, or +02:00")
    return time
