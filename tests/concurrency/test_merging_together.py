"""Several programs merge, commit, settle and reconcile at once: nothing is lost, nothing done twice."""

import time

import pytest
from children import run_all
from promises import AUTHOR, opened, working

from muniment import (
    Conflicted,
    ConflictNotFoundError,
    FastForward,
    Merged,
    MergeInProgressError,
    NoMergeError,
    StaleHeadError,
    Store,
    UpToDate,
)
from muniment.files.layout import Layout
from muniment.storage.heads import FileHeads
from muniment.values.names import branch_name

pytestmark = pytest.mark.usefixtures("quick_disk")

TURNS = 40


@pytest.fixture
def root(place):
    """A store with one commit and two branches besides `main`."""
    with Store.init(place / "store", author=AUTHOR) as store:
        store.write("shared", {"n": 0})
        store.commit("first")
        for branch in ("one", "two"):
            store.branches.create(branch)
    return place / "store"


def put(store, documents, **options):
    """Commit some documents."""
    with store.transaction("put", **options) as change:
        for name, value in documents.items():
            change.write(name, value)
    return change.commit


def merging(root, branch):
    """Make work that goes on committing to a branch, and merges each commit into `main`."""

    def work(tell):
        store = opened(root)
        for number in range(TURNS):
            put(store, {f"{branch}/{number}": number, branch: {"n": number}}, branch=branch, worktree=False)
            result = store.merge(branch)
            assert isinstance(result, Merged | FastForward)
            tell(result.commit.id)

    return work


def committing(root, name, **options):
    """Make work that goes on committing to `main`."""

    def work(tell):
        store = opened(root)
        for number in range(TURNS):
            tell(put(store, {f"{name}/{number}": number}, **options).id)

    return work


def check(root, told):
    """Check that every commit that was told is in the history, and the files are the head's."""
    with opened(root) as store:
        assert {one for ids in told for one in ids} <= {commit.id for commit in store.log()}
        assert store.status().clean
        assert working(store) == dict(store.at("HEAD"))
        assert store.verify().findings == ()
        return dict(store.at("HEAD"))


def test_two_that_merge_into_one_branch_lose_nothing(root):
    """What each merged is there in the end, in history and in the files."""
    documents = check(root, run_all(merging(root, "one"), merging(root, "two")))
    expected = {f"{branch}/{number}": number for branch in ("one", "two") for number in range(TURNS)}
    assert documents == {"shared": {"n": 0}, "one": {"n": TURNS - 1}, "two": {"n": TURNS - 1}, **expected}


@pytest.mark.parametrize("worktree", [True, False])
def test_one_that_commits_beside_one_that_merges_loses_nothing(root, worktree):
    """Merges are thought through without a lock: what was committed meanwhile is merged, too."""
    if not worktree:  # files that follow no commit would be in the way
        with opened(root) as store:
            store.branches.create("elsewhere")
            store.branches.switch("elsewhere")
    options = {} if worktree else {"branch": "main", "worktree": False}

    def into_main(tell):
        store = opened(root)
        for number in range(TURNS):
            put(store, {f"one/{number}": number}, branch="one", worktree=False)
            result = store.merge("one", into="main")
            assert isinstance(result, Merged | FastForward)
            tell(result.commit.id)

    told = run_all(into_main, committing(root, "direct", **options))
    with opened(root) as store:
        assert {one for ids in told for one in ids} <= {commit.id for commit in store.log("main")}
        documents = dict(store.at("main"))
        assert store.status().clean
    assert documents == {
        "shared": {"n": 0},
        **{f"{name}/{number}": number for name in ("one", "direct") for number in range(TURNS)},
    }


def test_one_merge_waits_at_a_time(root):
    """Of several that would wait, one does; the others are told, and so is whoever commits meanwhile."""
    with opened(root) as store:
        put(store, {"shared": {"n": 1}}, branch="one", worktree=False)
        put(store, {"shared": {"n": 2}}, branch="two", worktree=False)
        put(store, {"shared": {"n": 3}})

    def try_to(verb):
        def work(tell):
            try:
                tell(type(verb(opened(root))).__name__)
            except MergeInProgressError:
                tell("refused")

        return work

    told = run_all(
        try_to(lambda store: store.merge("one")),
        try_to(lambda store: store.merge("two")),
        try_to(lambda store: store.merge("one")),
    )
    assert sorted(told) == [["Conflicted"], ["refused"], ["refused"]]
    with opened(root) as store:
        assert len(store.conflicts()) == 1
        assert store.read("shared") == {"n": 3}


def test_several_settle_the_conflicts_of_one_merge(root):
    """Each a part of them: no choice is lost, and one of them commits."""
    names = [f"document {number}" for number in range(12)]
    with opened(root) as store:
        put(store, dict.fromkeys(names, 0))
        store.branches.create("side")
        put(store, dict.fromkeys(names, 2), branch="side", worktree=False)
        put(store, dict.fromkeys(names, 1))
        store.merge("side")
        conflicts = store.conflicts()

    def settling(part):
        def work(tell):
            store = opened(root)
            for conflict in conflicts[part::3]:
                store.resolve(conflict, f"by {part}")
            try:
                while store.conflicts():
                    time.sleep(0.01)
                tell(store.merge_continue().id)
            except NoMergeError:
                tell(None)

        return work

    told = run_all(*(settling(part) for part in range(3)))
    with opened(root) as store:
        assert [[store.at("HEAD").commit.id]] == [ids for ids in told if ids != [None]]
        values = [store.at("HEAD").read(name) for name in sorted(names)]
        assert values == [f"by {number % 3}" for number in range(12)]
        assert store.status().clean


def test_one_aborts_while_another_settles_and_continues(root):
    """The merge ends once: committed as it was settled, or not at all; nothing is half given back."""
    with opened(root) as store:
        store.branches.create("side")
        put(store, {"shared": {"n": 2}, "more": 2}, branch="side", worktree=False)
        put(store, {"shared": {"n": 1}})

    def ending(verb):
        def work(tell):
            store = opened(root)
            for _ in range(TURNS):
                try:
                    tell(verb(store))
                except (NoMergeError, MergeInProgressError, ConflictNotFoundError, StaleHeadError):
                    continue

        return work

    def settle_and_continue(store):
        if isinstance(store.merge("side"), Conflicted):
            store.resolve(store.conflicts()[0], "theirs")
            return store.merge_continue().id
        return None

    def abort(store):
        store.merge_abort()

    told = run_all(ending(settle_and_continue), ending(abort))
    with opened(root) as store:
        made = [one for one in told[0] if one is not None]
        assert len(made) <= 1
        expected = {"shared": {"n": 2}, "more": 2} if made else {"shared": {"n": 1}}
        if store.conflicts():
            store.merge_abort()
        assert store.conflicts() == ()
        assert dict(store.at("HEAD")) == working(store) == expected


def test_several_reconcile_one_branch(root):
    """All come to the same commit; it is made once."""
    with opened(root) as store:
        first = store.at("main").commit
        heads = [put(store, {branch: 1}, branch=branch, worktree=False) for branch in ("one", "two")]
    files = FileHeads(Layout(root))
    for head in heads:
        files.add(branch_name("main"), head.id)
    files.remove(branch_name("main"), first.id)

    def work(tell):
        result = opened(root).reconcile()
        tell(result.commit.id if isinstance(result, Merged) else result)

    told = run_all(work, work, work)
    with opened(root) as store:
        head = store.at("main").commit
        assert set(head.parents) == {one.id for one in heads}
        assert [ids for ids in told if ids != [UpToDate()]] == [[head.id]]
        assert dict(store.at("main")) == working(store) == {"shared": {"n": 0}, "one": 1, "two": 1}
