"""What happens when another program checks out another branch between a verb's beginning and its commit."""

import errno
import json
import shutil

import pytest

from muniment import BranchNotFoundError, BranchSwitchedError, StorageError, Store
from muniment.files import disk

AUTHOR = "Ada <ada@example.org>"


@pytest.fixture
def other(store, root):
    """Another program on the same store, which has a branch `side` with a file of its own."""
    store.write("web", {"port": 1})
    store.commit("begin", author=AUTHOR)
    with Store.open(root, author=AUTHOR) as made:
        made.branches.create("side")
        with made.transaction("on the side", branch="side", worktree=False) as tx:
            tx.write("web", {"port": 2})
        yield made


def just_before(store, monkeypatch, act):
    """Let another program act when a verb of `store` is about to take the store's lock for the first time."""
    storage = store._parts.storage
    exclusive = storage.exclusive
    waiting = [act]

    def interrupted(timeout_s):
        if waiting:
            waiting.pop()()
        return exclusive(timeout_s)

    monkeypatch.setattr(storage, "exclusive", interrupted)


def test_the_files_of_one_branch_are_not_committed_to_another(store, other, root, monkeypatch):
    """It is told, and nothing is written. A rollback holds its documents, so nobody can switch meanwhile."""
    before = store.at("main").commit.id, store.at("side").commit.id
    just_before(store, monkeypatch, lambda: other.branches.switch("side"))
    with pytest.raises(BranchSwitchedError) as raised:
        store.commit("no", author=AUTHOR, allow_empty=True)
    assert (raised.value.branch, raised.value.selected) == ("main", "side")
    assert (store.at("main").commit.id, store.at("side").commit.id) == before
    assert json.loads((root / "web.json").read_bytes()) == {"port": 2}


def test_a_transaction_that_lasts_while_another_program_switches(store, other, root):
    """What it read was of the other branch's files."""
    transaction = store.transaction("no", author=AUTHOR)
    transaction.__enter__()
    transaction.write("web", {"port": 9})
    other.branches.switch("side")
    with pytest.raises(BranchSwitchedError):
        transaction.__exit__(None, None, None)
    assert json.loads((root / "web.json").read_bytes()) == {"port": 2}


def test_a_branch_deleted_meanwhile_does_not_come_back(store, other):
    """A transaction on a branch that is not checked out."""
    transaction = store.transaction("no", author=AUTHOR, branch="side", worktree=False)
    transaction.__enter__()
    transaction.write("web", {"port": 9})
    other.branches.delete("side")
    with pytest.raises(BranchNotFoundError):
        transaction.__exit__(None, None, None)
    assert [branch.name for branch in store.branches.list()] == ["main"]


def test_a_transaction_without_files_does_not_care_what_is_checked_out(store, other):
    """It names its branch."""
    with store.transaction("goes on", author=AUTHOR, branch="main", worktree=False) as tx:
        tx.write("web", {"port": 9})
        other.branches.switch("side")
    assert store.at("main").read("web") == {"port": 9}


def test_a_transaction_is_refused_if_its_branch_was_checked_out_meanwhile(store, other):
    """It would leave the files behind, and they would take it back."""
    transaction = store.transaction("no", author=AUTHOR, branch="side")
    transaction.__enter__()
    transaction.write("web", {"port": 9})
    other.branches.switch("side")
    with pytest.raises(BranchSwitchedError):
        transaction.__exit__(None, None, None)
    assert store.status().clean


def test_nothing_is_committed_to_a_branch_that_the_host_took_away(store, other, root):
    """It would begin a history without a past beside those there are."""
    other.branches.create("trunk")
    for head in (root / ".muniment/refs/heads/main").iterdir():
        head.unlink()
    with pytest.raises(BranchNotFoundError):
        store.commit("no", author=AUTHOR)
    store.branches.switch("trunk")
    assert store.status().clean


def test_a_fresh_clone_finds_the_one_branch_there_is(store, root):
    """Though the store's default was renamed."""
    store.write("web", {"port": 1})
    store.commit("begin", author=AUTHOR)
    store.branches.rename("main", "trunk")
    store.close()
    shutil.rmtree(root / ".muniment/local")
    with Store.open(root) as clone:
        assert clone.branch == "trunk"
        assert clone.status().clean


def test_a_switch_that_the_system_stops_changes_no_file(store, other, root, monkeypatch):
    """The record stays pending until the branch can be noted as checked out; only then do files follow."""
    replace = disk.replace

    def full(source, target):
        if target.endswith("/local/HEAD"):
            raise OSError(errno.ENOSPC, "no space", target)
        replace(source, target)

    monkeypatch.setattr(disk, "replace", full)
    other.branches.switch("side")
    assert json.loads((root / "web.json").read_bytes()) == {"port": 1}
    with pytest.raises(StorageError):
        store.commit("no", author=AUTHOR, allow_empty=True)
    monkeypatch.undo()
    store.transaction("nothing", author=AUTHOR)
    with store.transaction("on the side", author=AUTHOR, branch="main", worktree=False) as tx:
        tx.write("api", {"port": 3})
    assert store.branch == "side"
    assert json.loads((root / "web.json").read_bytes()) == {"port": 2}
