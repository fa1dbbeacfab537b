"""`store.tags`: names given to commits once and for all, as revisions, in histories and to `verify`."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment import (
    AmbiguousRevisionError,
    InvalidNameError,
    InvalidValueError,
    MissingAuthorError,
    ObjectNotFoundError,
    RevisionNotFoundError,
    Store,
    TagExistsError,
    TagNotFoundError,
)
from muniment.files.layout import Layout


@pytest.fixture
def begun(store):
    """Three commits: `web` changes in the first and the third, `api` comes in the second."""
    store.write("web", 1)
    store.commit("one")
    store.write("api", 1)
    store.commit("two")
    store.write("web", 2)
    store.commit("three")
    return store


def operations(store):
    """The log of operations, oldest first."""
    text = Path(Layout(store.path).operations).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def codes(store):
    """What `verify` found, each as its code."""
    return [finding.code for finding in store.verify().findings]


def tags_of(store, name, *revision):
    """The tags of each version of a document, newest first."""
    return [version.tags for version in store.history(name, *revision)]


def test_a_tag_says_what_it_names_and_who_and_when_and_why(begun):
    """What `create` gives, `show` and `list` give too, also to a program that comes later."""
    before = datetime.now(UTC)
    tag = begun.tags.create("v1", "HEAD~1", "as delivered", author="Bo <bo@example.org>")
    assert (tag.name, tag.target) == ("v1", begun.log()[1].id)
    assert (tag.author, tag.message) == ("Bo <bo@example.org>", "as delivered")
    assert before <= tag.time <= datetime.now(UTC)
    assert tag.time.utcoffset() == timedelta(0)
    with Store.open(begun.path) as other:
        assert other.tags.show("v1") == tag
        assert other.tags.list() == (tag,)


def test_tags_are_listed_by_name(begun):
    """In ascending order, whenever they were made."""
    for name in ("v2", "release/1", "v1"):
        begun.tags.create(name)
    assert [tag.name for tag in begun.tags.list()] == ["release/1", "v1", "v2"]


def test_a_tag_is_made_once(begun):
    """A second one of that name is refused, also for the same commit; the first stays."""
    first = begun.tags.create("v1", "HEAD~1")
    for revision in ("HEAD", "HEAD~1"):
        with pytest.raises(TagExistsError) as caught:
            begun.tags.create("v1", revision)
        assert caught.value.tag == "v1"
    assert begun.tags.list() == (first,)


@pytest.mark.parametrize("name", ["V1", "Team", "TEAM/red", "team/Red"])
def test_names_must_differ_by_more_than_case(begun, name):
    """Some systems would take the two for one."""
    begun.tags.create("v1")
    begun.tags.create("team/red")
    with pytest.raises(InvalidNameError, match="case") as caught:
        begun.tags.create(name)
    assert caught.value.kind == "tag"
    assert [tag.name for tag in begun.tags.list()] == ["team/red", "v1"]


@pytest.mark.parametrize("name", ["main", "Main", "feature"])
def test_a_tag_is_not_called_like_a_branch(begun, branch_at, name):
    """Nobody could tell which is meant; case makes no difference, nor whether it is checked out."""
    branch_at("feature", begun.log()[0])
    with pytest.raises(InvalidNameError, match="branch") as caught:
        begun.tags.create(name)
    assert caught.value.kind == "tag"


@pytest.mark.parametrize("name", ["", "v~1", "HEAD", "a b", "1" * 64, "../v", "con", None, 1])
def test_what_no_tag_can_be_called_is_refused(begun, name):
    """The rules are those of branches, and it is a tag's name that is refused."""
    for verb in (begun.tags.create, begun.tags.show, begun.tags.delete):
        with pytest.raises(InvalidNameError) as caught:
            verb(name)
        assert caught.value.kind == "tag"


def test_what_cannot_be_tagged_is_refused(begun, root):
    """No such commit, no text for a message, nobody who does it: and no tag is there."""
    with pytest.raises(RevisionNotFoundError):
        begun.tags.create("v1", "nowhere")
    with pytest.raises(InvalidValueError):
        begun.tags.create("v1", message=1)
    with pytest.raises(InvalidValueError):
        begun.tags.create("v1", message="\ud800")
    with Store.open(root) as nobody, pytest.raises(MissingAuthorError):
        nobody.tags.create("v1")
    assert begun.tags.list() == ()


def test_an_empty_store_has_nothing_to_tag(store):
    """There is no commit to name."""
    with pytest.raises(RevisionNotFoundError):
        store.tags.create("v1")


def test_a_tag_is_deleted_by_name(begun, root):
    """Its name is free again, its commit is still there; a second time there is none."""
    begun.tags.create("v1", "HEAD~2")
    begun.tags.delete("v1")
    assert begun.tags.list() == ()
    for verb in (begun.tags.show, begun.tags.delete):
        with pytest.raises(TagNotFoundError) as caught:
            verb("v1")
        assert caught.value.tag == "v1"
    with pytest.raises(RevisionNotFoundError):
        begun.at("v1")
    assert begun.tags.create("v1").target == begun.log()[0].id
    with Store.open(root) as nobody, pytest.raises(MissingAuthorError):
        nobody.tags.delete("v1")


def test_operations_tell_of_tags(begun):
    """Making and deleting are lines of the log, which move no head."""
    tag = begun.tags.create("v1", message="why")
    begun.tags.delete("v1", author="Bo")
    made, deleted = operations(begun)[-2:]
    assert (made["verb"], made["author"], made["message"]) == ("tag", "Ada <ada@example.org>", "why")
    assert (made["heads"], made["tags"]) == ([], [["v1", None, tag.id]])
    assert (deleted["verb"], deleted["author"]) == ("tag-delete", "Bo")
    assert (deleted["heads"], deleted["tags"]) == ([], [["v1", tag.id, None]])


def test_a_tag_is_a_revision(begun):
    """It means its commit, and steps go on from there."""
    begun.tags.create("v1")
    begun.tags.create("release/1", "v1~2")
    one, two, three = reversed(begun.log())
    assert begun.at("v1").commit == three
    assert begun.at("v1^").commit == two
    assert begun.at("v1~2").commit == begun.at("release/1").commit == one
    assert begun.at(f"v1@{{{two.time.isoformat()}}}").commit == two
    assert [commit.message for commit in begun.log("v1~1")] == ["two", "one"]


def test_a_branch_comes_before_a_tag_and_a_tag_before_an_id(begun, branch_at):
    """A host merge may bring a branch of that name later; and a tag may look like the beginning of an id."""
    one, two, three = reversed(begun.log())
    begun.tags.create("v1", one.id)
    branch_at("v1", two)
    assert begun.at("v1").commit == two
    begun.tags.create(three.id[:8], one.id)
    assert begun.at(three.id[:8]).commit == one


def two_of_one_name(begun, root, *revisions):
    """Let two copies of a store make a tag `v1`, and the host repository merge them; give both tags."""
    other = root.parent / "other"
    shutil.copytree(root, other)
    with Store.open(other, author="Bo <bo@example.org>") as second:
        theirs = second.tags.create("v1", revisions[1])
    ours = begun.tags.create("v1", revisions[0])
    for folder in ("objects", "refs"):
        shutil.copytree(other / ".muniment" / folder, root / ".muniment" / folder, dirs_exist_ok=True)
    return sorted([ours, theirs], key=lambda tag: tag.id)


def test_two_tags_of_one_name_are_both_told(begun, root):
    """After a merge of the host nobody chooses one in silence; deleting takes both."""
    both = two_of_one_name(begun, root, "HEAD", "HEAD~1")
    assert begun.tags.list() == tuple(both)
    with pytest.raises(AmbiguousRevisionError) as caught:
        begun.tags.show("v1")
    assert caught.value.candidates == tuple(tag.id for tag in both)
    with pytest.raises(AmbiguousRevisionError) as caught:
        begun.at("v1~1")
    assert caught.value.candidates == tuple(sorted(tag.target for tag in both))
    assert codes(begun) == []
    begun.tags.delete("v1")
    assert begun.tags.list() == ()


def test_two_tags_of_one_commit_mean_that_commit(begun, root):
    """As a revision there is nothing to choose."""
    two_of_one_name(begun, root, "HEAD~1", "HEAD~1")
    assert begun.at("v1").commit.message == "two"


def test_a_history_tells_which_tags_hold_a_version(begun):
    """A tag holds the version that its commit has, whichever commit made it so."""
    begun.tags.create("first", "HEAD~2")
    begun.tags.create("later", "HEAD~1")
    begun.tags.create("now")
    assert tags_of(begun, "web") == [("now",), ("first", "later")]
    assert tags_of(begun, "api") == [("later", "now")]
    assert tags_of(begun, "web", "HEAD~2") == [("first", "later")]


def test_a_tag_holds_no_version_that_came_and_went(begun):
    """The same content made again is another version; a deleted one is held by nobody."""
    for value in (1, 3):
        begun.write("web", value)
        begun.commit(str(value))
    begun.delete("web")
    begun.commit("gone")
    begun.tags.create("one", "HEAD~2")
    begun.tags.create("gone")
    assert tags_of(begun, "web") == [(), (), ("one",), (), ()]


def test_tags_hold_versions_through_merges_and_on_other_branches(store, branch_at):
    """A tag follows the side of a merge that the document came from."""
    from muniment.history.tree import EMPTY_TREE
    from muniment.storage.objects import LocalObjects
    from muniment.values import canonical
    from muniment.values.objects import encode_commit

    store.write("web", 1)
    store.write("api", 1)
    base = store.commit("base")
    branch_at("side", base)
    with store.transaction("left", worktree=False) as left:
        left.write("web", 2)
    with store.transaction("right", worktree=False, branch="side") as right:
        right.write("api", 2)
    assert left.commit.tree != EMPTY_TREE
    data = encode_commit(
        tree=left.commit.tree,
        parents=(right.commit.id, left.commit.id),
        author="Ada",
        time=datetime.now(UTC),
        message="merge, ours",
        generation=3,
        meta={},
    )
    LocalObjects(Layout(store.path)).put(canonical.digest(data), data)
    store.tags.create("merged", canonical.digest(data))
    assert tags_of(store, "web", left.commit.id) == [("merged",), ()]
    assert tags_of(store, "web", "side") == [()]
    assert tags_of(store, "api", "side") == [(), ("merged",)]
    assert tags_of(store, "api", canonical.digest(data)) == [(), ("merged",)]


def test_a_damaged_tag_keeps_no_history_back(begun):
    """It is told by `verify` and where it is asked for; what the others hold is told all the same."""
    begun.tags.create("good")
    bad = begun.tags.create("bad")
    Path(Layout(begun.path).object(bad.id)).unlink()
    with Store.open(begun.path) as other:
        assert tags_of(other, "web") == [("good",), ()]
        for ask in (lambda: other.tags.show("bad"), other.tags.list, lambda: other.at("bad")):
            with pytest.raises(ObjectNotFoundError):
                ask()
        assert other.tags.show("good").name == "good"


def test_sound_tags_are_found_sound(begun):
    """What only a tag leads to is reached."""
    begun.tags.create("v1")
    begun.tags.create("v2", "HEAD~1")
    report = begun.verify()
    assert (report.findings, report.leftovers) == ((), 0)


def test_a_tag_without_its_object_is_found(begun):
    """The file is named, and that its object is missing stands beside it."""
    tag = begun.tags.create("v1")
    Path(Layout(begun.path).object(tag.id)).unlink()
    assert codes(begun) == ["object-missing", "tag-invalid"]
    assert begun.verify().findings[1].path == Layout(begun.path).tag_file("v1", tag.id)


def test_a_tag_that_names_a_commit_is_found(begun):
    """A commit is no tag object."""
    layout = Layout(begun.path)
    folder = Path(layout.tag("v1"))
    folder.mkdir(parents=True)
    (folder / begun.log()[0].id).touch()
    assert codes(begun) == ["object-malformed", "tag-invalid"]


def test_a_tag_under_another_name_is_found(begun):
    """A renamed folder makes no tag, and is not read as one."""
    begun.tags.create("v1")
    layout = Layout(begun.path)
    Path(layout.tag("v1")).rename(layout.tag("v2"))
    (finding,) = begun.verify().findings
    assert (finding.code, "'v1'" in finding.detail) == ("tag-invalid", True)
    with pytest.raises(Exception, match="'v1'") as caught:
        begun.tags.show("v2")
    assert type(caught.value).__name__ == "MalformedError"


def test_a_tag_of_a_commit_that_is_gone_is_found(begun, branch_at):
    """Also where no branch leads to that commit any more."""
    with begun.transaction("side", worktree=False) as change:
        change.write("web", 9)
    tag = begun.tags.create("v1")
    layout = Layout(begun.path)
    Path(layout.head("main", change.commit.id)).rename(layout.head("main", change.commit.parents[0]))
    assert codes(begun) == []
    Path(layout.object(change.commit.id)).unlink()
    assert codes(begun) == ["object-missing", "tag-invalid"]
    assert begun.verify().findings[1].path == layout.tag_file("v1", tag.id)
