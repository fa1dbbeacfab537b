"""Where a reader of a ledger stands: how much of each segment it has been given.

Segments only ever grow, each at its end, so this stays true whatever is appended, merged, synced or archived.

Format: docs/format/ledgers.md, "Cursors".
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from muniment.errors import InvalidCursorError
from muniment.values import word

FORMAT = 1
AFRESH = "after=0"
"""How a reader of a ledger starts afresh."""

Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]


class Reach(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How far into a segment: so many entries, which take so many bytes."""

    entries: Count
    size_bytes: Count

    def __add__(self, more: "Reach") -> "Reach":
        """Go on by so much."""
        return Reach(self.entries + more.entries, self.size_bytes + more.size_bytes)

    def __sub__(self, start: "Reach") -> "Reach":
        """Give how much lies between another place, which is before, and this."""
        return Reach(self.entries - start.entries, self.size_bytes - start.size_bytes)


NOTHING = Reach(0, 0)


def furthest(one: Reach, other: Reach) -> Reach:
    """Give the one of two places in a segment that has more entries before it; the first, if both have as many."""
    return one if one.entries >= other.entries else other


def nearest(one: Reach, other: Reach) -> Reach:
    """Give the one of two places in a segment that has fewer entries before it; the first, if both have as many."""
    return one if one.entries <= other.entries else other


class Cursor(msgspec.Struct, frozen=True):
    """A token to resume reading the ledger `ledger` from; `str()` gives it as one word, `Cursor.parse` reads that.

    It is good in every copy of the ledger, and for ever.
    """

    ledger: str
    reached: Mapping[str, Reach] = {}
    format: int = FORMAT

    def __str__(self) -> str:
        """Write it as one word of letters, digits, `-` and `_`."""
        return word.encode(_encoder.encode(self))

    def __hash__(self) -> int:
        """Hash by what was reached."""
        return hash((self.ledger, frozenset(self.reached.items())))

    @classmethod
    def parse(cls, ledger: str, text: str) -> "Cursor":
        """Read what `str()` gave.

        Raises:
            InvalidCursorError: It is damaged, of another ledger, or of a newer format.
        """
        try:
            cursor = _decoder.decode(word.decode(text))
        except (ValueError, RecursionError) as error:
            raise InvalidCursorError(ledger, "it is damaged", AFRESH) from error
        return cursor.checked(ledger)

    def checked(self, ledger: str) -> "Cursor":
        """Give itself, if it is of that ledger.

        Raises:
            InvalidCursorError: It is of another one, or of a newer format.
        """
        if self.format != FORMAT:
            raise InvalidCursorError(ledger, f"it is of format {self.format}", AFRESH)
        if self.ledger != ledger:
            raise InvalidCursorError(ledger, f"it is one of the ledger {self.ledger}", AFRESH)
        return self


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Cursor)
