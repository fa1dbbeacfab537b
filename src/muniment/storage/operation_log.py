"""The operation log of one copy: one line for each change of heads and tags, appended and never rewritten.

Format: docs/format/local.md, "Operations".
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import takewhile

from muniment.errors import InvalidValueError, MalformedError
from muniment.files import disk, segment
from muniment.files.segment import Piece
from muniment.values import canonical, operation
from muniment.values.names import BranchName
from muniment.values.operation import HeadMove, Operation

_TAIL_BYTES = 8 << 20
"""What a recovery compares with: no journal holds the changes of more lines than these."""


class OperationLog:
    """The operations of one store; appending needs the store's lock, reading none."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._segment = segment.Segment(path)

    def append(self, line: bytes) -> None:
        """Append one operation, unsynced."""
        self._segment.append(line)

    def is_empty(self) -> bool:
        """Tell whether nothing was ever done in this copy."""
        return self._segment.is_empty()

    def tail(self) -> list[bytes]:
        """Give the newest lines, as many as a recovery may have to compare with, oldest first."""
        return segment.last_lines(self._path, _TAIL_BYTES)

    def newest_first(self) -> Iterator[Operation]:
        """Give the operations; a line that is none, because somebody damaged the file, is passed over."""
        for line in segment.lines_backwards(self._path):
            try:
                yield operation.decode(line)
            except MalformedError:
                continue

    def newest_piece(self) -> Piece:
        """Read the newest lines: one at least, if there is any."""
        return segment.piece_before(self._path, None)

    def piece_before(self, start: int, size_bytes: int) -> Piece:
        """Read lines before the beginning of a piece, of that size or the usual one: one at least, if there is any."""
        return segment.piece_before(self._path, start, max(size_bytes, segment.PIECE_BYTES))

    def piece_after(self, start: int) -> Piece:
        """Read lines from an offset on: one at least, if there is any."""
        return segment.piece_after(self._path, start)

    def line_before(self, end: int) -> bytes:
        """Read the line that ends at an offset, without its line feed; empty where none does."""
        if end > self.size():
            return b""
        piece = segment.piece_before(self._path, end)
        return piece.lines[-1] if piece.lines and piece.end == end else b""

    def size(self) -> int:
        """Give how long the file is; 0 where there is none."""
        return self.state()[0]

    def state(self) -> tuple[int, int]:
        """Give how long the file is, and what tells it from another of its name; zeros where there is none."""
        try:
            state = disk.stat(self._path)
        except FileNotFoundError:
            return 0, 0
        return state.st_size, state.st_ino

    def grown(self, newest: Piece) -> Piece | None:
        """Read the newest piece again, or what follows on it; itself where nothing does, None if the log is another."""
        return segment.grown(self._path, newest)

    @staticmethod
    def operations(piece: Piece) -> Iterator[Operation]:
        """Give the operations of some lines, oldest first; a line that is none is passed over."""
        for line in piece.lines:
            with suppress(MalformedError):
                yield operation.decode(line)

    @staticmethod
    def moves(piece: Piece) -> Iterator[tuple[datetime, Sequence[HeadMove]]]:
        """Give the time and the moves of heads of each operation, oldest first; a line that is none is passed over."""
        for line in piece.lines:
            with suppress(MalformedError):
                yield operation.decode_moves(line)

    def damaged(self) -> Iterator[tuple[int, MalformedError]]:
        """Give the number, from 0, of each whole line that is no operation, and why."""
        number = start = 0
        while (piece := self.piece_after(start)).data:
            for line in piece.lines:
                try:
                    operation.decode(line)
                except MalformedError as error:
                    yield number, error
                number += 1
            start = piece.end

    def torn_tail(self) -> bytes:
        """Read what follows the last whole line: half of one that is being appended, or that a stopped program left."""
        return segment.torn_tail(self._path)

    def cut_torn_tail(self) -> None:
        """Cut what a stopped program left of a line; needs the store's lock."""
        segment.cut_torn_tail(self._path)

    def keep_in_order(self, operations: Sequence[bytes]) -> set[bytes]:
        """Keep those of the newest operations that stand here up to the first that does not; needs the store's lock.

        A power cut may take a line, or leave a piece of it or zeros, and leave a later one. All from there on is cut:
        what is appended again comes in order.
        """
        if not operations:
            return set()
        lines, repeated = self.tail(), set(operations)
        first = len(lines)
        while first and (lines[first - 1] in repeated or not _is_whole(lines[first - 1])):
            first -= 1
        begun = next((nth for nth in range(first, len(lines)) if lines[nth] in repeated), first)
        if lines[begun : begun + 1] == [operations[0]]:
            first = begun  # a damaged line before it is none of these
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(lines[first:], operations, strict=False)))
        if cut := lines[first + kept :]:
            segment.cut_from(self._path, self.size() - sum(len(line) + 1 for line in cut))
        return set(operations[:kept])

    def left_branches(self) -> bool:
        """Tell whether the newest operations left a branch with a head; a line that is none counts as one that did."""
        branches: set[BranchName] = set()
        for line in self.tail():
            try:
                moves = operation.decode(line).heads
            except MalformedError:
                return True
            branches -= {move.branch for move in moves}
            branches |= {move.branch for move in moves if move.new is not None}
        return bool(branches)

    def close(self) -> None:
        """Close the file; the next append opens it again."""
        self._segment.close()


def _is_whole(line: bytes) -> bool:
    """Tell whether a line is JSON, as each was that was written, by a newer program too: no piece of one is."""
    try:
        canonical.decode(line)
    except InvalidValueError:
        return False
    return True
