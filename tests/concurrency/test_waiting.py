"""Who waits for whom: for an editor of the same document, and for nobody else."""

import os

import pytest
from children import Child, Gate, for_seconds
from promises import AUTHOR, at_head, opened, working

from muniment import LockTimeoutError, Store
from muniment.files.layout import Layout

A_MOMENT_S = 0.2


@pytest.fixture
def root(place):
    """A store with two documents, committed."""
    with Store.init(place / "store", author=AUTHOR) as store:
        store.write("edited", {"by": "nobody"})
        store.write("other", 0)
        store.commit("first")
    return place / "store"


class Editor:
    """Another process, in the middle of an edit of `edited` until it is let pass."""

    def __init__(self, root):
        self._root = root
        self._gate = Gate()
        self._child = Child(self._work)
        self.pid = self._child.pid
        assert self._child.hear() == "editing"

    def _work(self, tell):
        with opened(self._root).edit("edited") as value:
            tell("editing")
            self._gate.wait()
            value["by"] = "the editor"

    def finish(self):
        """Let it end its edit."""
        self._gate.let_pass()
        self._child.told()


@pytest.fixture
def editor(root):
    """A process that is editing `edited`."""
    return Editor(root)


def test_an_editor_is_in_nobody_elses_way(root, editor):
    """While one document is edited, all others are edited, deleted and committed, and every plain read succeeds."""
    with opened(root, lock_timeout_s=0.0) as store:
        assert store.read("edited") == {"by": "nobody"}
        store.update("other", lambda value: value + 1)
        store.create("made", 1)
        store.commit("files")
        with store.transaction("others") as change:
            change.write("other", change.read("other") + 1)
            change.write("unread", 1)
            change.delete("made")
        with store.snapshot() as snapshot:
            assert snapshot["other"] == 2
        assert store.status().clean
        assert store.rollback("HEAD~1", names=["other"], reason="back")
        assert store.verify().ok
        editor.finish()
        assert working(store) == {"edited": {"by": "the editor"}, "other": 1, "unread": 1}


def read_in_snapshot(store):
    """Read `edited` in a snapshot."""
    with store.snapshot() as snapshot:
        return snapshot["edited"]


READERS = {
    "read": lambda store: store.read("edited", locked=True),
    "snapshot": read_in_snapshot,
    "edit": lambda store: store.update("edited", lambda value: value),
}


@pytest.mark.parametrize("reader", READERS)
def test_who_wants_the_edited_document_waits(root, editor, reader):
    """A locked read, a snapshot and another editor wait until the editor is done, and see what it wrote."""

    def work(tell):
        with opened(root) as store:
            tell("waiting")
            tell(READERS[reader](store))

    child = Child(work)
    assert child.hear() == "waiting"
    assert not child.has_told(A_MOMENT_S)
    editor.finish()
    assert child.told() == [{"by": "the editor"}]


def replace(store):
    """Write both documents in a transaction."""
    with store.transaction("replace") as change:
        change.write("other", 1)
        change.write("edited", 1)


WRITERS = {
    "write": lambda store: store.write("edited", 1),
    "delete": lambda store: store.delete("edited"),
    "update": lambda store: store.update("edited", lambda value: value),
    "read": lambda store: store.read("edited", locked=True),
    "snapshot": read_in_snapshot,
    "transaction": replace,
}


@pytest.mark.parametrize("writer", WRITERS)
def test_waiting_ends_with_the_name_of_the_holder(root, editor, writer):
    """After the time that the store was opened with, the error says which process holds what; nothing happened."""
    with opened(root, lock_timeout_s=A_MOMENT_S) as store:
        with pytest.raises(LockTimeoutError, match=rf"edited.*\b{editor.pid}\b") as caught:
            WRITERS[writer](store)
        assert caught.value.resource == "edited"
        assert working(store) == at_head(store) == {"edited": {"by": "nobody"}, "other": 0}


def test_waiting_for_another_commit_ends_with_its_process(root):
    """The same for the lock of the whole store, which commits take."""
    gate = Gate()

    def work(tell):
        with opened(root)._parts.storage.exclusive(1.0):
            tell("committing")
            gate.wait()

    child = Child(work)
    assert child.hear() == "committing"
    with opened(root, lock_timeout_s=A_MOMENT_S) as store:
        with pytest.raises(LockTimeoutError, match=rf"the store.*\b{child.pid}\b"):
            replace(store)
        gate.let_pass()
        child.told()
        replace(store)
        assert at_head(store) == {"edited": 1, "other": 1}
    gate.close()


@pytest.mark.parametrize("writer", WRITERS)
def test_the_same_thread_does_not_wait_for_itself(root, writer):
    """Who edits a document and wants it again by another verb is told at once, however patient the store is."""
    with opened(root, lock_timeout_s=float("inf")) as store:
        with store.edit("edited"):
            if writer in {"read", "snapshot"}:  # needs no second lock
                assert WRITERS[writer](store) == {"by": "nobody"}
            else:
                with pytest.raises(LockTimeoutError, match="this very thread"):
                    WRITERS[writer](store)
        assert working(store) == {"edited": {"by": "nobody"}, "other": 0}


def test_two_that_wait_for_each_other_do_not_wait_for_ever(root):
    """Transactions that read the same documents in opposite orders: one is told after its time, the other succeeds."""
    gate = Gate()

    def work(tell):
        with opened(root).transaction("child") as change:
            change.read("other")
            tell("has one")
            gate.wait()
            change.write("edited", change.read("edited")["by"] + " and the child")

    child = Child(work)
    child.hear()
    with opened(root, lock_timeout_s=A_MOMENT_S) as store:
        with store.transaction("parent") as change:
            change.read("edited")
            gate.let_pass()
            with pytest.raises(LockTimeoutError, match="other"):
                change.read("other")
            change.write("unread", 1)
        child.told()
        assert store.read("edited") == "nobody and the child"
        assert [commit.message for commit in store.log()] == ["child", "parent", "first"]
    gate.close()


def test_nobody_is_left_out(root):
    """Programs that want the same document and the same branch all the time share them: each has its turns."""
    gate = Gate()

    def work(tell):
        store = opened(root)
        gate.wait()

        def turn():
            with store.transaction("turn", worktree=False) as change:
                change.write("other", change.read("other") + 1)

        tell(for_seconds(1.5, turn))

    children = [Child(work) for _ in range(4)]
    gate.let_pass(4)
    turns = [child.told()[0] for child in children]
    gate.close()
    assert min(turns) * 10 >= max(turns)
    with opened(root) as store:
        assert at_head(store)["other"] == sum(turns)


def test_lock_files_stay(root):
    """A lock's file is never deleted or replaced, because another program may be waiting at it."""
    folder = Layout(root).locks

    def inodes():
        return {entry.name: entry.inode() for entry in os.scandir(folder)}

    with opened(root) as store:
        replace(store)
        store.read("edited", locked=True)
        store.update("other", lambda value: value)
    before = inodes()
    assert len(before) >= 3
    with opened(root) as store:
        store.delete("edited")
        store.commit("deleted")
        store.write("edited", 2)
        store.commit("again")
        store.verify()
    after = inodes()
    assert after.items() >= before.items()
