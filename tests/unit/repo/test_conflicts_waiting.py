"""While conflicts wait: edits by hand, what is held up and what goes on, and giving the merge up."""

import pytest

from muniment import (
    ABSENT,
    DocumentInvalidError,
    InvalidValueError,
    MergeInProgressError,
    NoMergeError,
    PlaceChangedError,
)

BASE = {"a": {"x": 0, "y": 0, "z": 0}, "b": "b", "gone": 0, "kept": 0}
OURS = {"a": {"x": 1, "y": 1, "z": 0}, "gone": ABSENT, "kept": 1, "new": [1]}
THEIRS = {"a": {"x": 2, "y": 2, "z": 2}, "b": "theirs", "gone": 1, "kept": ABSENT, "new": "2"}


def test_hand_edits_in_between_are_kept(store, fork, put, conflicts_of):
    """In the documents of conflicts they are part of the merge; in others, they stay uncommitted."""
    fork(BASE, OURS, THEIRS)
    conflicts = conflicts_of()
    put("a", '{"x": 1, "y": 1, "z": 2, "note": "by hand"}')
    put("b", '"by hand"')
    for conflict in conflicts:
        store.resolve(conflict, "theirs")
    assert store.read("a") == {"x": 2, "y": 2, "z": 2, "note": "by hand"}
    store.merge_continue()
    assert store.at("HEAD").read("a") == store.read("a")
    assert (store.at("HEAD").read("b"), store.read("b")) == ("theirs", "by hand")
    assert store.status().changed == ("b",)


def test_what_was_edited_away_is_settled_by_the_file(store, fork, put, root, conflicts_of):
    """A place that is gone from the file takes no side, and it is told why; what the file has can be taken."""
    fork({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    (conflict,) = conflicts_of()
    for text, reason in (("[]", "nothing named 'x'"), ('"text"', "nothing named 'x'"), (None, "the file is missing")):
        if text is None:
            (root / "a.json").unlink()
        else:
            put("a", text)
        with pytest.raises(PlaceChangedError, match=rf"{reason}.*`working`") as raised:
            store.resolve(conflict, "theirs")
        assert (raised.value.name, raised.value.pointer) == ("a", "/x")
        assert reason in raised.value.reason
        assert store.conflicts() == (conflict,)
    assert store.resolve(conflict, ABSENT) == ()
    assert store.resolve(conflict, "working") == ()
    store.merge_continue()
    assert store.names() == store.at("HEAD").names() == []


def test_a_file_that_is_no_json_is_mended_first(store, fork, put, conflicts_of):
    """Neither settled nor continued until then; the error tells the line."""
    fork({"a": {"x": 0}}, {"a": {"x": 1}}, {"a": {"x": 2}})
    (conflict,) = conflicts_of()
    put("a", "{\n<<<<<<<\n")
    for take in ("ours", "working"):
        with pytest.raises(DocumentInvalidError) as raised:
            store.resolve(conflict, take)
        assert raised.value.line == 2
    put("a", '{"x": 3}')
    store.resolve(conflict, "working")
    put("a", "{")
    with pytest.raises(DocumentInvalidError):
        store.merge_continue()
    put("a", '{"x": 4}')
    assert store.at(store.merge_continue().id).read("a") == {"x": 4}


def test_the_words_of_the_commit_may_be_given_at_the_end(store, fork, conflicts_of):
    """Message and author of `merge_continue` count before those of the merge; a message that is no text is refused."""
    fork({"a": 0}, {"a": 1}, {"a": 2})
    store.resolve(conflicts_of()[0], "theirs")
    with pytest.raises(InvalidValueError):
        store.merge_continue(5)
    commit = store.merge_continue("settled", author="Eve <eve@example.org>")
    assert (commit.message, commit.author) == ("settled", "Eve <eve@example.org>")


def test_aborting_gives_every_file_back_to_the_byte(store, fork, put, root, conflicts_of):
    """Those that the merge replaced, made or deleted, and those edited or settled since, however they were laid out."""
    base = {**BASE, "clean": {"x": 0, "y": 0}, "deleted": 0}
    fork(
        base,
        {**OURS, "clean": {"x": 1, "y": 0}},
        {**THEIRS, "clean": {"x": 0, "y": 2}, "deleted": ABSENT, "made/here": 1},
    )
    put("a", '{"z":0,  "y":1,"x":1}')
    put("clean", '{"x": 1, "y": 0}\n\n')
    put("deleted", "0")
    put("uncommitted", "1")
    before = files(root)
    conflicts = conflicts_of()
    assert files(root) != before
    store.resolve(conflicts[0], "theirs")
    store.resolve(conflicts[3], "theirs")
    put("b", "{ broken")
    put("made/here", '"edited"')
    (root / "gone.json").unlink()
    store.merge_abort()
    assert files(root) == before
    assert store.conflicts() == ()
    assert store.status().added == ("uncommitted",)
    with pytest.raises(NoMergeError):
        store.merge_abort()
    assert conflicts_of() == conflicts
    store.merge_abort()
    assert files(root) == before


def files(root):
    """Read all working files."""
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*.json") if ".muniment" not in path.parts}


def test_aborting_writes_no_file_that_is_as_it_was(store, fork, root, conflicts_of):
    """Nothing that watches it wakes."""
    fork({"a": 0, "b": 0}, {"a": 1}, {"a": 2, "b": 2})
    conflicts_of()
    before = (root / "a.json").stat()
    store.merge_abort()
    assert (root / "a.json").stat() == before


def test_a_merge_that_waits_holds_up_what_would_change_its_branch(store, fork, conflicts_of):
    """Commits, transactions, rollback, revert, another merge, undo, switching and renaming; nothing is changed."""
    base, ours, _ = fork({"a": 0, "b": 0}, {"a": 1}, {"a": 2})
    store.branches.create("other", base.id)
    (conflict,) = conflicts_of()
    store.write("b", 5)
    for verb in (
        lambda: store.commit("no"),
        lambda: store.commit("no", names=["b"]),
        lambda: write_in_transaction(store),
        lambda: write_in_transaction(store, branch="main", worktree=False),
        lambda: store.rollback("HEAD~1", reason="no"),
        lambda: store.revert("HEAD"),
        lambda: store.cherry_pick("side"),
        lambda: store.merge("side"),
        lambda: store.merge("other"),
        lambda: store.merge("side", dry_run=True),
        store.reconcile,
        store.undo,
        lambda: store.branches.switch("other"),
        lambda: store.branches.switch("main"),
        lambda: store.branches.rename("main", "trunk"),
    ):
        with pytest.raises(MergeInProgressError) as raised:
            verb()
        assert (raised.value.branch, raised.value.verb) == ("main", "merge")
    assert store.at("HEAD").commit == ours
    assert (store.status().branch, store.conflicts(), store.read("b")) == ("main", (conflict,), 5)


def write_in_transaction(store, **options):
    """Commit another document in a transaction."""
    with store.transaction("no", **options) as change:
        change.write("c", 1)


def test_other_branches_go_on_meanwhile(store, fork, conflicts_of):
    """What touches neither the branch nor its files: commits to others, branches, tags, and merges into others."""
    base, _, theirs = fork({"a": 0}, {"a": 1}, {"a": 2})
    (conflict,) = conflicts_of()
    store.branches.create("other", base.id)
    write_in_transaction(store, branch="other", worktree=False)
    store.tags.create("v1", "side")
    store.merge("side", into="other")
    assert dict(store.at("other")) == {"a": 2, "c": 1}
    store.branches.delete("side")
    store.resolve(conflict, "theirs")
    assert store.merge_continue().parents[1] == theirs.id
