"""What this copy of a ledger holds at a moment: how far each segment can be read, and the latest clock.

Only whole entries count, and of entries that were appended together only all: what a stopped or still writing program
left behind them is not there yet.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import msgspec

from muniment.errors import MalformedError
from muniment.files.layout import LedgerLayout
from muniment.ledger import pieces
from muniment.ledger.arrivals import Arrivals
from muniment.ledger.pieces import Pieces
from muniment.values import entry_line
from muniment.values.cursor import NOTHING, Reach
from muniment.values.entry import MAX_CLOCK_STEP, Entry

_LINE_BYTES = 4096


class _Batch(msgspec.Struct, gc=False):
    """Which of how many an entry is, without reading the rest."""

    batch: tuple[int, int] | None = None


_batch_decoder = msgspec.json.Decoder(_Batch)


class Copy:
    """The segments of one ledger as one process sees them."""

    def __init__(self, layout: LedgerLayout) -> None:
        self.layout = layout
        self.pieces = Pieces(layout)
        self.arrivals = Arrivals(layout)
        self.present: dict[str, Reach] = {}
        """How far each segment can be read now."""
        self._counted: dict[str, Reach] = {}
        self._clocks: dict[str, int] = {}
        self.clock = 0
        """The latest clock of all entries that are here."""

    def look(self, hint: Callable[[], Mapping[str, Reach]], *, thoroughly: bool = False) -> bool:
        """See what there is now; tells whether anything may have changed.

        `hint` tells of segments how many entries their first bytes hold, so that these need not be counted again.

        Raises:
            MalformedError: What is noted of the order of arrival cannot be read.
        """
        self.arrivals.load()
        if not self.pieces.look(thoroughly=thoroughly):
            return False
        known = {**self.arrivals.reached, **hint()}
        self.present, is_whole = self._measure_all(known)
        while not is_whole and self.pieces.look(thoroughly=True):  # files were joined or archived meanwhile
            self.present, is_whole = self._measure_all(known)
        self._clocks = {segment: clock for segment, clock in self._clocks.items() if segment in self.present}
        self.clock = _latest(self._clocks.values())
        self._follow_own()
        return True

    def _measure_all(self, known: Mapping[str, Reach]) -> tuple[dict[str, Reach], bool]:
        """Measure all segments, and tell whether no file went away meanwhile."""
        present, is_whole = {}, True
        for segment, parts in self.pieces.of.items():
            counted = max(self._counted.get(segment, NOTHING), known.get(segment, NOTHING), key=_size)
            present[segment], is_read = self._measure(segment, parts, counted)
            is_whole = is_whole and is_read
        return present, is_whole

    def _measure(self, segment: str, parts: list[pieces.Piece], counted: Reach) -> tuple[Reach, bool]:
        end, is_read = pieces.covered(parts), True
        if end < counted.size_bytes:  # the host's git brought an earlier state of it
            counted = NOTHING
        if end > counted.size_bytes:
            data = pieces.read(parts, counted.size_bytes, end)
            is_read = len(data) == end - counted.size_bytes
            counted = count(counted, data)
        if self._counted.get(segment) != counted or segment not in self._clocks:
            self._counted[segment] = counted
            clock = self._clock_at(parts, counted)
            if clock is None:
                self._clocks.pop(segment, None)
                return counted, False
            self._clocks[segment] = clock
        return counted, is_read

    def _clock_at(self, parts: list[pieces.Piece], reached: Reach) -> int | None:
        """Give the clock of the entry that ends at a place; None where that went away."""
        for piece in parts:
            if piece.archived is not None and piece.end == reached.size_bytes:
                return piece.archived.clock
        line = last_line(partial(pieces.read, parts), reached.size_bytes)
        if not line:
            return None if reached.size_bytes else 0
        try:
            return entry_line.decode(parts[0].path, line).clock
        except MalformedError:  # told by whoever reads it, and by `verify`
            return 0

    def doubt(self) -> None:
        """Count and look anew next time."""
        self.pieces.forget()
        self._counted.clear()
        self._clocks.clear()

    def _follow_own(self) -> None:
        own = self.arrivals.open
        if own is not None and self.present.get(own, NOTHING).entries > self.arrivals.reached.get(own, NOTHING).entries:
            self.arrivals.grow(self.present[own])

    def is_any_away(self) -> bool:
        """Tell whether entries that were here are not now: the host's git has taken them away."""
        return any(end.entries > self.present.get(name, NOTHING).entries for name, end in self.arrivals.reached.items())

    def grown(self, segment: str, end: Reach, clock: int) -> None:
        """Take note of what this process appended itself to the segment of this copy."""
        self.pieces.grown(segment, end.size_bytes)
        self.present[segment] = self._counted[segment] = end
        self._clocks[segment] = self.clock = clock
        self.arrivals.grow(end)

    def unseen(self) -> list[tuple[str, Reach, Reach]]:
        """Give what arrived from elsewhere and has no offsets yet: a segment, from where on, and how much, each.

        In the order in which it is to get them: by the clock of its first entry.
        """
        parts = []
        for segment, end in self.present.items():
            first = self.arrivals.reached.get(segment, NOTHING)
            if end.entries > first.entries:
                parts.append((self._first_clock(segment, first), segment, first, end - first))
        return [(segment, first, size) for _, segment, first, size in sorted(parts, key=lambda one: one[:2])]

    def _first_clock(self, segment: str, first: Reach) -> int:
        line = self.line_at(segment, first.size_bytes)
        try:
            return entry_line.decode(self.layout.segment(segment), line).clock
        except MalformedError:
            return 0

    def archived(self) -> dict[str, Reach]:
        """Give how far each segment lies in archives from its beginning."""
        found = {}
        for segment, parts in self.pieces.of.items():
            end = pieces.covered(parts, archives_only=True)
            for piece in parts:
                if piece.archived is not None and piece.end == end:
                    found[segment] = Reach(piece.archived.entries, end)
        return found

    def line_at(self, segment: str, start: int) -> bytes:
        """Read the line that begins at a position in a segment; empty where that is not here."""
        end, size = self.present.get(segment, NOTHING).size_bytes, _LINE_BYTES
        while True:
            data = self.read(segment, start, min(end, start + size))
            feed = data.find(b"\n")
            if feed >= 0 or start + size >= end:
                return data[:feed] if feed >= 0 else b""
            size *= 8

    def line_before(self, segment: str, end: int) -> bytes:
        """Read the line that ends at a position in a segment."""
        return last_line(partial(self.read, segment), end)

    def entry_at(self, segment: str, start: int) -> Entry | None:
        """Read the entry whose line begins at a position in a segment; None where that is not here.

        Raises:
            MalformedError: The line is no entry.
        """
        line = self.line_at(segment, start)
        return entry_line.decode(self.layout.segment(segment), line) if line else None

    def entry_before(self, segment: str, end: int) -> Entry:
        """Read the entry whose line ends at a position in a segment.

        Raises:
            MalformedError: No line ends there, or it is no entry.
        """
        return entry_line.decode(self.layout.segment(segment), self.line_before(segment, end))

    def read(self, segment: str, start: int, end: int) -> bytes:
        """Read the bytes of a segment between two positions, or as many of them as are here."""
        data = pieces.read(self.pieces.of.get(segment, []), start, end)
        if len(data) < end - start and self.pieces.look(thoroughly=True):  # they may have been moved into an archive
            data = pieces.read(self.pieces.of.get(segment, []), start, end)
        return data


def _size(reached: Reach) -> int:
    return reached.size_bytes


def _latest(clocks: Iterable[int]) -> int:
    """Give the latest clock that can be right: one that is far ahead of all others was made up, and is left out."""
    latest = 0
    for clock in sorted(clocks):
        if clock - latest > MAX_CLOCK_STEP:
            break
        latest = clock
    return latest


def count(counted: Reach, data: bytes) -> Reach:
    """Count the whole entries in the bytes that follow on those that were counted, and all of each batch or none."""
    end = data.rfind(b"\n") + 1
    if not end:
        return counted
    entries = data.count(b"\n", 0, end)
    last = data[data.rfind(b"\n", 0, end - 1) + 1 : end]
    missing = _begun(last)
    for _ in range(min(missing, entries)):
        end = data.rfind(b"\n", 0, end - 1) + 1
    return counted + Reach(max(0, entries - missing), end)


def _begun(line: bytes) -> int:
    """Tell how many entries of a batch there are that is not complete, given the last of them."""
    if b'"batch":[' not in line:
        return 0
    try:
        batch = _batch_decoder.decode(line).batch
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return 0
    return batch[0] + 1 if batch is not None and 0 <= batch[0] < batch[1] - 1 else 0


def last_line(read: Callable[[int, int], bytes], end: int) -> bytes:
    """Read the line that ends at a position in a segment; empty where it begins there, or is not here any more."""
    size = _LINE_BYTES
    while end:
        start = max(0, end - size)
        data = read(start, end)
        if len(data) < end - start:
            break
        feed = data.rfind(b"\n", 0, len(data) - 1)
        if feed >= 0 or not start:
            return data[feed + 1 : -1]
        size *= 8
    return b""
