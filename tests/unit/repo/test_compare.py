"""Which documents two revisions have, and have not, in common."""

import pytest

from muniment import Comparison, DivergedError, RevisionNotFoundError


@pytest.fixture
def begun(store):
    """A branch `side` that changed, made and deleted documents since it left `main`."""
    for name in ("web", "api", "gone", "a/gone", "same", "z/same"):
        store.write(name, {"n": 1})
    store.commit("one")
    store.branches.create("side")
    store.branches.switch("side")
    store.write("web", {"n": 2})
    store.write("api", [])
    store.write("new", None)
    store.write("a/new", None)
    store.delete("gone")
    store.delete("a/gone")
    store.commit("two")
    return store


def test_names_are_told_by_the_side_that_has_them(begun):
    """Each list in ascending order; what is the same is only counted."""
    assert begun.compare("main", "side") == Comparison(
        only_a=("a/gone", "gone"), only_b=("a/new", "new"), changed=("api", "web"), identical=2
    )


def test_the_other_way_round_the_sides_are_swapped(begun):
    """Nothing else differs."""
    assert begun.compare("HEAD", "HEAD~1") == Comparison(
        only_a=("a/new", "new"), only_b=("a/gone", "gone"), changed=("api", "web"), identical=2
    )


@pytest.mark.parametrize("revision", ["main", "side", "HEAD~1"])
def test_a_revision_is_the_same_as_itself(begun, revision):
    """By whatever it is named."""
    found = begun.compare(revision, begun.at(revision).commit.id)
    assert found == Comparison(only_a=(), only_b=(), changed=(), identical=6)


def test_everything_differs_from_nothing(begun):
    """A commit without documents, and one that has many."""
    for name in begun.names():
        begun.delete(name)
    begun.commit("none")
    assert begun.compare("main", "HEAD") == Comparison(
        only_a=("a/gone", "api", "gone", "same", "web", "z/same"), only_b=(), changed=(), identical=0
    )
    assert begun.compare("HEAD", "HEAD") == Comparison(only_a=(), only_b=(), changed=(), identical=0)


def test_a_thousand_documents(begun):
    """Over many nodes of a tree the counts agree with a plain comparison."""
    with begun.transaction("many", worktree=False) as change:
        for number in range(1000):
            change.write(f"many/{number}", number)
    with begun.transaction("other", worktree=False) as change:
        for number in range(0, 1000, 10):
            change.write(f"many/{number}", "other")
        change.delete("many/1")
        change.write("many/x", "new")
    found = begun.compare("HEAD~1", "HEAD")
    assert (found.only_a, found.only_b, len(found.changed), found.identical) == (("many/1",), ("many/x",), 100, 905)


def test_working_files_do_not_count(begun):
    """Revisions are compared, whatever was edited since."""
    before = begun.compare("main", "HEAD")
    begun.write("web", "edited")
    begun.delete("same")
    assert begun.compare("main", "HEAD") == before


def test_what_means_no_commit_is_refused(begun, branch_at):
    """On either side: no branch, not far enough, the working files, a diverged branch."""
    for wrong in ("nowhere", "HEAD~9", ":working", 7):
        for sides in ((wrong, "HEAD"), ("HEAD", wrong)):
            with pytest.raises(RevisionNotFoundError):
                begun.compare(*sides)
    one = begun.at("side").commit
    begun.branches.switch("main")
    begun.commit("three", allow_empty=True)
    branch_at("main", one)
    with pytest.raises(DivergedError):
        begun.compare("side", "main")
