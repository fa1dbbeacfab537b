"""Replay a real configuration history through the public interface, and compare states across it.

    python benchmarks/replay.py release-channels.jsonl.gz [--worktree] [--durability os]

A history is JSON Lines, gzipped or plain, oldest first: `commit`, `time`, `author`, `message`, `write`
(path to whole JSON value) and `delete` (paths). Each line becomes one commit, those that change nothing
too. The state of the source is kept beside, and compared with `store.at(id)` for commits spread over
the whole history, the last one included. Exits with 1 where anything differs.
"""

import argparse
import contextlib
import gzip
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muniment import Store

State = dict[str, Any]
Change = dict[str, Any]


@dataclass
class Replay:
    """What was replayed: the ids in order, and the source's state at those that will be compared."""

    ids: list[str] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    unchanged: int = 0
    seconds: float = 0.0


def changes(path: Path) -> list[Change]:
    """Read all lines of a history."""
    data = path.read_bytes()
    return [json.loads(line) for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()]


def document_name(path: str) -> str:
    return path.removesuffix(".json")


def author_of(change: Change) -> str:
    """Write `author-1` as the whole author line that a commit needs."""
    author = str(change["author"])
    return author if "<" in author else f"{author} <{author}@example.org>"


def apply(state: State, change: Change) -> State:
    """Give the source's state after a change; values are shared, never changed."""
    after = {**state, **{document_name(path): value for path, value in change["write"].items()}}
    for path in change["delete"]:
        after.pop(document_name(path), None)
    return after


def commit(store: Store, before: State, change: Change, *, worktree: bool) -> str:
    """Make one commit of one change and give its id.

    A path that the source deletes without having it is left out: there is nothing to delete.
    """
    meta = {"source": change["commit"], "time": change["time"]}
    message, author = change["message"], author_of(change)
    deleted = [name for name in map(document_name, change["delete"]) if name in before]
    if apply(before, change) == before:
        # A transaction that writes what is there already changes nothing either.
        return store.commit(message, author=author, meta=meta, names=[], allow_empty=True).id
    with store.transaction(message, author=author, worktree=worktree, meta=meta) as tx:
        for path, value in change["write"].items():
            tx.write(document_name(path), value)
        for name in deleted:
            tx.delete(name)
    assert tx.commit
    return tx.commit.id


def replay(store: Store, history: list[Change], points: int, *, worktree: bool) -> Replay:
    """Commit every change in order; only the commits are timed."""
    done = Replay()
    state: State = {}
    kept = {step * (len(history) - 1) // max(points - 1, 1) for step in range(points)}
    for number, change in enumerate(history):
        start = time.perf_counter()
        done.ids.append(commit(store, state, change, worktree=worktree))
        done.seconds += time.perf_counter() - start
        before, state = state, apply(state, change)
        done.unchanged += state == before
        if number in kept:
            done.states[done.ids[-1]] = state
    return done


def mismatches(store: Store, done: Replay, *, worktree: bool) -> Iterator[str]:
    """Say each place where the store differs from the source."""
    for commit_id, state in done.states.items():
        snapshot = store.at(commit_id)
        if [*snapshot.names()] != sorted(state):
            yield f"{commit_id}: holds {sorted(snapshot.names())}, should hold {sorted(state)}"
        yield from (f"{commit_id}: {name} differs" for name in state if snapshot.get(name) != state[name])
    logged = [one.id for one in store.log()]
    if logged != done.ids[::-1]:
        yield f"the log holds {len(logged):,} commits, not the {len(done.ids):,} that were made, newest first"
    last = done.states[done.ids[-1]]
    if worktree:
        yield from (f"working file {name} differs" for name, value in last.items() if store.read(name) != value)


def size_of(folder: Path) -> tuple[int, int]:
    """Count the files under a folder, and their bytes."""
    sizes = [path.lstat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def log_seconds(folder: Path, durability: Any) -> tuple[float, float]:
    """Time a full log twice on a store that was just opened: the first fills what is cached."""
    with Store.open(folder, durability=durability) as store:
        times = []
        for _ in range(2):
            start = time.perf_counter()
            sum(1 for _ in store.log())
            times.append(time.perf_counter() - start)
    return times[0], times[1]


def report(done: Replay, folder: Path, durability: str) -> None:
    """Print what the replay took."""
    files, size_bytes = size_of(folder)
    first, second = log_seconds(folder, durability)
    print(f"commits        {len(done.ids):,}, {done.unchanged:,} of them without a change")
    print(f"time           {done.seconds:.2f} s: {len(done.ids) / max(done.seconds, 1e-9):,.0f} commits/s")
    print(f"on disk        {files:,} files, {size_bytes / 1e6:,.1f} MB")
    print(f"full log       {first * 1e3:.1f} ms first after opening, {second * 1e3:.1f} ms again")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Replay a configuration history and compare states across it.")
    parser.add_argument("file", type=Path, help="JSON Lines, one commit a line, oldest first; .gz is unpacked")
    parser.add_argument("--worktree", action="store_true", help="replace the working files at each commit too")
    parser.add_argument("--durability", choices=("full", "os"), default="full")
    parser.add_argument("--points", type=int, default=50, help="states to compare, the first and last included")
    parser.add_argument("--dir", type=Path, help="keep the store in this new folder; else it is temporary")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Replay, print the figures, compare; 1 where anything differs."""
    given = parse(arguments)
    history = changes(given.file)
    with contextlib.ExitStack() as stack:
        folder = given.dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="replay-"))) / "store"
        Store.init(folder, author="Replay <replay@example.org>").close()
        with Store.open(folder, author="Replay <replay@example.org>", durability=given.durability) as store:
            done = replay(store, history, min(given.points, len(history)), worktree=given.worktree)
            wrong = list(mismatches(store, done, worktree=given.worktree))
        report(done, folder, given.durability)
    for one in wrong:
        print(f"MISMATCH       {one}", file=sys.stderr)
    print(f"compared       {len(done.states):,} states, {len(wrong):,} mismatches")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
