"""Merging a branch into another: what comes of it, and what becomes of the working files."""

import pytest

from muniment import ABSENT, Conflicted, FastForward, LockTimeoutError, Merged, Store, UpToDate
from muniment.files.layout import Layout
from muniment.repo.merging import carrying_out
from muniment.storage.heads import FileHeads
from muniment.values.names import branch_name


def test_documents_that_one_side_changed_are_taken_from_it(store, fork):
    """Edits, new documents and deletions of both sides: all show, in history and in the working files."""
    _, ours, theirs = fork(
        {"both": {"x": 0, "y": 0}, "gone": 0, "mine": 0, "same": 0},
        {"both": {"x": 1, "y": 0}, "mine": 1, "new/ours": 1},
        {"both": {"x": 0, "y": 2}, "gone": ABSENT, "new/theirs": 2},
    )
    result = store.merge("side")
    assert isinstance(result, Merged)
    expected = {"both": {"x": 1, "y": 2}, "mine": 1, "same": 0, "new/ours": 1, "new/theirs": 2}
    assert dict(store.at("HEAD")) == {name: store.read(name) for name in store.names()} == expected
    assert store.status().clean
    assert result.commit == store.at("main").commit
    assert result.commit.parents == (ours.id, theirs.id)
    assert (result.commit.message, result.commit.author) == ("merge side into main", "Ada <ada@example.org>")
    assert result.commit.generation == 3
    assert store.branches.info("side").behind == 2
    assert store.verify().ok


def test_what_is_merged_already_is_up_to_date(store, fork):
    """An ancestor, the branch itself, and a branch that was merged: nothing happens."""
    base, _, _ = fork({"a": 0}, {"a": 1}, {"b": 2})
    store.merge("side")
    count = len(store.operations())
    for source in ("side", base.id, "HEAD", "main", "HEAD~1"):
        assert store.merge(source) == UpToDate()
    assert len(store.operations()) == count


def test_a_branch_with_nothing_of_its_own_is_forwarded(store, fork):
    """Its head moves to the commit that is there, and the files follow."""
    fork({"a": 0}, {"a": 1}, {"b": 2})
    store.branches.create("behind", "main~1")
    store.branches.switch("behind")
    assert store.merge("side") == FastForward(store.at("side").commit)
    assert store.at("HEAD").commit == store.at("side").commit
    assert {name: store.read(name) for name in store.names()} == {"a": 0, "b": 2}
    assert store.operations()[0].verb == "merge"


def test_a_branch_that_is_not_checked_out_is_merged_without_files(store, fork):
    """Neither a merge nor a forward into another branch touches a working file; edits do not matter."""
    _, ours, theirs = fork({"a": 0}, {"a": 1}, {"b": 2})
    store.write("b", "an edit")
    result = store.merge("main", into="side")
    assert isinstance(result, Merged)
    assert result.commit.parents == (theirs.id, ours.id)
    assert dict(store.at("side")) == {"a": 1, "b": 2}
    assert store.branches.create("behind", "main~1")
    assert isinstance(store.merge("side", into="behind"), FastForward)
    assert {name: store.read(name) for name in store.names()} == {"a": 1, "b": "an edit"}
    assert store.at("HEAD").commit == ours


def test_conflicts_in_a_branch_that_is_not_checked_out_are_told_and_do_not_wait(store, fork):
    """Nothing changed: there are no files to settle them in. With a side preferred it is merged."""
    _, _, theirs = fork({"a": 0}, {"a": 1}, {"a": 2})
    result = store.merge("main", into="side")
    assert isinstance(result, Conflicted)
    assert [(one.name, one.base, one.ours, one.theirs) for one in result.conflicts] == [("a", 0, 2, 1)]
    assert store.conflicts() == ()
    assert store.at("side").commit == theirs
    assert isinstance(store.merge("main", into="side", prefer="theirs"), Merged)
    assert store.at("side").read("a") == 1


@pytest.mark.parametrize(("prefer", "expected"), [("ours", {"a": 1, "kept": 1}), ("theirs", {"a": 2})])
def test_a_preferred_side_settles_conflicts_by_rule(store, fork, prefer, expected):
    """It stands wherever there would be a conflict, also where it deleted; edits of the other elsewhere stay."""
    fork({"a": 0, "kept": 0}, {"a": 1, "kept": 1}, {"a": 2, "kept": ABSENT})
    result = store.merge("side", prefer=prefer, message="settled by rule", author="Eve <eve@example.org>")
    assert isinstance(result, Merged)
    assert (result.commit.message, result.commit.author) == ("settled by rule", "Eve <eve@example.org>")
    assert {name: store.read(name) for name in store.names()} == expected
    assert store.status().clean


def test_any_commit_may_be_merged(store, fork):
    """By its id, or as a place before a head."""
    _, _, theirs = fork({"a": 0}, {"a": 1}, {"b": 2})
    with store.transaction("more", branch="side", worktree=False) as change:
        change.write("c", 3)
    assert isinstance(store.merge("side~1"), Merged)
    assert store.names() == ["a", "b"]
    assert isinstance(store.merge(change.commit.id), Merged)
    assert store.names() == ["a", "b", "c"]
    assert store.merge(theirs.id) == UpToDate()


def test_edits_elsewhere_are_no_hindrance_and_stay(store, fork):
    """Uncommitted edits of documents that the merge leaves alone are still there, and still uncommitted."""
    fork({"a": 0, "b": 0}, {"a": 1}, {"c": 2})
    store.write("b", "edited")
    store.write("new", "edited")
    assert isinstance(store.merge("side"), Merged)
    assert (store.status().changed, store.status().added) == (("b",), ("new",))


def test_a_file_that_holds_the_merged_content_already_is_clean(store, fork):
    """Whoever made the same edit by hand is in nobody's way."""
    fork({"a": 0, "b": 0}, {"b": 1}, {"a": 2})
    store.write("a", 2)
    assert isinstance(store.merge("side"), Merged)
    assert store.status().clean


def test_a_file_whose_content_stays_is_not_written(store, fork, put):
    """However it is laid out: neither where ours stands in the end, nor where it stands for now."""
    fork({"a": {"x": 0}, "b": 0}, {"a": {"x": 1}}, {"a": {"x": 2}, "b": 2})
    path = put("a", '{"x":1}')
    store.merge("side")
    assert path.read_text() == '{"x":1}'
    store.merge_abort()
    assert path.read_text() == '{"x":1}'
    assert isinstance(store.merge("side", prefer="ours"), Merged)
    assert path.read_text() == '{"x":1}'


def test_a_branch_without_commits_is_forwarded(store, root):
    """The one that is checked out, whose head is not there: its files are made."""
    store.write("a", 1)
    first = store.commit("first")
    store.branches.create("side")
    FileHeads(Layout(root)).remove(branch_name("main"), first.id)
    (root / "a.json").unlink()
    assert store.merge("side", dry_run=True) == FastForward(first)
    assert store.names() == []
    assert store.merge("side") == FastForward(first)
    assert store.read("a") == 1
    assert store.status().clean


def test_operations_tell_of_merges(store, fork):
    """One line with the verb, the move of the head, and whether files followed."""
    _, ours, _ = fork({"a": 0}, {"a": 1}, {"b": 2})
    result = store.merge("side")
    assert isinstance(result, Merged)
    told = store.operations()[0]
    assert (told.verb, told.message, told.worktree) == ("merge", "merge side into main", True)
    assert [(move.branch, move.expected, move.new) for move in told.heads] == [("main", ours.id, result.commit.id)]


def test_a_criss_cross_is_merged_on_both_ancestors(store, fork):
    """Each branch merged the other's first commit: a place that both have alike since then is no conflict."""
    fork({"a": {"x": 0, "y": 0}}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 0, "y": 1}})
    store.branches.create("old", "main")
    store.merge("side")
    store.merge("old", into="side")
    store.write("a", {"x": 1, "y": 5})
    store.commit("go on")
    assert isinstance(store.merge("side"), Merged)
    assert store.read("a") == {"x": 1, "y": 5}


def test_where_common_ancestors_disagree_the_base_is_told_as_nothing(store, fork):
    """Both branches settled the same conflict in their own way: it is one again, and no made up value shows."""
    fork({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    store.branches.create("old", "main")
    store.merge("side", prefer="ours")
    store.merge("old", into="side", prefer="ours")
    result = store.merge("side")
    assert isinstance(result, Conflicted)
    assert [(one.pointer, one.base, one.ours, one.theirs) for one in result.conflicts] == [("/x", ABSENT, 1, 2)]
    store.resolve(result.conflicts[0], "base")
    assert store.read("a") == {}


def test_ancestors_that_are_met_on_many_ways_are_merged_once(store):
    """Three branches that merge each other again and again: a merge takes no longer for each time before."""
    store.write("a", {"n": 0})
    store.commit("first")
    names = ("one", "two", "three")
    for name in names:
        store.branches.create(name)
        with store.transaction("begin", branch=name, worktree=False) as change:
            change.write("a", {"n": 0, name: 1})
    for turn in range(20):
        heads = {name: store.at(name).commit.id for name in names}
        for name in names:
            for other in names:
                store.merge(heads[other], into=name, prefer="ours")
            with store.transaction("go on", branch=name, worktree=False) as change:
                change.write(f"turn/{name}", turn)
    assert dict(store.at("one"))["a"] == {"n": 0, "one": 1, "two": 1, "three": 1}


@pytest.mark.parametrize("rounds", [carrying_out._ROUNDS, 0])
def test_a_document_that_somebody_edits_is_waited_for(store, fork, root, monkeypatch, rounds):
    """As long as the store waits, and the error says so: also after so many rounds in vain that no head may move."""
    monkeypatch.setattr(carrying_out, "_ROUNDS", rounds)
    fork({"a": {"x": 0, "y": 0}}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 0, "y": 2}})
    with Store.open(root, author="Bob", lock_timeout_s=0.05) as other:
        with store.edit("a"), pytest.raises(LockTimeoutError) as raised:
            other.merge("side")
        assert (raised.value.resource, raised.value.timeout_s) == ("a", 0.05)
        assert isinstance(other.merge("side"), Merged)
