"""Going through the graph of commits: in order, and to ancestors.

A parent's generation is always smaller than its child's. That puts commits in an order without
looking at the whole graph, and tells where a search for an ancestor may stop.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import TypeAlias

from muniment.values.ids import CommitId
from muniment.values.objects import Commit

CommitLoader: TypeAlias = Callable[[CommitId], Commit]
"""Gives the commit of an id; cheap the second time, for a search may ask again."""

_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


def log(
    load: CommitLoader, start: Iterable[CommitId], *, since: datetime | None = None, first_parent: bool = False
) -> Iterator[Commit]:
    """List the commits that can be reached from `start`, each once and before any of its parents.

    They come by generation, then time, then id, the largest first, so every copy of a history
    lists it alike. Lazy: a commit is loaded when one of its children was taken. None that was made
    before `since` is listed, nor is anything below it looked at: times never rise going back.
    """
    queue: list[tuple[_Precedence, Commit]] = []
    seen: set[CommitId] = set()
    found = tuple(start)
    while True:
        if len(found) == 1 and not queue and found[0] not in seen:
            commit = load(found[0])  # most of history is a line, with nothing to put in order
            seen.add(found[0])
        else:
            for commit_id in found:
                if commit_id not in seen:
                    seen.add(commit_id)
                    commit = load(commit_id)
                    heappush(queue, (_precedence(commit_id, commit), commit))
            if not queue:
                return
            commit = heappop(queue)[1]
        if since is not None and commit.time < since:
            found = ()
            continue
        yield commit
        found = commit.parents[:1] if first_parent else commit.parents


_Precedence: TypeAlias = tuple[int, timedelta, int]


def _precedence(commit_id: CommitId, commit: Commit) -> _Precedence:
    """Make a key whose smallest is the newest: a heap gives its smallest."""
    return -commit.generation, _LAST_MOMENT - commit.time, -int(commit_id, 16)


def is_ancestor(load: CommitLoader, ancestor: CommitId, descendant: CommitId) -> bool:
    """Tell whether `descendant` was built on `ancestor`; a commit counts as its own ancestor."""
    if ancestor == descendant:
        return True
    return ancestor in _ancestors(load, [descendant], load(ancestor).generation)


def independent(load: CommitLoader, heads: Iterable[CommitId]) -> tuple[CommitId, ...]:
    """Drop the heads that are ancestors of others, and repetitions; the rest keep their order."""
    candidates = dict.fromkeys(heads)
    if len(candidates) < 2:  # noqa: PLR2004 - one head is independent, and needs no walk
        return tuple(candidates)
    oldest = min(load(head).generation for head in candidates)
    covered = candidates.keys() & set(_ancestors(load, candidates, oldest))
    return tuple(head for head in candidates if head not in covered)


def newest_first(load: CommitLoader, commits: Iterable[CommitId]) -> list[Commit]:
    """Put commits into the order of a log: by generation, then time, then id, the largest first."""
    return sorted(map(load, commits), key=lambda commit: _precedence(commit.id, commit))


def _ancestors(load: CommitLoader, start: Iterable[CommitId], oldest: int) -> Iterator[CommitId]:
    """List the proper ancestors of `start`, each once, at least all of generation `oldest` or later."""
    pending = list(start)
    seen: set[CommitId] = set()
    while pending:
        commit = load(pending.pop())
        if commit.generation <= oldest:
            continue
        for parent in commit.parents:
            if parent not in seen:
                seen.add(parent)
                yield parent
                pending.append(parent)
