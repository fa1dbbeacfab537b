"""Reverting and cherry-picking: three-way merges whose base is a commit's own parent."""

import pytest

from muniment import (
    ABSENT,
    Commit,
    Conflicted,
    DirtyDocumentError,
    DivergedError,
    InvalidValueError,
    Merged,
    MergeInProgressError,
    NothingToCommitError,
    RevisionNotFoundError,
    Store,
    UpToDate,
)

ADA = "Ada <ada@example.org>"


@pytest.fixture
def three(store):
    """Three commits in a row: each changes a place of its own, the second a document more; gives them."""
    made: list[Commit] = []
    for value in ({"x": 0, "y": 0, "z": 0}, {"x": 0, "y": 1, "z": 0}, {"x": 0, "y": 1, "z": 2}):
        store.write("a", value)
        if value["y"] and not store.exists("b"):
            store.write("b", 1)
        made.append(store.commit(f"commit {len(made)}"))
    return made


def working(store):
    """Give the working documents."""
    return {name: store.read(name) for name in store.names()}


def test_reverting_takes_one_commit_back_and_leaves_later_changes(store, three):
    """As a new commit that says of which; the files follow."""
    result = store.revert(three[1].id)
    assert isinstance(result, Merged)
    assert dict(store.at("HEAD")) == working(store) == {"a": {"x": 0, "y": 0, "z": 2}}
    assert result.commit.parents == (three[2].id,)
    assert result.commit.message == "revert: commit 1"
    assert result.commit.meta == {"revert": three[1].id}
    assert store.status().clean
    assert store.operations()[0].verb == "revert"


def test_a_revert_is_reverted(store, three):
    """What it took back is there again."""
    store.revert(three[1].id)
    store.revert("HEAD", message="it was right")
    assert working(store) == {"a": {"x": 0, "y": 1, "z": 2}, "b": 1}
    assert store.at("HEAD").commit.message == "it was right"


def test_nothing_is_left_of_a_commit_that_was_reverted(store, three):
    """The same again is up to date; so is picking what is there."""
    store.revert(three[1].id)
    count = len(store.operations())
    assert store.revert(three[1].id) == UpToDate()
    assert store.revert(three[1].id, dry_run=True) == UpToDate()
    assert store.cherry_pick(three[2].id) == UpToDate()
    assert len(store.operations()) == count


def test_the_first_commit_is_reverted_to_nothing(store):
    """It was made out of nothing; what was changed since is in conflict."""
    store.write("a", 1)
    store.write("b", 1)
    first = store.commit("first")
    assert isinstance(store.revert(first.id, dry_run=True), Merged)
    store.write("b", 2)
    store.commit("second")
    result = store.revert(first.id)
    assert isinstance(result, Conflicted)
    assert [(one.name, one.base, one.ours, one.theirs, one.kind) for one in result.conflicts] == [
        ("b", 1, 2, ABSENT, "modify-delete")
    ]
    store.resolve(result.conflicts[0], "theirs")
    store.merge_continue()
    assert working(store) == dict(store.at("HEAD")) == {}


def test_conflicts_of_a_revert_wait_as_those_of_a_merge(root, store, three):
    """Over a restart, with the message of the revert."""
    store.write("a", {"x": 0, "y": 7, "z": 2})
    last = store.commit("again")
    result = store.revert(three[1].id)
    assert isinstance(result, Conflicted)
    assert [(one.pointer, one.base, one.ours, one.theirs) for one in result.conflicts] == [("/y", 1, 7, 0)]
    store.close()
    with Store.open(root, author=ADA) as again:
        with pytest.raises(MergeInProgressError) as raised:
            again.commit("no")
        assert raised.value.verb == "revert"
        again.resolve(again.conflicts()[0], "theirs")
        commit = again.merge_continue()
        assert commit.parents == (last.id,)
        assert (commit.message, commit.author) == ("revert: commit 1", ADA)
        assert commit.meta == {"revert": three[1].id}
        assert working(again) == {"a": {"x": 0, "y": 0, "z": 2}}


def test_a_revert_of_which_nothing_is_left_is_aborted(store, three):
    """Every conflict settled by ours, and nothing else changed: there is nothing to commit."""
    store.write("a", {"x": 0, "y": 7, "z": 2})
    store.delete("b")
    store.commit("again")
    result = store.revert(three[1].id)
    assert isinstance(result, Conflicted)
    store.resolve(result.conflicts[0], "ours")
    with pytest.raises(NothingToCommitError):
        store.merge_continue()
    store.merge_abort()
    assert store.status().clean


@pytest.mark.parametrize(("prefer", "expected"), [("ours", 7), ("theirs", 0)])
def test_a_preferred_side_settles_a_revert(store, three, prefer, expected):
    """Ours is what is there, theirs what was there before the commit."""
    store.write("a", {"x": 0, "y": 7, "z": 2})
    store.commit("again")
    assert isinstance(store.revert(three[1].id, prefer=prefer), Merged)
    assert working(store) == {"a": {"x": 0, "y": expected, "z": 2}}


def test_picking_makes_the_change_of_a_commit_again(store, fork):
    """Its change against its parent, and nothing else of its branch; with its message."""
    fork({"a": {"x": 0, "y": 0}}, {"b": 1}, {"a": {"x": 2, "y": 0}})
    with store.transaction("wanted", branch="side", worktree=False) as change:
        change.write("a", {"x": 2, "y": 2})
    before = store.at("HEAD").commit
    result = store.cherry_pick("side")
    assert isinstance(result, Merged)
    assert working(store) == dict(store.at("HEAD")) == {"a": {"x": 0, "y": 2}, "b": 1}
    assert (result.commit.message, result.commit.parents) == ("wanted", (before.id,))
    assert result.commit.meta == {"cherry-pick": change.commit.id}


def test_the_first_commit_of_another_history_is_picked(store, fork):
    """It was made out of nothing: its documents are added."""
    base, _, _ = fork({"a": 0}, {"a": ABSENT}, {"b": 2})
    assert isinstance(store.cherry_pick(base.id), Merged)
    assert working(store) == {"a": 0}


def test_a_merge_is_taken_back_against_one_of_its_parents(store, fork):
    """By default the first: what was merged in is gone; against the second, what was there before it."""
    fork({"a": 0}, {"ours": 1}, {"theirs": 2})
    store.merge("side")
    first = store.revert("HEAD", dry_run=True)
    second = store.revert("HEAD", parent=2, dry_run=True)
    assert isinstance(first, Merged)
    assert isinstance(second, Merged)
    store.branches.create("merged")
    store.revert("HEAD")
    assert working(store) == {"a": 0, "ours": 1}
    store.cherry_pick("merged")
    assert working(store) == {"a": 0, "ours": 1, "theirs": 2}
    store.revert("merged", parent=2)
    assert working(store) == {"a": 0, "theirs": 2}


@pytest.mark.parametrize("parent", [0, 2, -1, "1", None, 1.5])
def test_a_parent_that_the_commit_does_not_have(store, three, parent):
    """Or that is no number: nothing is changed."""
    for verb in (store.revert, store.cherry_pick):
        with pytest.raises(InvalidValueError):
            verb("HEAD", parent=parent)
    with pytest.raises(InvalidValueError):
        store.revert(three[0].id, parent=2)
    assert store.at("HEAD").commit == three[2]


def test_before_the_first_commit_there_is_nothing_to_revert(store):
    """The head means no commit."""
    for verb in (store.revert, store.cherry_pick):
        with pytest.raises(RevisionNotFoundError):
            verb("HEAD")


def test_a_dirty_file_is_refused(store, three):
    """One that would be replaced; others do not matter."""
    store.write("b", "edited")
    with pytest.raises(DirtyDocumentError):
        store.revert(three[1].id)
    assert isinstance(store.revert(three[2].id), Merged)
    assert store.read("b") == "edited"


def test_a_diverged_branch_that_needs_a_decision_is_refused(store, diverge):
    """Until it is reconciled."""
    one, _ = diverge({"a": 0}, {"a": 1}, {"a": 2})
    for dry_run in (True, False):
        with pytest.raises(DivergedError):
            store.revert(one.id, dry_run=dry_run)


def test_a_commit_without_a_message_is_named_by_its_id(store):
    """What is taken back is told all the same."""
    store.write("a", 1)
    commit = store.commit("")
    result = store.revert("HEAD")
    assert isinstance(result, Merged)
    assert result.commit.message == f"revert {commit.id[:12]}"
