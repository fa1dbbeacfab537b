"""An operation after which its branch went on is taken out of it by a commit: what came later stays."""

import pytest
from undo_scenes import begin, files


@pytest.fixture
def begun(store):
    """A store with some branches and a tag."""
    begin(store)
    return store


@pytest.fixture
def went_on(store):
    """A store with an operation that others followed on its branch; gives both."""
    store.write("web", {"port": 1, "name": "a"})
    store.write("app", 1)
    store.commit("begin")
    with store.transaction("the port") as tx:
        tx.write("web", {"port": 2, "name": "a"})
        tx.write("made", 1)
    done = store.operations(1)[0]
    with store.transaction("the name") as tx:
        tx.write("web", {"port": 2, "name": "b"})
    return store, done


def test_an_older_operation_is_taken_out_by_a_commit(went_on):
    """What came later stays; the files follow."""
    store, done = went_on
    before = store.at("HEAD").commit.id
    undone = store.undo(done)
    assert undone.undoes == done.id
    head = store.at("HEAD").commit
    assert head.parents == (before,)
    assert head.message == "undo: the port"
    assert dict(store.at("HEAD")) == files(store) == {"web": {"port": 1, "name": "b"}, "app": 1}
    assert store.redo().redoes == done.id
    assert store.at("HEAD").commit.id == before
    assert not store.diff()
    store.undo()
    assert store.at("HEAD").commit.id == head.id


def test_older_operations_are_taken_out_one_by_one(went_on):
    """The default goes on with what still counts."""
    store, done = went_on
    store.undo(done)
    assert store.undo().message == "undo: the name"
    assert store.read("web") == {"port": 1, "name": "a"}
    store.redo()
    store.redo()
    assert store.read("web") == {"port": 2, "name": "b"}
    assert store.verify().ok


def test_a_fast_forward_is_taken_out_whole(begun):
    """All the commits that it brought."""
    begun.merge("later")
    done = begun.operations(1)[0]
    with begun.transaction("on top") as tx:
        tx.write("top", 1)
    begun.undo(done)
    assert begun.read("app") == {"debug": True}
    assert begun.read("top") == 1
