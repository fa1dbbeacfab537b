"""The best common ancestors of two commits: where a three-way merge begins.

Both histories are painted downwards, the commits of the largest generation first; so all that was built on a commit
is painted before it, and its colours are final when its turn comes. Where the colours meet is a best common ancestor,
and all below it is stale. The search is over when one colour is used up: whatever the other still reaches is either
no ancestor of both, or stale. So it costs the commits above the bases, however long the history below them is.

Source: git's `paint_down_to_common` in commit-reach.c, by its documentation; generations as in its commit-graph.
"""

from heapq import heappop, heappush

from muniment.errors import MalformedError
from muniment.history.walk import CommitLoader
from muniment.values.ids import CommitId
from muniment.values.objects import Commit

_OURS, _THEIRS, _STALE = 1, 2, 4
_BOTH = _OURS | _THEIRS
_COLOURINGS = 8


def merge_bases(load: CommitLoader, ours: CommitId, theirs: CommitId) -> tuple[CommitId, ...]:
    """Give the common ancestors that are no ancestors of other common ancestors.

    A commit counts as its own ancestor, so one that the other was built on is their only base. Histories that have
    nothing in common give an empty tuple. More than one is a criss-cross: merge the bases first, and take that for
    the base. They come by generation, the largest first, then by id: in the same order when the sides are swapped.

    Raises:
        MalformedError: A commit lies about its generation.
    """
    if ours == theirs:
        return (ours,)
    search = _Painting(load)
    search.paint(ours, _OURS)
    search.paint(theirs, _THEIRS)
    return tuple(search.meetings())


class _Painting:
    """A search under way: the commits found so far, their colours, and which of them are still to have their turn."""

    def __init__(self, load: CommitLoader) -> None:
        self._load = load
        self._colours: dict[CommitId, int] = {}
        self._generations: dict[CommitId, int] = {}
        self._queue: list[tuple[int, CommitId, Commit]] = []
        self._waiting = [0] * _COLOURINGS
        """How many commits of each colouring are in the queue."""

    def paint(self, commit_id: CommitId, colours: int) -> None:
        """Add `colours` to a commit; the first time, it is loaded and put into the queue."""
        before = self._colours.get(commit_id)
        if before is None:
            commit = self._load(commit_id)
            self._generations[commit_id] = commit.generation
            heappush(self._queue, (-commit.generation, commit_id, commit))
        else:
            self._waiting[before] -= 1
            colours |= before
        self._waiting[colours] += 1
        self._colours[commit_id] = colours

    def meetings(self) -> list[CommitId]:
        """Paint downwards until nothing new can be met; give the commits where both colours met first."""
        met: list[CommitId] = []
        waiting = self._waiting
        while waiting[_BOTH] or (waiting[_OURS] and waiting[_THEIRS]):
            _, commit_id, commit = heappop(self._queue)
            colours = self._colours[commit_id]
            waiting[colours] -= 1
            if colours == _BOTH:
                met.append(commit_id)
                colours |= _STALE
            for parent in commit.parents:
                self.paint(parent, colours)
                if self._generations[parent] >= commit.generation:  # else its turn may be over
                    raise MalformedError(commit_id, "its generation is no larger than a parent's")
        return met
