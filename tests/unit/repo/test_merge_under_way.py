"""What a store tells of a merge that waits for its conflicts."""

import pytest

from muniment import DivergedError


@pytest.fixture
def sides(store):
    """A store whose branches `main`, which is checked out, and `side` disagree about document `a`."""
    store.write("a", 1)
    store.commit("the first")
    store.branches.create("side")
    with store.transaction("theirs", branch="side") as tx:
        tx.write("a", 3)
    store.write("a", 2)
    store.commit("ours")
    return store


def test_none_is_under_way(sides):
    """Before one begins, when it is aborted, and when it is continued."""
    assert sides.merge_under_way() is None
    sides.merge("side")
    sides.merge_abort()
    assert sides.merge_under_way() is None
    sides.merge("side")
    sides.resolve(sides.conflicts()[0], "ours")
    sides.merge_continue()
    assert sides.merge_under_way() is None


def test_a_merge_is_told(sides):
    """What began it, into which branch, of which commit, who and why; and what is still open, until nothing is."""
    sides.merge("side", message="both", author="Ben <ben@example.org>")
    found = sides.merge_under_way()
    assert (found.verb, found.branch, found.source) == ("merge", "main", sides.at("side").commit.id)
    assert (found.author, found.message) == ("Ben <ben@example.org>", "both")
    assert found.time.tzinfo is not None
    assert found.conflicts == sides.conflicts() != ()
    sides.resolve(sides.conflicts()[0], "ours")
    assert sides.merge_under_way().conflicts == ()


@pytest.mark.parametrize("verb", ["revert", "cherry-pick"])
def test_the_source_is_the_commit_that_is_taken_back_or_picked(sides, verb):
    """Though it is no parent of the commit to be made."""
    first = sides.at("HEAD~1").commit.id
    (sides.revert if verb == "revert" else sides.cherry_pick)(first)
    found = sides.merge_under_way()
    assert (found.verb, found.source) == (verb, first)


def test_status_compares_with_the_newest_head_while_heads_are_reconciled(sides, branch_at):
    """Before, it tells that the branch diverged; while the merge waits, its state can be seen."""
    ours, theirs = sides.at("main").commit, sides.at("side").commit
    branch_at("main", theirs)
    with pytest.raises(DivergedError):
        sides.status()
    sides.reconcile()
    found = sides.status()
    newest = max(ours, theirs, key=lambda commit: (commit.generation, commit.time))
    assert (found.head, found.conflicted) == (newest.id, ("a",))
    assert sides.merge_under_way().source == min(ours, theirs, key=lambda commit: (commit.generation, commit.time)).id
