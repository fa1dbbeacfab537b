"""Collecting while others act: at the moments between what a verb found out and the lock under which it acts."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from muniment import Conflicted, NotFoundError, Store
from muniment.files.layout import Layout
from muniment.repo import collecting as collecting_module
from muniment.storage.heads import FileHeads
from muniment.values.ids import CommitId
from muniment.values.names import BranchName

NONE = timedelta(0)


@pytest.fixture
def lost(store):
    """The newer of two commits that no branch has any more; beside them, a branch `line` went on by itself."""
    with store.transaction("base") as change:
        change.write("web", {"port": 1, "host": "a"})
        change.write("other", 1)
    store.branches.create("side")
    with store.transaction("first", branch="side", worktree=False) as change:
        change.write("third", 3)
    with store.transaction("lost", branch="side", worktree=False) as change:
        change.write("web", {"port": 2, "host": "a"})
        change.write("other", 2)
    store.branches.delete("side")
    store.branches.create("line")
    with store.transaction("line", branch="line", worktree=False) as change_of_line:
        change_of_line.write("fourth", 4)
    return change.commit


@pytest.fixture
def conflicting(store, lost):
    """The same, and a head that disagrees with it."""
    with store.transaction("ours") as change:
        change.write("web", {"port": 3, "host": "a"})
    return lost


@pytest.fixture
def before_lock(monkeypatch):
    """Let something happen right before a store takes its lock, at each time from the `nth` on, until it did."""

    def arrange(store, act, nth=1):
        storage = store._parts.storage
        exclusive = storage.exclusive
        calls = []

        @contextmanager
        def later(timeout_s):
            calls.append(1)
            if len(calls) == nth:
                act()
            with exclusive(timeout_s):
                yield

        monkeypatch.setattr(storage, "exclusive", later)
        return calls

    return arrange


def elsewhere(store):
    """Make what collects in another program."""

    def act():
        with Store.open(store.path) as other:
            other.collect(older_than=NONE)

    return act


VERBS = {
    "branch": lambda store, lost: store.branches.create("again", lost.id),
    "tag": lambda store, lost: store.tags.create("v1", lost.id),
    "merge": lambda store, lost: store.merge(lost.id),
    "merge elsewhere": lambda store, lost: store.merge(lost.id, into="line"),
    "cherry-pick": lambda store, lost: store.cherry_pick(lost.id),
    "rollback": lambda store, lost: store.rollback(lost.id, reason="back"),
    "roll one back": lambda store, lost: store.rollback(lost.id, names=["other"], reason="back"),
    "undo": lambda store, _: store.undo(next(one.id for one in store.operations() if one.verb == "branch-delete")),
}


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("state", ["lost", "conflicting"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_found_a_commit_which_is_collected_is_refused(request, store, before_lock, state, verb, nth):
    """It says so, or it did not need it: history never leads to what is not there."""
    lost = request.getfixturevalue(state)
    dict(store.at(lost.id))  # which it remembers
    before = [commit.id for commit in store.log()]
    calls = before_lock(store, elsewhere(store), nth)
    try:
        VERBS[verb](store, lost)
    except NotFoundError:
        assert len(calls) >= nth
        assert [commit.id for commit in store.log()] == before
        assert store.conflicts() == ()
    else:
        assert len(calls) < nth
    with Store.open(store.path) as other:
        assert other.verify().findings == ()
        other.write("web", 0)
        other.commit("goes on", author="Ada")
        assert other.verify().findings == ()


@pytest.mark.parametrize(("is_packed", "most_loose"), [(False, 1_000), (False, 0), (True, 0)])
@pytest.mark.parametrize("state", ["lost", "conflicting"])
@pytest.mark.parametrize("verb", VERBS)
def test_what_a_verb_came_to_need_meanwhile_is_kept(
    request, store, before_lock, monkeypatch, state, verb, is_packed, most_loose
):
    """Somebody takes a commit up after it was found to be garbage: then it is none."""
    monkeypatch.setattr(collecting_module, "MOST_LOOSE", most_loose)
    lost = request.getfixturevalue(state)
    if is_packed:
        store.pack()
    results = []

    def act():
        with Store.open(store.path, author="Ada") as other:
            results.append(VERBS[verb](other, lost))

    with Store.open(store.path) as collecting:
        before_lock(collecting, act, 2)
        collecting.collect(older_than=NONE)
    assert len(results) == 1
    with Store.open(store.path, author="Ada") as other:
        assert other.verify().findings == ()
        assert dict(other.at("HEAD"))["other"] in {1, 2}
        if isinstance(results[0], Conflicted):
            other.merge_abort()
            assert other.read("web") == {"port": 3, "host": "a"}
        assert other.verify().findings == ()
        again = other.collect(older_than=NONE)
        assert again.after_bytes <= again.before_bytes
        assert other.verify().findings == ()


def test_what_is_made_again_meanwhile_is_kept(store, lost, before_lock):
    """A commit whose tree and contents lie there as garbage, and which writes none of them, has them."""

    def act():
        with Store.open(store.path, author="Ada") as other, other.transaction("the same again") as change:
            change.write("web", {"port": 2, "host": "a"})
            change.write("other", 2)
            change.write("third", 3)

    with Store.open(store.path) as collecting:
        before_lock(collecting, act, 2)
        collecting.collect(older_than=NONE)
    with Store.open(store.path) as other:
        assert other.verify().findings == ()
        assert other.at("HEAD").commit.tree == lost.tree


def test_nothing_is_deleted_where_history_breaks_meanwhile(store, lost, before_lock):
    """What is found under the lock to be missing stops it, and what was written for a pack is taken back."""
    store.tags.create("kept")
    store.pack()
    packs = list(Path(Layout(store.path).packs).iterdir())

    def act():
        FileHeads(Layout(store.path)).add(BranchName("main"), CommitId("ab" * 32))
        assert len(list(Path(Layout(store.path).packs).iterdir())) == 2

    with Store.open(store.path) as collecting:
        before_lock(collecting, act, 2)
        with pytest.raises(NotFoundError):
            collecting.collect(older_than=NONE)
    assert list(Path(Layout(store.path).packs).iterdir()) == packs
    assert store.at(lost.id)["other"] == 2


def test_a_reader_is_told_that_its_commit_is_gone(store, lost):
    """A snapshot of a commit that was collected gives what was read before, or says that the rest is gone."""
    with Store.open(store.path) as reader:
        found = reader.at(lost.id)
        with Store.open(store.path) as other:
            other.collect(older_than=NONE)
        with pytest.raises(NotFoundError):
            dict(found)
