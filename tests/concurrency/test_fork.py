"""An open store goes through a fork: parent and child both use it on, and neither has the other's locks."""

import pytest
from children import Child, Gate
from promises import AUTHOR, at_head, opened

from muniment import LockTimeoutError, Store

TURNS = 40


@pytest.fixture
def store(place):
    """An open store that has used all its files already."""
    with Store.init(place / "store", author=AUTHOR) as store:
        store.write("counter", 0)
        store.write("edited", 0)
        store.commit("first")
        add(store)
        store.log()
        with store.snapshot() as snapshot:
            assert snapshot["counter"] == 1
        yield store


def add(store):
    """Count one further; give the id of the commit."""
    with store.transaction("add") as change:
        change.write("counter", change.read("counter") + 1)
    return change.commit.id


def test_children_and_their_parent_use_one_store(store):
    """Three children and the parent count in the store that was open before the fork: the sum is exact."""

    def work(tell):
        for _ in range(TURNS):
            tell(add(store))
        store.close()

    children = [Child(work) for _ in range(3)]
    acknowledged = [add(store) for _ in range(TURNS)]
    for child in children:
        acknowledged += child.told()
    assert at_head(store)["counter"] == 4 * TURNS + 1 == store.read("counter")
    assert {commit.id for commit in store.log()} > set(acknowledged)
    assert store.verify().ok


def test_a_child_does_not_hold_the_locks_of_its_parent(place):
    """A child forked in the middle of an edit may not touch the document, and gives nobody leave to by ending."""
    Store.init(place / "store").close()
    store = opened(place / "store", lock_timeout_s=0.1)
    store.write("edited", 0)

    def work(tell):
        with pytest.raises(LockTimeoutError):
            store.write("edited", "by the child")
        store.write("other", 1)
        store.close()
        tell("tried")

    with store.edit("edited"):
        assert Child(work).told() == ["tried"]
        with pytest.raises(LockTimeoutError), opened(store.path, lock_timeout_s=0.0) as other:
            other.write("edited", "by another")
    store.write("edited", 2)
    assert (store.read("edited"), store.read("other")) == (2, 1)


def test_a_child_that_lives_on_keeps_no_lock(place):
    """What the parent unlocks is free, though a child that was forked meanwhile still has its files open."""
    Store.init(place / "store").close()
    store = opened(place / "store", lock_timeout_s=0.1)
    store.write("edited", {"number": 0})
    gate = Gate()
    with store.edit("edited") as value:
        value["number"] = 1
        child = Child(lambda _: gate.wait())
    store.commit("by the parent")
    with opened(store.path, lock_timeout_s=0.0) as other:
        other.write("edited", {"number": 2})
        other.commit("by another")
    gate.let_pass()
    child.told()
    gate.close()
    assert at_head(store) == {"edited": {"number": 2}}
