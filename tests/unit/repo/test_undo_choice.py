"""Which operation is undone: the last that counts, or that of an id; and what it tells of itself."""

import errno

import pytest
from undo_scenes import begin, commit, state, transact, transact_beside

from muniment import Store
from muniment.storage.tags import FileTags


@pytest.fixture
def begun(store):
    """A store with some branches and a tag."""
    begin(store)
    return store


def test_a_chain_of_undo_and_redo_walks_back_and_forth(store):
    """As an editor does: each undo goes one further back, each redo one further on."""
    for number in range(4):
        with store.transaction(f"{number}") as tx:
            tx.write("n", number)
    for verb, expected in [
        ("undo", 2),
        ("undo", 1),
        ("redo", 2),
        ("undo", 1),
        ("undo", 0),
        ("redo", 1),
        ("redo", 2),
        ("redo", 3),
    ]:
        getattr(store, verb)()
        assert store.read("n") == expected == store.at("HEAD").read("n")


def test_an_undo_that_is_undone_is_a_redo(begun):
    """By the id of the undo; and again by that of the redo."""
    transact(begun)
    after = state(begun)
    done = begun.operations(1)[0]
    undone = begun.undo()
    before = state(begun)
    redone = begun.undo(undone)
    assert (redone.verb, redone.redoes) == ("redo", done.id)
    assert state(begun) == after
    assert begun.undo(redone).undoes == done.id
    assert state(begun) == before


def test_what_redo_forgot_can_be_made_again_by_its_id(begun):
    """After something else was done, the undo is undone by its id."""
    transact_beside(begun)
    after = state(begun).heads["side"]
    undone = begun.undo()
    begun.tags.create("v3")
    begun.undo(undone)
    assert state(begun).heads["side"] == after
    assert begun.undo().undoes == undone.undoes


@pytest.mark.parametrize("length", [8, 64])
def test_an_operation_is_named_by_the_beginning_of_its_id(begun, length):
    """An operation on something else, done since, is in nobody's way."""
    begun.tags.create("v2")
    done = begun.operations(1)[0]
    commit(begun)
    begun.undo(done.id[:length])
    assert [tag.name for tag in begun.tags.list()] == ["v1"]


def test_the_message_tells_what_was_undone(begun):
    """That of the operation; its verb where it said nothing. The author is the one who undid it."""
    begun.commit("", allow_empty=True)
    undone = begun.undo(author="Bob")
    assert (undone.message, undone.author) == ("undo: commit", "Bob")
    assert begun.redo().message == "redo: commit"


def test_an_undo_without_an_author_is_nobodys(begun, root):
    """Moving heads back needs none."""
    begun.tags.create("v2")
    begun.close()
    with Store.open(root) as store:
        assert store.undo().author == ""


def test_an_undo_that_the_disk_could_not_show_yet_is_told_all_the_same(begun, monkeypatch):
    """It is recorded and stands; whoever looks next finishes it."""
    begun.tags.delete("v1")
    deleted = begun.operations(1)[0]

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(FileTags, "apply", full)
        undone = begun.undo()
        assert undone.undoes == deleted.id
        assert begun.tags.list() == ()
    begun.tags.create("v2")
    assert [tag.name for tag in begun.tags.list()] == ["v1", "v2"]
    assert begun.operations()[1] == undone
