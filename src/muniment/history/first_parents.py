"""The lines of first parents: going back along one needs a walk the first time, and no second one.

On the way back along first parents, generations only sink and times never rise; so a line that was walked once
is bisected ever after: for a moment, and for the place where another line joins it.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime
from operator import neg
from typing import NamedTuple, TypeAlias

from muniment.values.ids import CommitId
from muniment.values.objects import Commit, CommitLink

LinkLoader: TypeAlias = Callable[[CommitId], Commit | CommitLink]
"""Gives the commit of an id, or as much of it as is needed here."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID_BYTES = 32
_LINES = 4
_REMEMBERED = 300_000
"""How many commits of lines are kept, of 48 bytes each."""


class _Line(NamedTuple):
    """A stretch of first parents, from `newest` back; `older` is where it goes on, None behind a first commit."""

    ids: bytes
    generations: "array[int]"
    times: "array[int]"
    older: CommitId | None

    def id(self, at: int) -> CommitId:
        return CommitId(self.ids[at * _ID_BYTES : (at + 1) * _ID_BYTES].hex())

    def find(self, commit_id: CommitId, generation: int) -> int | None:
        """Tell at which place a commit is on the line; None if it is not."""
        at = bisect_left(self.generations, -generation, key=neg)
        return at if at < len(self.generations) and self.id(at) == commit_id else None

    def part(self, start: int, stop: int) -> "_Line":
        """Cut a stretch out of the line; the whole of it is the line itself."""
        if start == 0 and stop >= len(self.generations):
            return self
        older = self.id(stop) if stop < len(self.generations) else self.older
        ids = self.ids[start * _ID_BYTES : stop * _ID_BYTES]
        return _Line(ids, self.generations[start:stop], self.times[start:stop], older)

    def followed_by(self, more: "_Line") -> "_Line":
        """Join the line with what begins at its `older`."""
        return _Line(self.ids + more.ids, self.generations + more.generations, self.times + more.times, more.older)


_Place: TypeAlias = Callable[[_Line, int], int]
"""Finds what is looked for on a line, from a place on; a place behind the end means at least so much further back."""


class FirstParents:
    """Goes back along first parents, remembering the lines gone lately; may be shared by threads.

    A line never changes: a longer one takes its place. A head that moves on costs its new commits.
    """

    def __init__(self, load: LinkLoader, remembered: int = _REMEMBERED) -> None:
        self._load = load
        self._remembered = remembered
        self._lines: tuple[_Line, ...] = ()

    def back(self, start: CommitId, n: int) -> CommitId | None:
        """Go `n` steps back from `start`; None where the history is shorter than that."""
        return self._go(start, lambda _, at: at + n)

    def as_of(self, start: CommitId, time: datetime) -> CommitId | None:
        """Give the newest commit, from `start` back, that was made no later than `time`; None if all were."""
        moment = _microseconds(time)
        return self._go(start, lambda line, at: bisect_left(line.times, -moment, at, key=neg))

    def _go(self, start: CommitId, place: _Place) -> CommitId | None:
        line, at = self._line_through(start, self._load(start))
        while (found := place(line, at)) >= len(line.generations) and line.older is not None:
            line = self._longer(line, found + 1)
        self._remember(line)
        return line.id(found) if found < len(line.generations) else None

    def _line_through(self, commit_id: CommitId, link: Commit | CommitLink) -> tuple[_Line, int]:
        """Give a line that a commit is on, and where: a remembered one, or one that begins there."""
        for line in self._lines:
            at = line.find(commit_id, link.generation)
            if at is not None:
                return line, at
        return _line([(commit_id, link)]), 0

    def _longer(self, line: _Line, length: int) -> _Line:
        """Walk on until a line has at least that length, if its history has, or joins a remembered one."""
        missing = max(length - len(line.generations), len(line.generations) // 4)
        walked: list[tuple[CommitId, Commit | CommitLink]] = []
        older = line.older
        while older is not None and len(walked) < missing:
            link = self._load(older)
            for other in self._lines:
                at = other.find(older, link.generation)
                if at is not None:
                    joined = line.followed_by(_line(walked)) if walked else line
                    return joined.followed_by(other.part(at, len(other.generations)))
            walked.append((older, link))
            older = link.parents[0] if link.parents else None
        return line.followed_by(_line(walked))

    def _remember(self, line: _Line) -> None:
        """Keep a line, and of the others as many as there is room for, without those that it holds."""
        if self._lines and line is self._lines[0]:
            return
        kept = [line.part(0, self._remembered)]
        room = self._remembered - len(line.generations)
        for other in self._lines:
            room -= len(other.generations)
            if room >= 0 and line.find(other.id(0), other.generations[0]) is None:
                kept.append(other)
        self._lines = tuple(kept[:_LINES])


def _line(walked: list[tuple[CommitId, Commit | CommitLink]]) -> _Line:
    ids = bytes.fromhex("".join([commit_id for commit_id, _ in walked]))
    generations = array("q", [link.generation for _, link in walked])
    times = array("q", [_microseconds(link.time) for _, link in walked])
    parents = walked[-1][1].parents
    return _Line(ids, generations, times, parents[0] if parents else None)


def _microseconds(time: datetime) -> int:
    since = time - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
