"""The next change reconciles a diverged branch by itself, where nothing has to be decided."""

import pytest

from muniment import DivergedError, UpToDate


def working(store):
    """Give the working documents."""
    return {name: store.read(name) for name in store.names()}


def commit(store):
    """Commit a working file."""
    store.write("mine", 1)
    store.commit("mine")


def transaction(store):
    """Commit a document and its file."""
    with store.transaction("mine") as change:
        change.write("mine", 1)


def hidden(store):
    """Commit a document and no file."""
    with store.transaction("mine", branch="main", worktree=False) as change:
        change.write("mine", 1)


VERBS = {"commit": commit, "transaction": transaction, "without files": hidden}


@pytest.mark.parametrize("verb", VERBS)
def test_the_next_change_reconciles_by_itself_where_nothing_has_to_be_decided(store, diverge, verb):
    """Its commit is built on the one that joins the heads."""
    heads = {commit.id for commit in diverge({"a": 0}, {"a": 1}, {"b": 2})}
    VERBS[verb](store)
    head = store.at("HEAD").commit
    joined = store.at("HEAD~1").commit
    assert head.message == "mine"
    assert (joined.author, set(joined.parents)) == ("Muniment", heads)
    assert dict(store.at("HEAD")) == {"a": 1, "b": 2, "mine": 1}
    assert {name: store.read(name) for name in ("a", "b")} == {"a": 1, "b": 2}


def test_rollback_merge_and_revert_reconcile_first(store, diverge):
    """Each where nothing has to be decided."""
    one, _ = diverge({"a": 0}, {"a": 1}, {"b": 2})
    store.rollback(f"{one.id}~1", reason="back")
    assert working(store) == {"a": 0}
    assert store.at("HEAD~1").commit.author == "Muniment"
    one, _ = diverge({"a": 5}, {"a": 6}, {"b": 7})
    store.revert(one.id)
    assert working(store) == {"a": 5, "b": 7}
    one, _ = diverge({"c": 0}, {"c": 1}, {"d": 2})
    assert store.merge(one.id) == UpToDate()
    assert working(store) == {"a": 5, "b": 7, "c": 1, "d": 2}


@pytest.mark.parametrize("verb", VERBS)
def test_where_a_decision_is_needed_the_next_change_is_refused(store, diverge, verb):
    """It says how to make it, and nothing is changed."""
    heads = {commit.id for commit in diverge({"a": 0}, {"a": 1}, {"a": 2})}
    with pytest.raises(DivergedError) as raised:
        VERBS[verb](store)
    assert set(raised.value.heads) == heads
    assert store.read("a") == 0
    assert store.conflicts() == ()
    assert set(store.branches.list()[0].heads) == heads
