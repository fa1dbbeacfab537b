"""Which files hold which bytes of a ledger's segments.

A segment is what one writer ever appended, as one run of lines. Its writer's file holds it from the beginning;
what another copy brought lies in files of their own, each some bytes of a segment that never change; and archives
hold compressed what was moved out of the way. They may overlap: the bytes are the same.

Format: docs/format/ledgers.md, "Segments".
"""

import re
import time
from contextlib import suppress
from operator import attrgetter
from typing import NamedTuple

from muniment.errors import MalformedError
from muniment.files import disk
from muniment.files.layout import ARCHIVE_SUFFIX, LedgerLayout
from muniment.ledger import archive_file
from muniment.ledger.archive_file import Archived
from muniment.storage.unchanged import is_settled

_SEGMENT = re.compile(r"([0-9a-f]{32})(?:\.([0-9]+)-([0-9]+))?\.jsonl")


class Piece(NamedTuple):
    """The bytes of a segment from `first` to `end`, in the file at `path`, or compressed in an archive."""

    first: int
    end: int
    path: str
    grows: bool
    archived: Archived | None = None

    def read(self, start: int, end: int) -> bytes:
        """Read those between two positions in the segment, both in this piece; fewer where it was taken away since."""
        if self.archived is not None:
            return self.archived.read(start, end)
        try:
            return disk.read_at(self.path, end - start, start - self.first)
        except FileNotFoundError:
            return b""


class Pieces:
    """The files of one ledger, looked for again when its folder has changed."""

    def __init__(self, layout: LedgerLayout) -> None:
        self._layout = layout
        self._seen: int | None = None
        self._has_looked = False
        self._archives: dict[str, list[tuple[str, Archived]]] = {}
        self.damaged: list[MalformedError] = []
        """Archives that cannot be read: what they hold is missing, and `verify` tells so."""
        self.of: dict[str, list[Piece]] = {}
        """Those of each segment, in the order of their first bytes."""

    def look(self, *, thoroughly: bool = False) -> bool:
        """Find what there is; tells whether anything may have changed since the last time.

        Files that grow are found grown only when looked at `thoroughly`, unless the folder changed too.
        """
        seen = self._stamp()
        if seen == self._seen and not thoroughly:
            return False
        self._seen = seen if is_settled(seen, time.time_ns()) else None  # else it may change again unseen
        found: dict[str, list[Piece]] = {}
        for segment, piece in [*self._plain(), *self._archived()]:
            found.setdefault(segment, []).append(piece)
        for pieces in found.values():
            pieces.sort(key=attrgetter("first", "end"))
        is_other, self.of = found != self.of or not self._has_looked, found
        self._has_looked = True
        return is_other

    def forget(self) -> None:
        """Find everything anew at the next look."""
        self._seen, self.of = None, {}

    def are_moved(self) -> bool:
        """Tell whether files may have come or gone since the last look."""
        return self._seen is None or self._stamp() != self._seen

    def grown(self, segment: str, size_bytes: int) -> None:
        """Take note that the writer's file of a segment has that size now."""
        grown = Piece(0, size_bytes, self._layout.segment(segment), grows=True)
        pieces = [*(piece for piece in self.of.get(segment, ()) if not piece.grows), grown]
        if len(pieces) > 1:
            pieces.sort(key=attrgetter("first", "end"))
        self.of[segment] = pieces

    def _stamp(self) -> int:
        """Give when the folder changed; whatever adds to the archives changes it too."""
        try:
            return disk.stat(self._layout.root).st_mtime_ns
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def _plain(self) -> list[tuple[str, Piece]]:
        found = []
        with suppress(FileNotFoundError, NotADirectoryError), disk.scandir(self._layout.root) as entries:
            for entry in entries:
                match = _SEGMENT.fullmatch(entry.name)
                if match is None or not entry.is_file(follow_symlinks=False):
                    continue
                with suppress(FileNotFoundError):
                    size = disk.stat(entry.path).st_size
                    first, end = int(match[2] or 0), int(match[3] or size)
                    found.append((match[1], Piece(first, min(end, first + size), entry.path, grows=match[2] is None)))
        return found

    def _archived(self) -> list[tuple[str, Piece]]:
        self.damaged = []
        names: list[str] = []
        with suppress(FileNotFoundError, NotADirectoryError):
            names = [name for name in disk.listdir(self._layout.archives) if name.endswith(ARCHIVE_SUFFIX)]
        for name in names:
            if name not in self._archives:
                path = f"{self._layout.archives}/{name}"
                try:
                    self._archives[name] = archive_file.contents(path)
                except MalformedError as error:
                    self.damaged.append(error)
        return [
            (segment, Piece(stretch.first, stretch.end, stretch.path, grows=False, archived=stretch))
            for name in names
            for segment, stretch in self._archives.get(name, [])
        ]


def covered(pieces: list[Piece], *, archives_only: bool = False) -> int:
    """Give up to which position a segment can be read from its beginning; 0 where that is missing."""
    end = 0
    for piece in pieces:
        if piece.first > end:
            break
        if piece.archived is not None or not archives_only:
            end = max(end, piece.end)
    return end


def read(pieces: list[Piece], start: int, end: int) -> bytes:
    """Read the bytes of a segment between two positions, or as many of them as there are from the first on.

    The pieces stand in the order of their first bytes; of those that hold a byte, what is not compressed is read.
    """
    parts: list[bytes] = []
    plain = _Furthest([piece for piece in pieces if piece.archived is None])
    archived = _Furthest([piece for piece in pieces if piece.archived is not None])
    while start < end:
        piece = plain.at(start) or archived.at(start)
        data = piece.read(start, min(end, piece.end)) if piece is not None else b""
        if not data:
            break
        parts.append(data)
        start += len(data)
    return b"".join(parts)


class _Furthest:
    """Finds, for positions that ascend, which piece holds the most bytes from there on; looks at each piece once."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._next = 0
        self._best: Piece | None = None

    def at(self, position: int) -> Piece | None:
        """Give the piece that holds the byte at a position and reaches the furthest; None where none does."""
        while self._next < len(self._pieces) and self._pieces[self._next].first <= position:
            piece = self._pieces[self._next]
            if self._best is None or piece.end > self._best.end:
                self._best = piece
            self._next += 1
        return self._best if self._best is not None and position < self._best.end else None
