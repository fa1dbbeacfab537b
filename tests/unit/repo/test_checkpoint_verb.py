"""`store.checkpoint`: what was acknowledged is in the files, and durable there, while the store stays open."""

import pytest

from muniment import LockTimeoutError, StorageError, Store
from muniment.files import disk
from muniment.storage.publishing import Publisher


def test_the_journal_is_empty_afterwards(store):
    """What the journal held is not needed any more; the store goes on."""
    store.write("a", 1)
    store.commit("one")
    journal = store._parts.storage._journal
    assert journal.size() > 0
    store.checkpoint()
    assert journal.size() == 0
    store.write("a", 2)
    assert store.commit("two").parents == (store.at("HEAD~1").commit.id,)


def test_what_a_stopped_program_left_is_finished(store, root, monkeypatch):
    """A change that was recorded and not published shows in the files."""
    store.write("a", 1)
    with monkeypatch.context() as stopped:
        stopped.setattr(Publisher, "publish", _stop)
        with pytest.raises(KeyboardInterrupt):
            store.commit("one")
    heads = root / ".muniment/refs/heads"
    assert list(heads.rglob("*")) == []
    with Store.open(root) as other:
        other.checkpoint()
    assert [path.name for path in (heads / "main").iterdir()] == [store.at("HEAD").commit.id]


def _stop(*_, **__):
    raise KeyboardInterrupt


def test_other_writers_are_waited_for(store, root):
    """While somebody else writes it waits, as long as any verb does."""
    with Store.open(root, lock_timeout_s=0.0) as other, store._parts.storage.exclusive(1.0):  # noqa: SIM117
        with pytest.raises(LockTimeoutError):
            other.checkpoint()


def test_what_cannot_be_made_durable_is_told(store, monkeypatch):
    """Where the disk refuses, nobody is told that all is safe."""
    store.write("a", 1)
    store.commit("one")
    monkeypatch.setattr(disk, "sync_folder", _refuse)
    with pytest.raises(StorageError, match="make everything durable"):
        store.checkpoint()


def _refuse(path):
    raise OSError(5, "Input/output error", path)
