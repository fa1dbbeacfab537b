"""How far two commits have gone apart."""

from heapq import heappop, heappush

from muniment.history.walk import CommitLoader
from muniment.values.ids import CommitId

_OURS, _THEIRS = 1, 2
_BOTH = _OURS | _THEIRS


def ahead_and_behind(load: CommitLoader, ours: CommitId, theirs: CommitId) -> tuple[int, int]:
    """Count the commits that only `ours` was built on, itself included, and those that only `theirs` was.

    Only commits above the common ones are looked at, and a few beside them: a commit is taken when
    all that were built on it have been, because their generations are larger.
    """
    seen = {ours: _OURS}
    seen[theirs] = seen.get(theirs, 0) | _THEIRS
    queue = [(-load(start).generation, start) for start in seen]
    queue.sort()
    counts = {_OURS: 0, _THEIRS: 0, _BOTH: 0}
    apart = sum(side != _BOTH for side in seen.values())
    while apart:
        commit_id = heappop(queue)[1]
        side = seen[commit_id]
        counts[side] += 1
        apart -= side != _BOTH
        for parent in load(commit_id).parents:
            before = seen.get(parent)
            after = (before or 0) | side
            seen[parent] = after
            if before is None:
                heappush(queue, (-load(parent).generation, parent))
                apart += after != _BOTH
            else:
                apart -= before != _BOTH and after == _BOTH
    return counts[_OURS], counts[_THEIRS]
