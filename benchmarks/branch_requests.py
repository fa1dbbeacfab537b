"""The requests of a worker about branches and about what lies far back."""

import time
from collections.abc import Callable
from typing import Any

import msgspec

from benchmarks import corpus
from benchmarks.peers.interface import Branching


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[int, Any]:
    """Call once; give the nanoseconds and the result."""
    start = time.perf_counter_ns()
    result = function(*arguments)
    return time.perf_counter_ns() - start, result


def sides(number: int, documents: int, size: int, step: int) -> tuple[list[int], list[int]]:
    """Choose which documents the two branches of a fork change, every `step`th, none in both."""
    chosen = [(number * 2 * size + at) * step % documents for at in range(2 * size)]
    assert len(set(chosen)) == 2 * size
    return chosen[:size], chosen[size:]


class BranchRequests:
    """What a worker can be asked besides."""

    peer: Branching

    def extend(self, branch: str, count: int) -> str:
        return self.peer.extend(branch, count)

    def fork(self, number: int, *chosen: int) -> None:
        """Make two branches on the head, each with one commit of documents that the other leaves alone: see `sides`."""
        head: Any = self.peer.log(1)[0]
        start = str(head[0] if isinstance(head, tuple) else head.id)
        for branch, indexes in zip(("ours", "theirs"), sides(number, *chosen), strict=True):
            changed = [(corpus.name(index), corpus.document(index, number + 1)) for index in indexes]
            self.peer.branch_with(f"{branch}-{number}", start, changed)

    def merge(self, number: int, *chosen: int) -> int:
        """Merge a fork, and look whether the merge commit holds what both sides changed."""
        self.peer.check_out(f"ours-{number}")
        elapsed, commit = timed(self.peer.merge, f"ours-{number}", f"theirs-{number}")
        for index in (indexes[-1] for indexes in sides(number, *chosen)):
            found = msgspec.to_builtins(self.peer.read_at(commit, corpus.name(index)))
            assert found == corpus.document(index, number + 1), "the merge lost a change"
        return elapsed

    def diff(self, before: str, after: str, count: int) -> int:
        elapsed, found = timed(self.peer.diff, before, after)
        assert len(found) == count, f"{count} documents differ, {len(found)} were found"
        return elapsed

    def merge_base(self, ours: str, theirs: str, expected: str) -> int:
        elapsed, found = timed(self.peer.merge_base, ours, theirs)
        assert found == expected, f"the merge base is {expected}, not {found}"
        return elapsed

    def time_of(self, revision: str) -> str:
        """Muniment alone: tell when a commit was made."""
        return str(self._store().at(revision).commit.time.isoformat())

    def at(self, revision: str) -> int:
        """Muniment alone: find the commit of a revision."""
        return timed(self._store().at, revision)[0]

    def history(self, index: int, count: int) -> int:
        """Muniment alone: list what commits did to one document."""
        elapsed, versions = timed(self._store().history, corpus.name(index))
        assert len(versions) == count, f"{count} commits changed it, {len(versions)} were found"
        return elapsed

    def blame(self, index: int) -> int:
        """Muniment alone: tell for each place of one document which commit set it."""
        elapsed, blamed = timed(self._store().blame, corpus.name(index))
        assert "/revision" in blamed, "a place is missing"
        return elapsed

    def _store(self) -> Any:
        return self.peer.store  # type: ignore[attr-defined]
