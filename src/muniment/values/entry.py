"""What a ledger is made of: entries that never change.

Format: docs/format/ledgers.md, "Entries".
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Final, cast

import msgspec

from muniment.errors import InvalidNameError, InvalidValueError
from muniment.values import ids, names

MAX_TEXT_BYTES = 512
"""The longest kind, actor, stream or key."""

MAX_CLOCK = (1 << 53) - 1
"""The last moment of a Lamport clock: what every reader of JSON can count to."""

MAX_CLOCK_STEP = 1 << 32
"""How far the clock of an entry may be ahead of all that is known: no ledger that is exchanged holds that many."""

MAX_PREV = 4096
"""The most entries that one entry may name as those it follows."""


_NOT_IN_A_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})


class Erased(Enum):
    """The type of `ERASED`; an enumeration, so that copies stay the same object."""

    ERASED = "ERASED"

    def __repr__(self) -> str:
        """Show as the name that programs import."""
        return "ERASED"


ERASED: Final = Erased.ERASED
"""Stands where a payload was that has been erased for good."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """One thing that happened, as the ledger keeps it.

    `id` is the hash of all of it but the signature. `clock` is a Lamport clock: larger than that of every entry that
    was known when this one was appended, so `(clock, id)` is the causal order, the same in every copy. `offset` is
    its place in this copy, from 1, in order of arrival. `kind` tells what happened, `actor` who did it, `stream` which
    run or session it belongs to; `time` is the writer's wall clock, aware, in UTC, and orders nothing. `prev` are ids
    of entries that it follows on, `key` is the caller's own name for it, unique in the ledger. `erasable` is the
    id of its payload, where that is kept apart so that it can be erased; then `payload` may be `ERASED`.

    Two entries are equal if their ids are, whatever their places in their copies.
    """

    id: str
    clock: Annotated[int, msgspec.Meta(ge=1, le=MAX_CLOCK)]
    kind: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    payload: Any = None
    actor: str = ""
    stream: str = ""
    key: str | None = None
    prev: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}
    signature: str | None = None
    erasable: str | None = None
    batch: tuple[int, int] | None = None
    """Which of how many entries that were appended together and are there together: `(0, 3)` is the first of three."""
    above: str | None = None
    """The id of the entry that stands before it in its file."""
    offset: int = 0

    def __eq__(self, other: object) -> bool:
        """Compare by the id, which says all."""
        return isinstance(other, Entry) and self.id == other.id

    def __hash__(self) -> int:
        """Hash by the id, which says all."""
        return hash(self.id)

    @property
    def is_erased(self) -> bool:
        """Tell whether its payload was erased."""
        return self.payload is ERASED


def check_text(what: str, text: object, *, empty: bool = True) -> str:
    """Check a kind, actor, stream or key: one line of text, at most `MAX_TEXT_BYTES` long.

    Raises:
        InvalidNameError: It is none; the reason says which rule it breaks.
    """
    if type(text) is str and text.isascii() and text.isprintable() and 0 < len(text) <= MAX_TEXT_BYTES:
        return text
    names.check_text(what, text)
    checked = str(text)
    if not checked:
        if empty:
            return checked
        raise InvalidNameError(what, checked, "it is empty")
    if not checked.isprintable() and any(unicodedata.category(letter) in _NOT_IN_A_LINE for letter in checked):
        raise InvalidNameError(what, checked, "it must be one line of plain text")
    if not checked.isascii() or len(checked) > MAX_TEXT_BYTES:
        _check_size(what, checked)
    return checked


def are_plain_texts(texts: Sequence[object]) -> bool:
    """Tell, at the speed of C, whether all are such texts, of printable ASCII and not empty; False is "perhaps not"."""
    if set(map(type, texts)) != {str}:
        return False
    each = cast("Sequence[str]", texts)
    joined = "".join(each)
    return joined.isascii() and joined.isprintable() and all(each) and max(map(len, each)) <= MAX_TEXT_BYTES


def _check_size(what: str, text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise InvalidNameError(what, text, "it has a lone surrogate") from error
    if size > MAX_TEXT_BYTES:
        raise InvalidNameError(what, f"{text[:40]}…", f"it is longer than {MAX_TEXT_BYTES} bytes")


def check_prev(prev: object) -> tuple[str, ...]:
    """Check what an entry shall follow on: ids, or entries, each once; gives the ids.

    Raises:
        InvalidValueError: It is no list of those, or too long.
    """
    if isinstance(prev, str) or not isinstance(prev, (list, tuple, set, frozenset)):
        raise InvalidValueError("prev is a list of ids of entries", pointer="/prev")
    given = [item.id if isinstance(item, Entry) else item for item in prev]
    if not all(isinstance(item, str) and ids.is_id(item) for item in given):
        raise InvalidValueError("prev holds something that is no id of an entry", pointer="/prev")
    found = tuple(dict.fromkeys(given))
    if len(found) > MAX_PREV:
        raise InvalidValueError(f"prev names more than {MAX_PREV} entries", pointer="/prev")
    return found
