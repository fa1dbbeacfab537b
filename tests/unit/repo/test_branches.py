"""Branches: lines of history with a name."""

import json
from datetime import UTC, datetime

import pytest

from muniment import (
    InvalidNameError,
    MalformedError,
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


def lost_heads(root):
    """Delete all heads, as who deletes the wrong folder."""
    for path in sorted((root / ".muniment" / "refs" / "heads").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_new_store_has_the_branch_that_is_checked_out(store):
    """It is listed before its first commit, and tells that it has none."""
    (main,) = store.branches.list()
    assert (main.name, main.head, main.heads, main.description, main.is_checked_out) == ("main", None, (), "", True)
    info = store.branches.info("main")
    assert (info.ahead, info.behind, info.author, info.time) == (0, 0, None, None)


def test_a_branch_begins_where_it_is_told(begun):
    """At the head, or at any revision; what is checked out stays."""
    head, first = begun.at("HEAD").commit, begun.at("HEAD~1").commit
    side = begun.branches.create("side", description="to try things")
    old = begun.branches.create("old/one", "HEAD~1")
    assert (side.name, side.head, side.heads, side.is_checked_out) == ("side", head.id, (head.id,), False)
    assert (side.description, old.description) == ("to try things", "")
    assert old.head == first.id
    assert begun.branches.list() == (begun.branches.info("main").branch, old, side)
    assert begun.status().branch == "main"
    assert begun.at("old/one").commit == first
    assert begun.verify().ok


@pytest.mark.parametrize("author", [None, "Bob"])
def test_what_was_done_is_an_operation(begun, root, author):
    """The operation log tells verb, author and the heads that moved; verbs without a commit need no author."""
    with Store.open(root) as store:
        head = store.at("HEAD").commit.id
        store.branches.create("side", author=author)
        store.branches.rename("side", "other", author=author)
        store.branches.delete("other", author=author)
    made, renamed, deleted = operations(root)[2:]
    assert (made["verb"], made["heads"]) == ("branch", [["side", None, head]])
    assert (renamed["verb"], renamed["heads"]) == ("branch-rename", [["side", head, None], ["other", None, head]])
    assert (deleted["verb"], deleted["heads"]) == ("branch-delete", [["other", head, None]])
    assert {line["author"] for line in (made, renamed, deleted)} == {author or ""}
    assert [line["message"] for line in (made, renamed, deleted)] == [
        "make side", "rename side to other", "delete other",
    ]  # fmt: skip


def test_info_counts_what_each_side_alone_has(begun):
    """Against the branch that is checked out, or another."""
    begun.branches.create("old", "HEAD~1")
    begun.branches.switch("old")
    last = begun.commit("empty", allow_empty=True, author="Bob")
    begun.commit("one more", allow_empty=True, author="Cy")
    ahead = begun.branches.info("old", "main")
    assert (ahead.against, ahead.ahead, ahead.behind) == ("main", 2, 1)
    assert ahead.branch == begun.branches.list()[1]
    assert (ahead.author, ahead.time) == ("Cy", begun.at("old").commit.time)
    behind = begun.branches.info("main")
    assert (behind.against, behind.ahead, behind.behind, behind.author) == ("old", 1, 2, "Author 2")
    begun.branches.create("last", last.id)
    assert (begun.branches.info("last").ahead, begun.branches.info("last").behind) == (0, 1)
    assert (begun.branches.info("old").ahead, begun.branches.info("old").behind) == (0, 0)


def test_info_beside_a_branch_without_commits_counts_all(begun, root):
    """In a copy of the store whose own branch nobody committed to yet."""
    begun.close()
    check_out_fresh(root)
    with Store.open(root) as store:
        info = store.branches.info("main")
        assert (info.against, info.ahead, info.behind) == ("fresh", 2, 0)
        info = store.branches.info("fresh", "main")
        assert (info.ahead, info.behind, info.author) == (0, 2, None)


def test_a_deleted_branch_is_gone_and_its_commits_are_not(begun):
    """It can be made anew from the id of its head, described by nothing or by something else."""
    side = begun.branches.create("side", description="to try things")
    begun.branches.switch("side")
    head = begun.commit("here alone", allow_empty=True).id
    begun.branches.switch("main")
    begun.branches.delete("side")
    assert names(begun) == ["main"]
    with pytest.raises(RevisionNotFoundError):
        begun.at("side")
    again = begun.branches.create("side", head)
    assert (again.head, again.description) == (head, "")
    assert side.head != head
    begun.branches.delete("side")
    assert begun.branches.create("side", head, "to try more").description == "to try more"
    assert begun.verify().ok


def test_a_renamed_branch_keeps_head_and_description(begun):
    """The old name is free again, and means nothing."""
    side = begun.branches.create("side", "HEAD~1", "to try things")
    found = begun.branches.rename("side", "folder/other")
    assert (found.name, found.head, found.description) == ("folder/other", side.head, "to try things")
    assert names(begun) == ["folder/other", "main"]
    assert begun.branches.create("side").description == ""
    assert begun.branches.info("folder/other").branch == found


def test_the_branch_that_is_checked_out_can_be_renamed(begun, put):
    """It stays checked out, its edits stay, and commits go to the new name."""
    put("web", '{"n": "edited"}')
    found = begun.branches.rename("main", "trunk")
    assert found.is_checked_out
    assert begun.status().branch == "trunk"
    assert begun.status().changed == ("web",)
    begun.commit("on trunk")
    assert names(begun) == ["trunk"]
    assert [commit.message for commit in begun.log()] == ["on trunk", "commit 2", "commit 1"]


def test_a_branch_without_commits_can_be_renamed(store, root):
    """Only what is checked out changes; the first commit goes there."""
    found = store.branches.rename("main", "trunk")
    assert (found.name, found.head, found.is_checked_out) == ("trunk", None, True)
    assert names(store) == ["trunk"]
    store.write("web", 1)
    store.commit("first")
    assert names(store) == ["trunk"]
    lost_heads(root)
    with pytest.raises(MalformedError, match="bring refs back"):
        store.branches.list()


def test_the_last_branch_beside_one_without_commits_can_be_deleted(begun, root):
    """The store goes on as one without commits: nobody lost a head, they were deleted on purpose."""
    begun.close()
    check_out_fresh(root)
    with Store.open(root, author="Bob") as store:
        store.branches.delete("main")
        assert names(store) == ["fresh"]
        store.commit("anew")
        assert [commit.message for commit in store.log()] == ["anew"]
        lost_heads(root)
        with pytest.raises(MalformedError, match="bring refs back"):
            store.branches.list()


def test_a_name_cannot_change_its_case_alone(begun):
    """The new head is made before the old one goes, and some systems would take the two for one file."""
    begun.branches.create("Side")
    with pytest.raises(InvalidNameError):
        begun.branches.rename("Side", "side")
    assert names(begun) == ["Side", "main"]


def test_a_branch_with_heads_above_one_another_has_one_head(begun, branch_at):
    """The host's git may leave the older one there: the branch stands at the newer, and goes as a whole."""
    old, new = begun.at("HEAD~1").commit, begun.at("HEAD").commit
    branch_at("side", old)
    branch_at("side", new)
    assert begun.branches.info("side").branch.heads == (new.id,)
    assert begun.branches.rename("side", "other").heads == (new.id,)
    assert names(begun) == ["main", "other"]
    branch_at("other", old)
    begun.branches.delete("other")
    assert names(begun) == ["main"]


def test_names_of_one_spelling_may_share_a_folder(begun):
    """`side`, `side/one` and `side/one/two` are three branches."""
    for name in ("side/one", "side", "side/one/two"):
        begun.branches.create(name)
    begun.branches.delete("side/one")
    assert names(begun) == ["main", "side", "side/one/two"]
    assert begun.branches.rename("side/one/two", "SIDED").name == "SIDED"


def test_a_description_outlives_its_program(begun, root):
    """Whoever opens the store reads it; the newest counts, wherever the clock stood."""
    begun.branches.create("side", description="first")
    begun.branches.create("other", description="second")
    begun.branches.delete("side")
    begun.branches.rename("other", "side")
    begun.close()
    with Store.open(root) as store:
        assert store.branches.list()[1].description == "second"


def test_two_open_stores_see_each_others_branches(begun, root):
    """What one program remembers of heads never hides what another did."""
    with Store.open(root, author="Bob") as other:
        begun.branches.create("side")
        assert names(other) == ["main", "side"]
        other.branches.switch("side")
        commit = other.commit("by Bob", allow_empty=True)
        assert begun.status().branch == "side"
        assert begun.branches.info("side").branch.head == commit.id
        begun.branches.switch("main")
        begun.branches.delete("side")
        assert names(other) == ["main"]
        other.branches.create("side", "HEAD~1")
        assert begun.at("side").commit == begun.at("HEAD~1").commit


def test_info_tells_the_time_of_the_last_commit(begun, clock):
    """In UTC, as the commit has it."""
    clock.now = datetime(2030, 5, 6, 7, tzinfo=UTC)
    begun.commit("later", allow_empty=True)
    assert begun.branches.info("main").time == clock.now
