"""Where a branch stood at a moment: by the operation log of this copy, and by first parents where that does not know.

A branch that was fast-forwarded, reconciled or undone stood then where it does not lead along first parents now. The
log knows; but not what was before a clone, nor what the host's git did.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from muniment.errors import ObjectNotFoundError
from muniment.files.segment import Piece
from muniment.history import standing
from muniment.history.standing import Stretch
from muniment.repo.history import History
from muniment.storage.operation_log import OperationLog
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.objects import Commit


class _Known(NamedTuple):
    """What was read of the log: its newest piece, the stretches newest first, and where the oldest of them begins."""

    newest: Piece
    stretches: tuple[Stretch, ...]
    start: int


class BranchTimes:
    """The moments of the branches of one open store; may be shared by threads.

    The log is read backwards as far as somebody asks, and a second time only its newest piece, for what was appended.
    """

    def __init__(self, log: OperationLog, history: History) -> None:
        self._log = log
        self._history = history
        self._known: _Known | None = None

    def head(self, branch: BranchName, present: CommitId, time: datetime) -> Commit | None:
        """Give the head of a branch at a moment, `present` being the one it has now; None where it had none."""
        with suppress(ObjectNotFoundError):  # the host's git took away a commit that the log tells of
            return self._commit(self._by_log(branch, present, time))
        return self._commit(self._history.first_parents.as_of(present, time))

    def _by_log(self, branch: BranchName, present: CommitId, time: datetime) -> CommitId | None:
        """Find where the branch stood; of what the log does not know, by the head at which it was found next.

        What was made on the way there later than the last move that the log tells of before the moment is newer than
        that move, and counts; else the move does.
        """
        stay = standing.stay(self._stretches(), branch, time)
        found = (present,) if stay.found is None else stay.found
        if stay.since is not None and stay.heads == found and len(found) <= 1:
            return found[0] if found else None
        on_the_way = self._history.first_parents.as_of(found[0] if len(found) == 1 else present, time)
        if stay.since is None or stay.found is None or len(stay.heads) != 1:
            return on_the_way
        made = self._commit(on_the_way)
        return stay.heads[0] if made is None or made.time <= stay.since else on_the_way

    def _stretches(self) -> Iterator[Stretch]:
        known = self._renewed()
        yield from known.stretches
        while known.start:
            older = self._log.piece_before(known.start, (known.newest.end - known.start) // 4)
            stretch = Stretch(self._log.moves(older))
            known = self._known = _Known(known.newest, (*known.stretches, stretch), older.start)
            yield stretch

    def _renewed(self) -> _Known:
        """Take in what was appended since the last time; where another log is there, begin anew."""
        known = self._known
        newest = None if known is None else self._log.grown(known.newest)
        if known is None or newest is None:
            newest = self._log.newest_piece()
            known = _Known(newest, (Stretch(self._log.moves(newest)),), newest.start)
        elif newest is not known.newest:
            kept = known.stretches[newest.start == known.newest.start :]
            known = _Known(newest, (Stretch(self._log.moves(newest)), *kept), known.start)
        self._known = known
        return known

    def _commit(self, commit_id: CommitId | None) -> Commit | None:
        return None if commit_id is None else self._history.walked_commit(commit_id)
