"""Transactions: any number of documents, one commit, all or nothing."""

import json
import threading

import pytest

from muniment import (
    BranchNotFoundError,
    DocumentChangedError,
    DocumentExistsError,
    DocumentNotFoundError,
    InvalidNameError,
    LockTimeoutError,
    NothingToCommitError,
    Store,
)


def test_all_documents_change_in_one_commit(store, root):
    """Written, edited, updated, created and deleted: one commit, and the files follow."""
    for name in ("written", "edited", "updated", "deleted"):
        store.write(name, {"n": 1})
    begin = store.commit("begin")
    with store.transaction("all", meta={"why": 1}) as tx:
        tx.write("written", {"n": 2})
        with tx.edit("edited") as edited:
            edited["n"] = 2
        assert tx.update("updated", lambda old: {"n": old["n"] + 1}) == {"n": 2}
        tx.create("new/one", {"n": 2})
        tx.delete("deleted")
        assert store.at("HEAD").commit == begin
        assert tx.commit is None
    assert tx.commit is not None
    assert tx.commit == store.at("HEAD").commit
    assert (tx.commit.parents, tx.commit.message, tx.commit.meta) == ((begin.id,), "all", {"why": 1})
    expected = {name: {"n": 2} for name in ("written", "edited", "updated", "new/one")}
    assert dict(store.at("HEAD")) == expected
    assert {name: store.read(name) for name in store.names()} == expected
    assert (root / "new" / "one.json").read_text() == '{\n  "n": 2\n}\n'
    assert store.status().clean
    assert store.verify().ok


def test_a_block_that_raises_changes_nothing(store):
    """Neither the history nor a file; and its locks are free."""
    store.write("web", 1)
    begin = store.commit("begin")
    with pytest.raises(ZeroDivisionError), store.transaction("no") as tx:  # noqa: PT012 - its end is what raises
        tx.write("web", 2)
        tx.write("new", 2)
        tx.read("web")
        _ = 1 / 0
    assert store.log() == [begin]
    assert (store.read("web"), store.names()) == (1, ["web"])
    with store.transaction("yes") as tx:
        tx.write("web", 3)
    assert store.read("web") == 3


def test_it_reads_its_own_writes(store):
    """And what the branch holds for the rest; the store's readers see none of it yet."""
    store.write("web", 1)
    store.write("gone", 1)
    store.commit("begin")
    with store.transaction("all") as tx:
        tx.write("web", 2)
        tx.delete("gone")
        tx.write("new", 3)
        assert (tx.read("web"), tx.read("new"), tx.read("new", float)) == (2, 3, 3.0)
        assert [tx.exists(name) for name in ("web", "gone", "new", "never")] == [True, False, True, False]
        with pytest.raises(DocumentNotFoundError):
            tx.read("gone")
        with pytest.raises(DocumentNotFoundError):
            tx.read("never")
        assert (store.read("web"), store.exists("new"), store.read("gone")) == (1, False, 1)
        tx.write("gone", 4)
        assert tx.read("gone") == 4


def test_each_read_gives_a_value_of_its_own(store):
    """Changing what was read, or what was written, changes nothing in the transaction."""
    store.write("web", {"ports": [1]})
    store.commit("begin")
    value = {"ports": [9]}
    with store.transaction("all") as tx:
        tx.read("web")["ports"].append(2)
        assert tx.read("web") == {"ports": [1]}
        tx.write("new", value)
        value["ports"].append(8)
        tx.read("new")["ports"].append(7)
    assert dict(store.at("HEAD")) == {"web": {"ports": [1]}, "new": {"ports": [9]}}


def test_creating_and_deleting_ask_what_is_there(store):
    """In the branch, or as the transaction leaves it."""
    store.write("web", 1)
    store.commit("begin")
    with store.transaction("all") as tx:
        with pytest.raises(DocumentExistsError):
            tx.create("web", 2)
        with pytest.raises(DocumentNotFoundError):
            tx.delete("never")
        tx.delete("web")
        with pytest.raises(DocumentNotFoundError):
            tx.delete("web")
        tx.create("web", 3)
        with pytest.raises(DocumentExistsError):
            tx.create("web", 4)
    assert store.at("HEAD")["web"] == 3


def test_an_edit_whose_inner_block_raises_is_not_written(store):
    """The transaction may catch that and go on with the rest."""
    store.write("web", {"n": 1})
    store.commit("begin")
    with store.transaction("all") as tx:
        tx.write("other", 1)
        with pytest.raises(ZeroDivisionError), tx.edit("web") as web:  # noqa: PT012 - its end is what raises
            web["n"] = 2
            _ = 1 / 0
    assert dict(store.at("HEAD")) == {"web": {"n": 1}, "other": 1}


@pytest.mark.parametrize("worktree", [True, False])
def test_a_transaction_that_changes_nothing_is_refused(store, worktree):
    """Nothing written, the same written again, and a document that came and went."""
    store.write("web", {"n": 1})
    begin = store.commit("begin")
    with pytest.raises(NothingToCommitError), store.transaction("no", worktree=worktree):
        pass
    with pytest.raises(NothingToCommitError), store.transaction("no", worktree=worktree) as tx:  # noqa: PT012 - its end is what raises
        tx.write("web", {"n": 1.0})
        tx.write("new", 1)
        tx.delete("new")
    assert store.log() == [begin]
    assert store.status().clean


def test_working_files_can_be_left_alone(store, root, put):
    """`worktree=False` commits without looking at the files, edited ones too."""
    path = put("web", '{"n": 1}')
    store.commit("begin")
    put("web", '{"edited": true}')
    put("broken", "{")
    with store.transaction("quietly", worktree=False) as tx:
        assert tx.read("web") == {"n": 1}
        tx.write("web", {"n": 2})
        tx.write("new", 1)
        tx.write("broken", 1)
    assert dict(store.at("HEAD")) == {"web": {"n": 2}, "new": 1, "broken": 1}
    assert path.read_text() == '{"edited": true}'
    assert not (root / "new.json").exists()
    assert (root / "broken.json").read_text() == "{"


@pytest.mark.parametrize("worktree", [True, False])
def test_another_branch_is_committed_to_without_the_files(store, branch_at, worktree):
    """The files are those of the branch that is checked out; its head stays."""
    store.write("web", 1)
    begin = store.commit("begin")
    branch_at("team/draft", begin)
    store.write("web", "edited")
    with store.transaction("there", branch="team/draft", worktree=worktree) as tx:
        assert tx.read("web") == 1
        tx.write("web", 2)
        tx.write("new", 2)
    assert store.at("main").commit == begin
    assert dict(store.at("team/draft")) == {"web": 2, "new": 2}
    assert store.at("team/draft~1").commit == begin
    assert store.read("web") == "edited"
    assert store.names() == ["web"]
    assert store.verify().heads == 2


def test_a_branch_that_is_not_there_is_told(store):
    """Nothing is made by a typing error; the branch that is checked out is there before its first commit."""
    with pytest.raises(BranchNotFoundError) as raised:
        store.transaction("no", branch="nowhere")
    assert raised.value.branch == "nowhere"
    for name in ("HEAD", "a..b", "f" * 64, "../x", ""):
        with pytest.raises(InvalidNameError):
            store.transaction("no", branch=name)
    with store.transaction("begin", branch="main") as tx:
        tx.write("web", 1)
    assert store.read("web") == 1


def test_what_it_read_stays_locked(store, root):
    """Another program can neither write it nor commit it from a transaction, until the block ends."""
    store.write("web", 1)
    store.write("other", 1)
    store.commit("begin")
    with Store.open(root, author="Bob", lock_timeout_s=0.05) as other, store.transaction("count") as tx:
        value = tx.read("web")
        with pytest.raises(LockTimeoutError):
            other.write("web", 9)
        for worktree in (True, False):
            with pytest.raises(LockTimeoutError), other.transaction("no", worktree=worktree) as theirs:
                theirs.write("web", 9)
        with other.transaction("yes") as theirs:
            theirs.write("other", 2)
        tx.write("web", value + 1)
    assert dict(store.at("HEAD")) == {"web": 2, "other": 2}


def test_what_was_read_and_moved_all_the_same_is_told(store, root):
    """A program that does not keep to the locks moved the head: nothing is computed from an old value."""
    store.write("web", 1)
    store.commit("begin")
    with pytest.raises(DocumentChangedError) as raised, store.transaction("count", worktree=False) as tx:  # noqa: PT012 - its end is what raises
        value = tx.read("web")
        (lock,) = tx._seen
        store._parts.locks.release(lock)
        with Store.open(root, author="Bob") as other, other.transaction("first", worktree=False) as theirs:
            theirs.write("web", 5)
        store._parts.locks.acquire(lock)
        tx.write("web", value + 1)
    assert raised.value.name == "web"
    assert store.at("HEAD")["web"] == 5


def test_no_increment_is_lost_between_threads(root):
    """Each reads, adds and writes: with and without working files."""
    Store.init(root, author="Ada").close()
    for worktree in (True, False):
        with Store.open(root, author="Ada", durability="os") as store:
            with store.transaction("begin") as tx:
                tx.write("count", 0)

            def work(store=store, worktree=worktree):
                for _ in range(5):
                    with store.transaction("one more", worktree=worktree) as tx:
                        tx.update("count", lambda old: old + 1)

            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert store.at("HEAD")["count"] == 20
            if not worktree:
                assert len(store.log()) == 42
            (root / "count.json").write_text(json.dumps(store.at("HEAD")["count"]))


def test_first_writes_of_many_programs_are_all_kept(root):
    """Blind writes of different documents at once: none is refused, none is lost."""
    Store.init(root, author="Ada").close()

    def work(number):
        with Store.open(root, author="Ada", durability="os") as store:
            for step in range(5):
                with store.transaction("mine", worktree=step % 2 == 0) as tx:
                    tx.write(f"doc{number}-{step}", step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store.open(root) as store:
        assert len(store.at("HEAD")) == len(store.log()) == 20
        assert store.verify().ok
