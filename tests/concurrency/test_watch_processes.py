"""A store is watched while other processes write, and the watcher is killed: nothing is missed, nothing told amiss."""

import json
import os
import random
import time

import pytest
from children import Child
from promises import AUTHOR, opened
from quick_stores import SWEEP

from muniment import DocumentChanged, HeadMoved, Store

COMMITS = 1000 if SWEEP else 60
KILLS = 100 if SWEEP else 8

pytestmark = pytest.mark.usefixtures("quick_disk")


@pytest.fixture
def root(place):
    """A store with a commit."""
    with Store.init(place / "store", author=AUTHOR) as store:
        store.write("first", {})
        store.commit("first")
    return place / "store"


def replaced(root, name, value):
    """Replace a document as a program does that knows nothing of stores."""
    aside = root.parent / f"aside-{os.getpid()}"
    aside.write_text(json.dumps(value), encoding="utf-8")
    os.replace(aside, root / f"{name}.json")


def committing(root, who):
    """Make a process that commits, and tells the ids."""

    def work(tell):
        with opened(root) as store:
            for count in range(COMMITS):
                with store.transaction(f"{who} {count}") as step:
                    step.write(f"{who}-{count % 5}", {"count": count})
                tell(step.commit.id)

    return Child(work)


def test_each_commit_is_told_once_and_its_files_never(root):
    """Two processes commit as fast as they can, a third edits by hand: commits in order, and the last edit."""
    with opened(root) as store, store.watch(debounce_s=0, poll_s=0.2, timeout_s=60.0) as changes:
        committers = [committing(root, who) for who in ("ada", "bo")]
        moves: list[HeadMoved] = []
        edits: list[DocumentChanged] = []
        for count in range(COMMITS):
            replaced(root, "edited", {"count": count})
            take(changes, moves, edits, until=lambda: edits and edits[-1].new == {"count": count})  # noqa: B023 - used at once
        ids = {commit for child in committers for commit in child.told()}
        take(changes, moves, edits, until=lambda: len(moves) >= len(ids))
        assert [change.to for change in moves] == [commit.id for commit in store.log()][-2::-1]
        assert {change.to for change in moves} == ids
        assert {change.name for change in edits} == {"edited"}


def take(changes, moves, edits, *, until):
    """Take changes until something is so."""
    while not until():
        change = next(changes)
        (moves if isinstance(change, HeadMoved) else edits).append(change)


def watching(root, diary):
    """Make a process that writes down each change with its cursor, and resumes behind the last one."""

    def work(_):
        lines = diary.read_bytes().splitlines(keepends=True)
        since = json.loads([line for line in lines if line.endswith(b"\n")][-1])["cursor"]
        with opened(root) as store, diary.open("ab", buffering=0) as file:
            if lines[-1][-1:] != b"\n":
                file.write(b"\n")
            for change in store.watch(since=since, debounce_s=0, poll_s=0.2):
                line = {"cursor": str(change.cursor), "name": getattr(change, "name", None)}
                if isinstance(change, DocumentChanged):
                    line["new"] = change.new
                elif isinstance(change, HeadMoved):
                    line["to"] = change.to
                file.write(json.dumps(line).encode() + b"\n")

    return Child(work)


def lines_of(diary):
    """Read the whole lines of a diary; where a killed watcher left half of one, the next began anew."""
    found = []
    for line in diary.read_bytes().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def test_a_watcher_that_is_killed_resumes(root, place):
    """Whenever it is killed: each commit is told, in order, the last state of each file, and hardly anything twice."""
    diary = place / "diary"
    chance = random.Random(4)
    with opened(root) as store:
        diary.write_text(json.dumps({"cursor": str(store.watch().cursor)}) + "\n")
        ids = []
        for count in range(KILLS):
            watcher = watching(root, diary)
            for step_count in range(6):
                with store.transaction("step") as step:
                    step.write(f"committed-{step_count}", {"count": count})
                ids.append(step.commit.id)
                replaced(root, f"edited-{step_count % 3}", {"count": count, "step": step_count})
                time.sleep(chance.random() * 0.02)  # not awaited: where it is when it is killed is left to chance
            watcher.kill()
        replaced(root, "zz", {})
        watcher = watching(root, diary)
        wait_for(lambda: any(line.get("name") == "zz" for line in lines_of(diary)))
        watcher.kill()
    told = lines_of(diary)
    moves = [line["to"] for line in told if "to" in line]
    assert list(dict.fromkeys(moves)) == ids
    assert len(moves) <= len(ids) + KILLS + 1
    edits = [line for line in told if "new" in line]
    assert {line["name"] for line in edits} == {"edited-0", "edited-1", "edited-2", "zz"}
    for number in range(3):
        last = [line["new"] for line in edits if line["name"] == f"edited-{number}"][-1]
        assert last == {"count": KILLS - 1, "step": number + 3}


def wait_for(condition):
    """Wait until something is so."""
    until = time.monotonic() + 60.0
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_watch_goes_through_a_fork(root):
    """Parent and child both use it on, and both are told."""
    with opened(root) as store:
        changes = store.watch(debounce_s=0, timeout_s=60.0)
        replaced(root, "before", {})
        assert next(changes).name == "before"

        def work(tell):
            tell("ready")
            tell([next(changes).name, next(changes).name])

        child = Child(work)
        assert child.hear() == "ready"
        replaced(root, "one", {})
        assert next(changes).name == "one"
        replaced(root, "two", {})
        assert next(changes).name == "two"
        assert child.told() == [["one", "two"]]
        changes.stop()
