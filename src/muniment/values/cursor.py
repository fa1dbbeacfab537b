"""Where a reader of a ledger stands: how much of each segment it has been given.

Segments only ever grow, each at its end, so this stays true whatever is appended, merged, synced or archived.

Format: docs/format/ledgers.md, "Cursors".
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Annotated

import msgspec

from muniment.errors import InvalidCursorError

FORMAT = 1
AFRESH = "after=0"
"""How a reader of a ledger starts afresh."""

Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]


class Reach(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How far into a segment: so many entries, which take so many bytes."""

    entries: Count
    size_bytes: Count


NOTHING = Reach(0, 0)


class Cursor(msgspec.Struct, frozen=True):
    """A token to resume reading the ledger `ledger` from; `str()` gives it as one word, `Cursor.parse` reads that.

    It is good in every copy of the ledger, and for ever.
    """

    ledger: str
    reached: Mapping[str, Reach] = {}
    format: int = FORMAT

    def __str__(self) -> str:
        """Write it as one word of letters, digits, `-` and `_`."""
        return urlsafe_b64encode(_encoder.encode(self)).decode().rstrip("=")

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
            cursor = _decoder.decode(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
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
