"""Where the branches of one copy stood at a moment, as the moves of their heads tell.

Moves are known only of what this copy did itself. Where one does not begin at what the one before it left, something
else moved the branch in between, such as the host's git, and nobody knows when.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.operation import HeadMove

_DIGITS = 64


class Stay(NamedTuple):
    """What is known of a branch at a moment: the move before it, and what the move after it found.

    `since` is the time of the move before, None where the moment lies before the first; `heads` what that left, nothing
    where it deleted the branch. `found` are the heads that the next move took away; None where there is no next. Each
    in ascending order.
    """

    since: datetime | None
    heads: tuple[CommitId, ...]
    found: tuple[CommitId, ...] | None


class Stretch:
    """The moves of some operations that followed one another; never changed once made."""

    def __init__(self, operations: Iterable[tuple[datetime, Sequence[HeadMove]]]) -> None:
        """Take the time of each operation, and its moves, oldest first."""
        self.tracks: dict[BranchName, _Track] = {}
        for time, moves in operations:
            for branch in {move.branch for move in moves}:
                track = self.tracks.get(branch)
                if track is None:
                    track = self.tracks[branch] = _Track([], [], [])
                track.append(time, [move for move in moves if move.branch == branch])


def stay(stretches: Iterable[Stretch], branch: BranchName, time: datetime) -> Stay:
    """Tell what is known of a branch at a moment; `stretches` come newest first, and are taken as far as needed."""
    found = None
    for stretch in stretches:
        track = stretch.tracks.get(branch)
        if track is None:
            continue
        after = bisect_right(track.times, time)
        if after < len(track.times):
            found = _ids(track.gone[after])
        if after:
            return Stay(track.times[after - 1], _ids(track.left[after - 1]), found)
    return Stay(None, (), found)


class _Track(NamedTuple):
    """The moves of one branch, oldest first: times that never fall, the heads taken away, and those left.

    Heads are the bytes of their ids, one behind the other.
    """

    times: list[datetime]
    gone: list[bytes]
    left: list[bytes]

    def append(self, time: datetime, moves: Sequence[HeadMove]) -> None:
        """Add an operation; those before it were done by then, whatever time they told: some clock was set back."""
        if self.times and self.times[-1] > time:
            first = bisect_right(self.times, time)
            self.times[first:] = [time] * (len(self.times) - first)
        gone = _packed([move.expected for move in moves if move.expected != move.new])
        self.times.append(time)
        self.gone.append(self.left[-1] if self.left and self.left[-1] == gone else gone)
        self.left.append(_packed([move.new for move in moves]))


def _packed(heads: list[CommitId | None]) -> bytes:
    if len(heads) == 1:  # nearly always, of many
        return bytes.fromhex(heads[0] or "")
    return bytes.fromhex("".join(sorted(head for head in heads if head is not None)))


def _ids(packed: bytes) -> tuple[CommitId, ...]:
    text = packed.hex()
    return tuple(CommitId(text[start : start + _DIGITS]) for start in range(0, len(text), _DIGITS))
