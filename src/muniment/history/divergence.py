"""How far two commits have gone apart."""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Literal, TypeAlias

from muniment.history.walk import CommitLoader
from muniment.values.ids import CommitId

_OURS, _THEIRS = 1, 2
_BOTH = _OURS | _THEIRS

Side: TypeAlias = Literal["ours", "theirs"]


def ahead_and_behind(load: CommitLoader, ours: CommitId, theirs: CommitId) -> tuple[int, int]:
    """Count the commits that only `ours` was built on, itself included, and those that only `theirs` was."""
    sides = [side for _, side in apart(load, ours, theirs)]
    return sides.count("ours"), sides.count("theirs")


def apart(load: CommitLoader, ours: CommitId, theirs: CommitId) -> Iterator[tuple[CommitId, Side]]:
    """Give the commits that only one side was built on, the sides themselves included, newest generation first.

    Only commits above the common ones are looked at, and a few beside them: a commit is taken when
    all that were built on it have been, because their generations are larger.
    """
    seen = {ours: _OURS}
    seen[theirs] = seen.get(theirs, 0) | _THEIRS
    queue = [(-load(start).generation, start) for start in seen]
    queue.sort()
    left = sum(side != _BOTH for side in seen.values())
    while left:
        commit_id = heappop(queue)[1]
        side = seen[commit_id]
        if side != _BOTH:
            left -= 1
            yield commit_id, "ours" if side == _OURS else "theirs"
        for parent in load(commit_id).parents:
            before = seen.get(parent)
            after = (before or 0) | side
            seen[parent] = after
            if before is None:
                heappush(queue, (-load(parent).generation, parent))
                left += after != _BOTH
            else:
                left -= before != _BOTH and after == _BOTH
