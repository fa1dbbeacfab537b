"""The folder `local` is not part of the history: a clone comes without it, and anybody may delete it."""

import shutil

import pytest
from promises import AUTHOR, at_head, opened, working

from muniment import Store
from muniment.files.layout import Layout

VERBS = {
    "transaction": lambda store: change(store, "b", 2),
    "commit": lambda store: (store.write("b", 2), store.commit("files")),
    "rollback": lambda store: store.rollback("HEAD~1", reason="back"),
    "write": lambda store: store.write("a", 5),
    "edit": lambda store: store.update("a", lambda value: value + 1),
    "snapshot": lambda store: store.snapshot().__enter__().read("a"),
    "locked": lambda store: store.read("a", locked=True),
    "log": lambda store: store.log(),
    "status": lambda store: store.status(),
    "verify": lambda store: store.verify(),
    "close": lambda store: store.close(),
}


def change(store, name, value):
    """Commit one document with its working file."""
    with store.transaction("change") as transaction:
        transaction.write(name, value)


@pytest.fixture
def store(tmp_path):
    """A store with two commits, all of it durable, still open."""
    with Store.init(tmp_path / "store", author=AUTHOR) as store:
        change(store, "a", 1)
    store = opened(tmp_path / "store")
    change(store, "a", 2)
    store._parts.storage.close()
    return store


@pytest.mark.parametrize("verb", VERBS)
def test_an_open_store_goes_on_without_local(store, verb):
    """Every verb works on an open store whose `local` was deleted between two uses, and the next change too."""
    store.read("a", locked=True)
    shutil.rmtree(Layout(store.path).local)
    VERBS[verb](store)
    with opened(store.path) as other:
        other.write("c", 3)
        other.commit("after")
        assert at_head(other) == working(other)
        assert len(other.log()) >= 3
        assert other.verify().ok


def test_both_of_two_open_stores_go_on(store):
    """Two that were open when `local` was deleted agree on the new journal and the new locks."""
    with opened(store.path) as other:
        change(other, "b", 0)
        other._parts.storage.close()
        shutil.rmtree(Layout(store.path).local)
        for number in range(3):
            change(store, "mine", number)
            change(other, "theirs", number)
        assert at_head(store) == {"a": 2, "b": 0, "mine": 2, "theirs": 2}
        assert len(store.log()) == 3 + 6


def test_a_clone_without_local_works(store, tmp_path):
    """A copy without `local` opens, reads, and takes changes."""
    store.close()
    shutil.copytree(tmp_path / "store", tmp_path / "clone", ignore=shutil.ignore_patterns("local"))
    with opened(tmp_path / "clone") as clone:
        assert at_head(clone) == working(clone) == {"a": 2}
        assert clone.status().clean
        change(clone, "a", 3)
        assert len(clone.log()) == 3
        assert clone.verify().ok
