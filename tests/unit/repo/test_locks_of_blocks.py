"""The locks that blocks hold: from where they begin to where they end, and no longer."""

import pytest

from muniment import InvalidValueError, LockTimeoutError, Store
from muniment.repo.document_locks import MOST_AT_ONCE

OWN = "this very thread: leave its `with` block first"


@pytest.fixture
def other(store, root):
    """The store as another program has it open, which does not wait."""
    store.write("a", 1)
    store.write("b", 1)
    store.commit("first")
    with Store.open(root, author="Eve <eve@example.org>", lock_timeout_s=0.0) as opened:
        yield opened


def write_many(store):
    """Change more documents at once than are locked one by one."""
    with store.transaction("many") as change:
        for number in range(MOST_AT_ONCE + 1):
            change.write(f"many/{number}", number)


def test_a_transaction_is_used_in_its_block(store, other):
    """Before it and after it nothing is read, written or locked."""
    change = store.transaction("x")
    with pytest.raises(InvalidValueError, match="`with`"):
        change.read("a")
    with change:
        change.write("a", change.read("a") + 1)
    for use in (change.read, change.exists, change.delete, lambda name: change.write(name, 1)):
        with pytest.raises(InvalidValueError, match="`with`"):
            use("a")
    other.write("a", 3)


def test_a_transaction_has_one_block(store, other):
    """A second block would commit the first one's changes again: it is refused."""
    with store.transaction("x") as change:
        change.write("a", 2)
    with pytest.raises(InvalidValueError, match="make another"), change:
        pass
    assert len(store.log()) == 2


def test_a_snapshot_is_read_in_its_block(store, other):
    """Before it and after it nothing is locked; a second block is as good as the first."""
    snapshot = store.snapshot()
    with pytest.raises(InvalidValueError, match="`with`"):
        snapshot.read("a")
    for _ in range(2):
        with snapshot:
            assert snapshot["a"] == 1
        with pytest.raises(InvalidValueError, match="`with`"):
            snapshot.read("a")
        other.write("a", 1)


def test_a_snapshot_in_a_snapshot_shares_its_locks(store, other):
    """The inner one's end gives back only what it took itself."""
    with store.snapshot() as outer:
        assert outer["a"] == 1
        with store.snapshot() as inner:
            assert (inner["a"], inner["b"]) == (1, 1)
        other.write("b", 2)
        with pytest.raises(LockTimeoutError):
            other.write("a", 2)
    other.write("a", 2)


def test_who_waits_for_himself_is_told(store, other):
    """To retry would not help, so that is not the advice; and the outer block goes on well."""
    with store.edit("a"), pytest.raises(LockTimeoutError) as raised:
        store.write("a", 2)
    assert str(raised.value) == f"a: locked by {OWN}"
    with store.snapshot() as snapshot:
        with pytest.raises(LockTimeoutError) as raised:
            write_many(store)
        assert str(raised.value) == f"all documents at once: locked by {OWN}"
        assert snapshot["a"] == 1
    other.write("a", 2)


def test_a_failed_read_leaves_everybody_the_locks_they_had(store, other):
    """What could not be locked is not given back either: it is somebody else's."""
    with store.edit("b"):
        with other.transaction("x") as change:
            change.write("a", change.read("a") + 1)
            with pytest.raises(LockTimeoutError):
                change.read("b")
        with pytest.raises(LockTimeoutError):
            other.write("b", 2)
    assert store.read("a") == 2
