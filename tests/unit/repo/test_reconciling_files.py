"""What becomes of working files when heads are reconciled: git's follow, and what somebody wrote stays."""

import pytest

from muniment import ABSENT, Conflicted, DivergedError, Merged


def working(store):
    """Give the working documents."""
    return {name: store.read(name) for name in store.names()}


CLEAN = '{\n  "x": 1,\n  "y": 2\n}\n'
MARKED = '{\n<<<<<<< HEAD\n  "x": 1,\n  "y": 0\n=======\n  "x": 0,\n  "y": 2\n>>>>>>> left\n}\n'


@pytest.mark.parametrize("text", [CLEAN, MARKED, '{"y":0,"x":1}', '{"x": 0, "y": 0}'])
def test_files_that_git_left_follow(store, diverge, put, text):
    """As it merged them line by line, with its marks, or as a side or the base has them; or deleted."""
    diverge({"a": {"x": 0, "y": 0}, "gone": 1}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 0, "y": 2}, "gone": ABSENT})
    put("a", text)
    assert isinstance(store.reconcile(), Merged)
    assert working(store) == {"a": {"x": 1, "y": 2}}
    assert store.status().clean


EDITS = {
    "a boolean that another place has": {"a": True, "b": True, "k": 1, "x": 1, "y": 2},
    "a member less": {"a": True, "b": False, "x": 1, "y": 2},
    "one side's value, and none of the other's": {"a": True, "b": False, "k": 1, "x": 1},
}


@pytest.mark.parametrize("edited", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("verb", ["reconcile", "commit"])
def test_an_edit_that_adds_nothing_new_is_an_edit_all_the_same(store, diverge, edited, verb):
    """Somebody edited what git had merged: it is left, shows as changed, and can be committed."""
    base = {"a": True, "b": False, "k": 1, "x": 0, "y": 0}
    diverge({"web": base}, {"web": base | {"x": 1}}, {"web": base | {"y": 2}})
    store.write("web", edited)
    if verb == "reconcile":
        store.reconcile()
        assert store.status().changed == ("web",)
    assert store.commit("mine").message == "mine"
    assert store.at("HEAD").read("web") == store.read("web") == edited


def test_a_file_that_somebody_deleted_stays_so(store, diverge, root):
    """None of the sides has it so: it shows as removed."""
    diverge({"a": {"x": 0, "y": 0}}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 0, "y": 2}})
    (root / "a.json").unlink()
    assert isinstance(store.reconcile(), Merged)
    assert store.status().removed == ("a",)


@pytest.mark.parametrize(
    "text",
    [
        '{"x": 1, "y": 2, "by hand": 3}',
        '{"x": 1, "y": 5}',
        MARKED.replace('"y": 2', '"y": 5'),
        "not JSON",
    ],
)
def test_a_file_that_somebody_edited_is_left_and_shown(store, diverge, put, text):
    """What nobody committed is not lost; the merged content is in history."""
    diverge({"a": {"x": 0, "y": 0}, "b": 0}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 0, "y": 2}, "b": 2})
    path = put("a", text)
    assert isinstance(store.reconcile(), Merged)
    assert path.read_text() == text
    assert dict(store.at("HEAD")) == {"a": {"x": 1, "y": 2}, "b": 2}
    status = store.status()
    assert "a" in status.changed + status.invalid
    assert store.read("b") == 2


CONFLICTED = '{\n<<<<<<< HEAD\n  "x": 1\n=======\n  "x": 2\n>>>>>>> left\n}\n'


def test_a_file_with_marks_is_valid_again_while_its_conflict_waits(store, diverge, put):
    """With what the first head has at the place; aborting brings git's text back, to the byte."""
    diverge({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    path = put("a", CONFLICTED)
    result = store.reconcile()
    assert isinstance(result, Conflicted)
    assert store.read("a") == {"x": result.conflicts[0].ours}
    store.merge_abort()
    assert path.read_text() == CONFLICTED


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_emptied_file_comes_back_as_it_was(store, diverge, put, text):
    """Aborting restores also a file that holds nothing."""
    diverge({"a": 0, "b": 0}, {"a": 1, "b": 1}, {"a": 2})
    path = put("b", text)
    store.reconcile()
    store.merge_abort()
    assert path.read_text() == text


def test_what_somebody_settled_in_the_file_is_taken_from_it(store, diverge, put):
    """A file in conflict without marks is left: `working` takes what it has."""
    diverge({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    put("a", '{"x": 12}')
    result = store.reconcile()
    assert isinstance(result, Conflicted)
    assert store.read("a") == {"x": 12}
    store.resolve(result.conflicts[0], "working")
    store.merge_continue()
    assert store.at("HEAD").read("a") == {"x": 12}


def test_a_commit_of_nothing_but_what_git_merged_is_the_one_that_joins(store, diverge, put):
    """There is nothing else to commit, and that is no error."""
    diverge({"a": {"x": 0, "y": 0}}, {"a": {"x": 1, "y": 0}}, {"a": {"x": 0, "y": 2}})
    put("a", CLEAN)
    assert store.commit("merged by hand").author == "Muniment"
    assert store.status().clean


UNSEEN = {"an edit beside it": {"a": 10, "b": 99, "c": 3}, "one side alone": {"a": 10, "b": 2, "c": 3, "d": 4}}


@pytest.mark.parametrize("edited", UNSEEN.values(), ids=UNSEEN)
def test_a_commit_never_takes_back_what_its_writer_has_not_seen(store, diverge, edited):
    """Git kept no document, or somebody took one side, and edited that: the merge is asked for, then it shows."""
    diverge({"doc": {"a": 1, "b": 2, "c": 3}}, {"doc": {"a": 10, "b": 2, "c": 3}}, {"doc": {"a": 1, "b": 2, "c": 30}})
    store.write("doc", edited)
    with pytest.raises(DivergedError):
        store.commit("mine")
    with pytest.raises(DivergedError), store.transaction("other") as tx:
        tx["other"] = 1
    assert store.read("doc") == edited
    assert isinstance(store.reconcile(), Merged)
    assert store.status().changed == ("doc",)
    assert store.at("HEAD").read("doc") == {"a": 10, "b": 2, "c": 30}


def test_an_edit_of_what_git_merged_is_committed_at_once(store, diverge):
    """It has both sides' changes, or other values in their places: nothing is unseen."""
    diverge({"doc": {"a": 1, "b": 2, "c": 3}}, {"doc": {"a": 10, "b": 2, "c": 3}}, {"doc": {"a": 1, "b": 2, "c": 30}})
    store.write("doc", {"a": 10, "b": 99, "c": 44})
    assert store.commit("mine").message == "mine"
    assert store.at("HEAD").read("doc") == {"a": 10, "b": 99, "c": 44}
