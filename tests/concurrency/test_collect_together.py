"""Collect and pack in a loop beside programs that write, branch, merge, undo and read: what was acknowledged stays."""

import itertools
from datetime import timedelta

import pytest
from children import Child
from promises import AUTHOR, opened

from muniment import NotFoundError, Store

TURNS = 40


@pytest.fixture
def root(place):
    """A store with one commit."""
    with Store.init(place / "store", author=AUTHOR) as store, store.transaction("first") as change:
        for number in range(5):
            change.write(f"d/{number}", [number])
    return place / "store"


def put(store, branch, name, value):
    """Commit a value to a branch, and give the commit's id."""
    with store.transaction("put", branch=branch, worktree=False) as change:
        change.write(name, value)
    assert change.commit is not None
    return change.commit.id


def committing(root):
    """Make work that commits the same few contents again and again, so that garbage becomes needed."""

    def work(tell):
        store = opened(root)
        for number in range(TURNS):
            value = ["main", number % 3]
            tell((put(store, "main", "d/0", value), "d/0", value))

    return work


def branching(root, mine):
    """Make work that makes a branch, commits, and merges it or throws it away; a commit thrown away is tried again."""

    def work(tell):
        store = opened(root)
        lost = ""
        for number in range(TURNS):
            name, value = f"{mine}/{number}", [mine, number % 5]
            store.branches.create(name)
            made = put(store, name, f"d/{mine}", value)
            if number % 3 == 0:
                store.merge(name, into="main", prefer="theirs")
                tell((made, f"d/{mine}", value))
            store.branches.delete(name)
            if lost:
                take_up(store, lost, f"{mine}/again-{number}")
            lost = "" if number % 3 == 0 else made

    return work


def take_up(store, lost, branch):
    """Try to use a commit that may be gone: it is there as a whole, or it is not."""
    try:
        store.branches.create(branch, lost)
    except NotFoundError:
        return
    assert dict(store.at(lost))
    assert all(dict(store.at(commit.id)) for commit in store.log(lost))
    store.branches.delete(branch)


def undoing(root):
    """Make work that commits to a branch, undoes that and makes it again, by its id; it may have been collected."""

    def work(tell):
        store = opened(root)
        store.branches.create("undone")
        for number in range(TURNS):
            made = put(store, "undone", "d/3", [number])
            done = next(one.id for one in store.operations() if one.heads and one.heads[0].new == made)
            undo = store.undo(done)
            try:
                store.undo(undo.id)
            except NotFoundError:
                continue
            tell((made, "d/3", [number]))

    return work


def reading(root):
    """Make work that reads the heads: they never lead to what is not there."""

    def work(_):
        for _ in range(TURNS):
            with opened(root) as store:
                for commit in store.log("main", limit=10):
                    assert len(dict(store.at(commit.id))) >= 5

    return work


def collecting(root, stop):
    """Make work that packs and collects until it is told to stop."""

    def work(tell):
        store = opened(root)
        deleted = 0
        for turn in itertools.count():
            if turn % 3 == 0:
                store.pack()
            deleted += store.collect(older_than=timedelta(0)).deleted
            if stop.exists():
                break
        tell(deleted)

    return work


@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize("most_loose", [0, 1_000])
def test_nothing_that_was_acknowledged_is_lost(root, place, monkeypatch, most_loose):
    """Every commit that a branch was left with is there whole; no writer or reader meets a fault."""
    monkeypatch.setattr("muniment.repo.collecting.MOST_LOOSE", most_loose)
    stop = place / "stop"
    collector = Child(collecting(root, stop))
    works = [committing(root), branching(root, 1), branching(root, 2), undoing(root), reading(root)]
    children = [Child(work) for work in works]
    told = [one for child in children for one in child.told()]
    stop.touch()
    assert collector.told()[0] > 0
    with opened(root) as store:
        assert store.verify().findings == ()
        ids = {commit.id for branch in store.branches.list() for commit in store.log(branch.name)}
        for commit, name, value in told:
            assert commit in ids
            assert store.at(commit)[name] == value
        store.collect(older_than=timedelta(0))
        assert store.verify().findings == ()
    assert len(told) > TURNS


@pytest.mark.usefixtures("quick_disk")
def test_two_collect_at_once(root):
    """One waits for the other; together they delete each object once."""
    with opened(root) as store:
        store.branches.create("side")
        for number in range(10):
            put(store, "side", "d/0", [number, "lost"])
        store.branches.delete("side")
        garbage = store.collect(older_than=timedelta(0), dry_run=True).deleted

    def work(tell):
        with opened(root) as store:
            tell(store.collect(older_than=timedelta(0)).deleted)

    children = [Child(work), Child(work)]
    assert sorted(child.told()[0] for child in children) == [0, garbage]
    with opened(root) as store:
        assert store.verify().findings == ()
