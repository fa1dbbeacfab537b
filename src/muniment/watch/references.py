"""The heads and the choice of a branch as the reader was told of them, compared with the operation log and the heads.

The log tells every move by itself, in order, and only once the working files have followed it. What it does not tell,
because the host's git moved a head, a writer was killed, or the log is gone, is told as one move, once it has stood for
a while: git removes and makes files one after the other. A writer that lives is waited for, however long it takes:
it writes its line yet.
"""

import time
from collections.abc import Iterator
from functools import partial

import msgspec

from muniment.errors import MalformedError
from muniment.values import canonical, operation
from muniment.values.ids import BlobId, CommitId
from muniment.values.names import BranchName
from muniment.values.operation import HeadMove
from muniment.values.watch_cursor import LogPlace, Moment
from muniment.watch.changes import HeadMoved, StoreDiverged
from muniment.watch.documents import DIGITS
from muniment.watch.source import Source
from muniment.watch.steps import Step
from muniment.watch.wanted import Wanted

STANDS_S = 0.05
"""How long heads that the log does not explain have to stay as they are."""
VANISHED_S = 1.0
"""The same where a branch has no heads any more, or a program may be in the middle of a change."""

Heads = tuple[CommitId, ...]


class Move(msgspec.Struct, frozen=True):
    """A step, and what it announces of the working files: the contents that documents got by it."""

    step: Step
    announced: dict[str, BlobId | None] = {}


class References:
    """The heads that the reader was told of, and how far the operation log was read."""

    def __init__(self, source: Source, wanted: Wanted, branches: frozenset[BranchName] | None) -> None:
        self._source = source
        self._wanted = wanted
        self._branches = branches
        self._heads: dict[BranchName, Heads] = {}
        self._leads: dict[BranchName, CommitId] = {}
        self.selected = BranchName("")
        self._log = LogPlace()
        self._log_file = 0
        self._unexplained: tuple[dict[BranchName, Heads], float] | None = None

    def begin(self, moment: Moment) -> None:
        """Take a moment as told."""
        self._heads, self._leads = dict(moment.heads), dict(moment.leads)
        self.selected = moment.selected
        self._log = moment.log
        self._log_file = -1

    def _is_the_log(self) -> bool:
        """Tell whether the file is the one that was read so far."""
        size, file = self._source.operations.state()
        if size < self._log.end:
            return False
        if file == self._log_file or not self._log.line:
            return True
        line = self._source.operations.line_before(self._log.end)
        return bool(line) and canonical.digest(line)[:DIGITS] == self._log.line

    def lead(self, branch: BranchName) -> CommitId | None:
        """Give the commit that was told last of a branch."""
        return self._leads.get(branch) or only(self._heads.get(branch, ()))

    def is_moving(self) -> bool:
        """Tell whether the branch that is checked out has moved, or may be about to, and nobody was told yet."""
        heads = self._source.independent(self._source.heads_of(self.selected))
        return heads != self._heads.get(self.selected, ()) or self._source.operations.size() != self._log.end

    def is_pending(self) -> bool:
        """Tell whether heads are not as they were told, and have to be looked at again soon."""
        return self._unexplained is not None

    def from_log(self) -> tuple[list[Move], bool]:
        """Read on in the log, a piece at a time; gives the moves and whether that was all."""
        log = self._source.operations
        if not self._is_the_log():
            self._log = LogPlace()
        self._log_file = log.state()[1]
        piece = log.piece_after(self._log.end)
        moves: list[Move] = []
        end = piece.start
        for line in piece.lines:
            end += len(line) + 1
            self._log = LogPlace(end, canonical.digest(line)[:DIGITS])
            moves += self._line(line)
        return moves, not piece.lines or log.size() <= end  # a stopped program may have left a part of a line

    def _line(self, line: bytes) -> Iterator[Move]:
        """Give the moves of a line; its place in the log is reached with the last of them."""
        found = list(self._moves(line))
        if not found:
            yield Move(Step(log=self._log))
            return
        yield from found[:-1]
        yield Move(msgspec.structs.replace(found[-1].step, log=self._log), found[-1].announced)

    def _moves(self, line: bytes) -> Iterator[Move]:
        try:
            told = operation.decode(line)
        except MalformedError:  # what it did shows in the heads
            return
        heads: dict[BranchName, Heads] = {}
        for move in told.heads:
            heads[move.branch] = _moved(heads.get(move.branch, self._heads.get(move.branch, ())), move)
        for branch, after in heads.items():
            yield from self._move(branch, after, is_own=True)
        if told.selected is not None and told.selected[1] != self.selected:
            self.selected = told.selected[1]
            yield Move(Step(selected=self.selected))

    def _move(self, branch: BranchName, after: Heads, *, is_own: bool) -> Iterator[Move]:
        """Tell that a branch stands at other heads, if it does; where Muniment moved it, the files follow."""
        heads = self._source.independent(after)
        known, before = self._heads.get(branch, ()), self.lead(branch)
        if heads == known:
            return
        self._heads[branch] = heads
        if not heads:
            del self._heads[branch]
        if len(heads) > 1 and before is not None:
            self._leads[branch] = before
        else:
            self._leads.pop(branch, None)
        step = Step(heads={branch: heads or None}, leads={branch: self._leads.get(branch)})
        if len(heads) > 1:
            make = partial(StoreDiverged, branch, heads)
            yield Move(msgspec.structs.replace(step, make=make) if self._is_wanted(branch) else step)
            return
        to = heads[0] if heads else None
        yield self._head_moved(step, branch, (before, to), is_own=is_own) if before != to else Move(step)

    def _head_moved(
        self, step: Step, branch: BranchName, ends: tuple[CommitId | None, CommitId | None], *, is_own: bool
    ) -> Move:
        changes = self._source.differing(*ends)
        names = None if changes is None else self._wanted.among(name for name, _, _ in changes)
        if not self._is_wanted(branch) or (names == () and not self._wanted.is_everything):
            return Move(step)
        announced: dict[str, BlobId | None] = {}
        if is_own and branch == self.selected and changes is not None:
            announced = {name: blob for name, _, blob in changes if self._wanted.fits(name)}
        return Move(msgspec.structs.replace(step, make=partial(HeadMoved, branch, *ends, names)), announced)

    def _is_wanted(self, branch: BranchName) -> bool:
        return self._branches is None or branch in self._branches

    def from_heads(self) -> list[Move]:
        """Compare the heads that are there with those that were told, once the log was read to its end."""
        source = self._source
        is_settled = source.is_settled()
        actual = {branch: self._source.independent(heads) for branch, heads in self._source.heads().items()}
        is_settled = is_settled and source.is_settled()
        if actual == self._heads:
            self._unexplained = None
            return self._select()
        now = time.monotonic()
        if self._unexplained is None or self._unexplained[0] != actual:
            self._unexplained = actual, now
        is_quiet = is_settled and source.operations.size() == self._log.end
        has_to_stand = STANDS_S if is_quiet and actual.keys() >= self._heads.keys() else VANISHED_S
        if now - self._unexplained[1] < has_to_stand or self._may_be_explained(is_settled=is_settled):
            return []
        self._unexplained = None
        moves: list[Move] = []
        for branch in sorted(actual.keys() | self._heads.keys()):
            moves += self._move(branch, actual.get(branch, ()), is_own=not is_settled)
        return [*moves, *self._select()]

    def _may_be_explained(self, *, is_settled: bool) -> bool:
        """Tell whether the log has the line for these heads by now, or a writer that lives has yet to write it."""
        source = self._source
        if not is_settled and source.has_writer():
            return True
        return bool(source.operations.piece_after(self._log.end).lines)  # last: nobody writes one any more

    def _select(self) -> list[Move]:
        selected = self._source.selected()
        if selected == self.selected:
            return []
        self.selected = selected
        return [Move(Step(selected=selected))]


def only(heads: Heads) -> CommitId | None:
    """Give the commit that a branch stands at; None where that is none, or several."""
    return heads[0] if len(heads) == 1 else None


def _moved(heads: Heads, move: HeadMove) -> Heads:
    """Apply a move, if it can follow on these heads; one that was told already changes nothing."""
    if move.new is not None and move.expected in {None, move.new}:
        return (*heads, move.new) if not heads or move.expected else heads
    if move.expected not in heads:
        return heads
    rest = [head for head in heads if head not in {move.expected, move.new}]
    return tuple(sorted([*rest, move.new] if move.new is not None else rest))
