"""What a reader of a ledger is given: entries one after the other, and at any time a cursor to resume from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import length_hint
from typing import Self

from muniment.ledger.reading import Part
from muniment.values.cursor import Cursor, Reach
from muniment.values.entry import Entry

Pick = Callable[[Part], list[Entry]]
"""Chooses the entries of a part that are wanted, and makes their payloads what the reader shall see."""


class Tail:
    """Entries in causal order, as they were when the reading began; appending meanwhile changes nothing.

    An iterator, to be used by one thread. `cursor` may be asked for at any time.
    """

    def __init__(
        self,
        ledger: str,
        parts: Iterator[Part],
        starts: Mapping[str, Reach],
        ends: Mapping[str, Reach],
        pick: Pick | None,
    ) -> None:
        self._ledger = ledger
        self._parts: Iterator[Part] | None = parts
        self._reached = dict(starts)
        self._ends = ends
        self._pick = pick
        self._part: Part | None = None
        self._picked: Sequence[Entry] = ()
        self._current: Iterator[Entry] = iter(())
        self._entries = chain.from_iterable(self._each())

    def _each(self) -> Iterator[Iterator[Entry]]:
        while self.wait():
            yield self._current

    @property
    def at_hand(self) -> int:
        """How many of the next entries were read already: taking them reads no file."""
        return length_hint(self._current)

    def wait(self) -> bool:
        """Read on until the next entry is at hand, without taking it; False where there is none any more."""
        while not length_hint(self._current):
            if self._parts is None:
                return False
            if self._part is not None:
                self._reached[self._part.segment] = self._part.reached(len(self._part.entries))
            self._part = part = next(self._parts, None)
            if part is None:
                self._reached.update(self._ends)
                self._parts = None
                return False
            self._picked = part.entries if self._pick is None else self._pick(part)
            self._current = iter(self._picked)
        return True

    def __iter__(self) -> Iterator[Entry]:
        """Go on with the next entry."""
        return self._entries

    def __next__(self) -> Entry:
        """Give the next entry."""
        return next(self._entries)

    @property
    def cursor(self) -> Cursor:
        """Where to resume from, so that nothing comes twice that was given, and nothing is left out."""
        reached = dict(self._reached)
        if self._part is not None:
            taken = len(self._picked) - length_hint(self._current)
            if taken:
                last = self._picked[taken - 1]
                place = next(index for index, entry in enumerate(self._part.entries, 1) if entry is last)
                reached[self._part.segment] = self._part.reached(place)
        return Cursor(self._ledger, reached)

    def close(self) -> Self:
        """Take no more."""
        self._entries, self._parts = chain(), None
        return self
