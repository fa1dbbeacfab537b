"""What a branch would gain: the commits that some lead to and others do not."""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from muniment.history.walk import CommitLoader
from muniment.values.ids import CommitId
from muniment.values.objects import Commit

_KNOWN, _WANTED = True, False


def beyond(load: CommitLoader, tips: Iterable[CommitId], known: Iterable[CommitId]) -> Iterator[Commit]:
    """List the commits that can be reached from `tips`, but from none of `known`, the largest generation first.

    No more is looked at than that, and what is known of the same generations. A commit that lies about its generation
    may bring others up that are known; none is left out by it.
    """
    seen: dict[CommitId, bool] = dict.fromkeys(tips, _WANTED) | dict.fromkeys(known, _KNOWN)
    queue = sorted((-load(start).generation, start) for start in seen)
    left = sum(state is _WANTED for state in seen.values())
    taken: set[CommitId] = set()
    while left:
        commit_id = heappop(queue)[1]
        commit, state = load(commit_id), seen[commit_id]
        if state is _WANTED:
            left -= 1
            taken.add(commit_id)
            yield commit
        for parent in commit.parents:
            before = seen.get(parent)
            if before is None:
                seen[parent] = state
                heappush(queue, (-load(parent).generation, parent))
                left += state is _WANTED
            elif state is _KNOWN and before is _WANTED:
                seen[parent] = _KNOWN
                left -= parent not in taken
