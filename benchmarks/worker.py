"""The process of one system: it takes requests as JSON lines, does the work and measures it here.

One process a system keeps libraries apart (DoltLite takes the place of SQLite in its process), and
treats all alike: what the pipe costs is never inside a measurement. Times are in nanoseconds.
"""

import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import corpus, peers
from benchmarks.branch_requests import BranchRequests, timed


class Worker(BranchRequests):
    """The requests, by name. Each gives something that JSON can say."""

    def __init__(self, system: str, folder: str) -> None:
        self.peer: Any = peers.make(system, Path(folder))
        self.commits: list[str] = []

    def open(self) -> int:
        return timed(self.peer.open)[0]

    def close(self) -> int:
        return timed(self.peer.close)[0]

    def fill(self, count: int) -> int:
        return timed(self.peer.fill, corpus.documents(count))[0]

    def commit(self, index: int, revision: int) -> int:
        """Commit another revision of one document."""
        name, value = corpus.name(index), corpus.document(index, revision)
        elapsed, commit = timed(self.peer.commit_one, name, value)
        self.commits.append(commit)
        return elapsed

    def commit_many(self, documents: int, count: int, first_revision: int) -> list[int]:
        """Commit `count` times, stepping through the documents by a prime, so that folders differ."""
        steps = range(first_revision, first_revision + count)
        return [self.commit(revision * 7919 % documents, revision) for revision in steps]

    def read_head(self, indexes: Sequence[int]) -> list[int]:
        return [timed(self.peer.read_head, corpus.name(index))[0] for index in indexes]

    def read_back(self, indexes: Sequence[int], back: int) -> list[int]:
        """Read each document at a commit of its own, `back` commits ago and more."""
        commits = [self.commits[-back - step] for step in range(len(indexes))]
        return [
            timed(self.peer.read_at, commit, corpus.name(index))[0]
            for commit, index in zip(commits, indexes, strict=True)
        ]

    def log(self, count: int) -> int:
        elapsed, entries = timed(self.peer.log, count)
        assert len(entries) == count, f"asked for {count} commits, got {len(entries)}"
        return elapsed

    def log_ids(self, count: int) -> list[str]:
        entries: Sequence[Any] = self.peer.log(count)
        return [str(entry[0] if isinstance(entry, tuple) else entry.id) for entry in entries]

    def commits_made(self) -> list[str]:
        return self.commits

    def size(self) -> tuple[int, int]:
        return self.peer.files_and_bytes()

    def check(self, index: int, revision: int) -> bool:
        """Say whether the head holds this revision of the document."""
        return bool(msgspec.to_builtins(self.peer.read_head(corpus.name(index))) == corpus.document(index, revision))

    def contend(self, index: int, start_at: float, seconds: float) -> dict[str, Any]:
        """Commit to one document over and over; count what failed, and keep what was acknowledged."""
        errors: dict[str, int] = {}
        acknowledged: list[str] = []
        time.sleep(max(0.0, start_at - time.time()))
        revision, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            revision += 1
            try:
                acknowledged.append(self.peer.commit_one(corpus.name(index), corpus.document(index, revision)))
            except Exception as error:  # noqa: BLE001 - whatever a system throws at its caller is the result
                errors[type(error).__name__] = errors.get(type(error).__name__, 0) + 1
        return {"acknowledged": acknowledged, "errors": errors}

    def read_snapshot(self, indexes: Sequence[int]) -> list[int]:
        """Muniment alone: read from one snapshot that is held."""
        snapshot = self.peer.store.at("HEAD")
        return [timed(snapshot.read, corpus.name(index), corpus.Service)[0] for index in indexes]

    def read_working(self, indexes: Sequence[int]) -> tuple[list[int], list[int]]:
        """Muniment alone: read working files through the store and bare, call by call in turn."""
        names = [corpus.name(index) for index in indexes]
        paths = [str(self.peer.folder / f"{name}.json") for name in names]
        store_read, bare = self.peer.store.read, bare_read
        pairs = [(timed(store_read, name)[0], timed(bare, path)[0]) for name, path in zip(names, paths, strict=True)]
        return [one for one, _ in pairs], [other for _, other in pairs]


def bare_read(path: str) -> Any:
    """Open, read and decode a file: the least that reading a document can cost."""
    with open(path, "rb", buffering=0) as file:
        return msgspec.json.decode(file.read())


def serve(worker: Worker) -> None:
    """Answer each line of standard input with one line of standard output, until it ends."""
    answers = sys.stdout.buffer
    for line in sys.stdin.buffer:
        verb, *arguments = msgspec.json.decode(line)
        with contextlib.redirect_stdout(sys.stderr):
            answer = getattr(worker, verb)(*arguments)
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(Worker(*sys.argv[1:3]))
