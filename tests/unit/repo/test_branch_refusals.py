"""What no verb on branches does: each refusal is told by its own error, and changes nothing."""

import json

import pytest

from muniment import (
    BranchExistsError,
    BranchInUseError,
    BranchNotFoundError,
    DivergedError,
    InvalidNameError,
    InvalidValueError,
    RevisionNotFoundError,
    Store,
)
from muniment.files.layout import Layout


@pytest.fixture
def begun(store):
    """Two commits on main."""
    for number in (1, 2):
        store.write("web", {"n": number})
        store.commit(f"commit {number}", author=f"Author {number}")
    return store


def names(store):
    """Name the branches there are."""
    return [branch.name for branch in store.branches.list()]


def operations(root):
    """Read the operation log."""
    with open(Layout(root).operations, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def check_out_fresh(root):
    """Check out a branch `fresh` that has no commits, as in a clone whose default branch nobody committed to."""
    with open(Layout(root).selected, "w", encoding="utf-8") as selected:
        selected.write("refs/heads/fresh\n")


@pytest.fixture
def diverged(begun, branch_at):
    """A branch `side` with two heads; gives their ids."""
    begun.branches.create("side", "HEAD~1")
    begun.branches.switch("side")
    commit = begun.commit("another", allow_empty=True)
    begun.branches.switch("main")
    branch_at("side", begun.at("main").commit)
    return tuple(sorted([commit.id, begun.at("main").commit.id]))


def test_a_diverged_branch_is_listed_with_its_heads(begun, diverged):
    """It has no head that is the one."""
    side = begun.branches.list()[1]
    assert (side.name, side.head, side.heads) == ("side", None, diverged)


def test_a_diverged_branch_is_refused_where_one_head_is_wanted(begun, diverged):
    """Renaming, comparing; nothing is changed."""
    for refused in (
        lambda: begun.branches.rename("side", "other"),
        lambda: begun.branches.info("side"),
        lambda: begun.branches.info("main", "side"),
        lambda: begun.branches.create("other", "side"),
    ):
        with pytest.raises(DivergedError) as raised:
            refused()
        assert sorted(raised.value.heads) == list(diverged)
    assert [(branch.name, branch.heads) for branch in begun.branches.list()][1:] == [("side", diverged)]
    assert begun.branches.list()[0].is_checked_out


def test_a_diverged_branch_can_be_deleted(begun, diverged):
    """All its heads go, and the commits stay."""
    begun.branches.delete("side")
    assert names(begun) == ["main"]
    assert begun.branches.create("side", diverged[0]).head == diverged[0]


@pytest.mark.parametrize("name", ["", "a b", "a..b", "HEAD", ".hidden", "a//b", "../a", "f" * 64, "x~1", "a@b", 7])
def test_names_that_can_name_no_branch(begun, root, name):
    """They are refused wherever a branch is named, and nothing is changed."""
    before = operations(root)
    verbs = begun.branches
    for refused in (
        lambda: verbs.create(name),
        lambda: verbs.rename("main", name),
        lambda: verbs.rename(name, "other"),
        lambda: verbs.delete(name),
        lambda: verbs.switch(name),
        lambda: verbs.info(name),
        lambda: verbs.info("main", name if name != "" else " "),
    ):
        with pytest.raises(InvalidNameError):
            refused()
    assert names(begun) == ["main"]
    assert operations(root) == before


def test_a_branch_that_is_there_is_not_made_again(begun, root):
    """Nor is another renamed to it, nor the one that is checked out before its first commit."""
    begun.branches.create("side", "HEAD~1", "kept")
    before = begun.branches.list()
    for refused in (
        lambda: begun.branches.create("side", description="lost"),
        lambda: begun.branches.rename("main", "side"),
        lambda: begun.branches.rename("side", "main"),
        lambda: begun.branches.rename("side", "side"),
    ):
        with pytest.raises(BranchExistsError):
            refused()
    assert begun.branches.list() == before
    begun.close()
    check_out_fresh(root)
    with Store.open(root) as store, pytest.raises(BranchExistsError) as raised:
        store.branches.create("fresh", "main")
    assert raised.value.branch == "fresh"


@pytest.mark.parametrize("name", ["SIDE/one", "side/One", "Main", "side/ONE/two", "SIDE", "Side/two", "SIDE/one/two"])
def test_names_that_differ_by_case_alone(begun, name):
    """Some systems take them, or the folders they lie in, for one; so nobody may make them."""
    begun.branches.create("side/one")
    begun.branches.create("other")
    with pytest.raises(InvalidNameError, match="case"):
        begun.branches.create(name)
    with pytest.raises(InvalidNameError, match="case"):
        begun.branches.rename("other", name)
    assert names(begun) == ["main", "other", "side/one"]


def test_what_is_checked_out_cannot_be_deleted(begun):
    """The working files would belong to no branch."""
    with pytest.raises(BranchInUseError) as raised:
        begun.branches.delete("main")
    assert raised.value.branch == "main"
    assert names(begun) == ["main"]


def test_a_branch_that_is_not_there(begun, root):
    """Each verb tells it, and changes nothing."""
    before = operations(root)
    verbs = begun.branches
    for refused in (
        lambda: verbs.info("side"),
        lambda: verbs.info("main", "side"),
        lambda: verbs.delete("side"),
        lambda: verbs.rename("side", "other"),
        lambda: verbs.switch("side"),
    ):
        with pytest.raises(BranchNotFoundError) as raised:
            refused()
        assert raised.value.branch == "side"
    assert operations(root) == before


def test_a_branch_needs_a_commit_to_begin_at(store, begun, root):
    """A revision that means none is refused, a description that is no text too; an author must be one line."""
    before = operations(root)
    with pytest.raises(RevisionNotFoundError):
        begun.branches.create("side", "HEAD~7")
    with pytest.raises(InvalidValueError):
        begun.branches.create("side", description=7)
    with pytest.raises(InvalidNameError):
        begun.branches.create("side", author="two\nlines")
    assert names(begun) == ["main"]
    assert operations(root) == before


def test_a_store_without_commits_has_nothing_to_begin_at(store):
    """HEAD means no commit yet."""
    with pytest.raises(RevisionNotFoundError):
        store.branches.create("side")
    assert names(store) == ["main"]
