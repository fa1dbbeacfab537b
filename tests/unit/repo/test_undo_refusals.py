"""What cannot be undone or redone is refused with its reason, and nothing is changed."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from undo_scenes import begin, commit, files, settle_a_merge, state, transact

from muniment import (
    DirtyDocumentError,
    DivergedError,
    InvalidValueError,
    MergeConflictError,
    MergeInProgressError,
    MissingAuthorError,
    ObjectNotFoundError,
    StorageError,
    Store,
    UndoError,
)
from muniment.files.layout import Layout


@pytest.fixture
def begun(store):
    """A store with some branches and a tag."""
    begin(store)
    return store


def refused(store, error, match, verb):
    """Check that a verb raises, with that in its message, and leaves all as it was."""
    before = state(store), files(store), store.operations()
    with pytest.raises(error, match=match):
        verb()
    assert (state(store), files(store), store.operations()) == before


def last(store):
    """The last operation."""
    return store.operations(1)[0]


def test_a_copy_in_which_nothing_was_done_has_nothing_to_undo(begun, root):
    """A fresh clone has no log, and says so."""
    begun.close()
    shutil.rmtree(root / ".muniment/local")
    with Store.open(root, author="Bob") as clone:
        assert clone.operations() == ()
        refused(
            clone, UndoError, "nothing to undo: nothing was done in this copy yet; `muniment operations`", clone.undo
        )
        refused(clone, UndoError, "nothing to redo", clone.redo)


def test_when_all_is_undone_nothing_is_left(store):
    """The error names no operation."""
    store.commit("one", allow_empty=True)
    store.undo()
    with pytest.raises(UndoError, match="there is nothing to undo") as caught:
        store.undo()
    assert caught.value.operation is None


def test_redo_is_forgotten_when_something_else_is_done(begun):
    """It would not fit any more."""
    transact(begun)
    begun.undo()
    begun.tags.create("v2")
    refused(begun, UndoError, "something else was done since", begun.redo)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("0123456789", "no such operation"), ("0" * 64, "no such operation"), ("", "4 digits"), ("abc", "4 digits")],
)
def test_an_unknown_operation_is_told(begun, text, reason):
    """Also what is too short to be looked for."""
    refused(begun, UndoError, reason, lambda: begun.undo(text))


@pytest.mark.parametrize("given", [5, b"0123456789", object()])
def test_what_is_no_text_names_no_operation(begun, given):
    """It is refused as an error of ours."""
    refused(begun, UndoError, "an operation is named by its id", lambda: begun.undo(given))


def test_an_ambiguous_beginning_is_told(begun, root):
    """More digits tell them apart."""
    log = root / ".muniment/local/operations.jsonl"
    line = {"author": "", "heads": [], "time": "2026-01-01T00:00:00Z", "verb": "tag"}
    lines = [json.dumps({**line, "message": f"{number}"}) + "\n" for number in range(600)]
    log.write_text("".join(lines))
    ids = sorted(one.id for one in begun.operations())
    shared = next(one[:4] for one, other in pairwise(ids) if one[:4] == other[:4])
    refused(begun, UndoError, "several begin so", lambda: begun.undo(shared))


@pytest.mark.parametrize("limit", [-1, "5", 1.5])
def test_a_limit_is_a_number_from_0_up(begun, limit):
    """Others are refused."""
    with pytest.raises(InvalidValueError, match="a limit is a number of operations"):
        begun.operations(limit)


def test_what_is_undone_already_is_told(begun):
    """By the id of the operation; and by that of an undo, if it was redone."""
    transact(begun)
    done = last(begun)
    undone = begun.undo()
    refused(begun, UndoError, f"{done.id[:12]}: it is undone already", lambda: begun.undo(done))
    begun.redo()
    refused(begun, UndoError, "what it undid was redone already", lambda: begun.undo(undone))


def test_an_operation_that_became_undone_is_not_mistaken_for_one_of_the_same_moves(begun):
    """The branch was moved there again by something else, which is what counts."""
    begun.merge("later")
    first = last(begun)
    begun.undo()
    begun.merge("later")
    refused(begun, UndoError, "it is undone already", lambda: begun.undo(first))
    assert begun.undo().undoes != first.id


def test_a_waiting_merge_is_settled_first(begun):
    """Continue or abort it; then undo works, of the merge itself too."""
    with begun.transaction("one way") as tx:
        tx.write("web", 1)
    begun.merge("side")
    refused(begun, MergeInProgressError, "a merge is not finished", begun.undo)
    refused(begun, MergeInProgressError, "a merge is not finished", begun.redo)
    begun.merge_abort()
    assert begun.undo().message == "undo: one way"


def test_settled_files_that_were_edited_again_stay(begun):
    """The merge is taken back around them."""
    settle_a_merge(begun)
    begun.write("web", "edited")
    begun.undo()
    assert begun.read("web") == "edited"
    assert begun.read("app") == {"debug": True}


# Branches that are not as the operation left them.


def test_a_branch_that_is_there_again_is_in_the_way(begun):
    """Nobody knows which of the two is meant."""
    begun.branches.delete("side")
    done = last(begun)
    begun.branches.create("side")
    refused(begun, UndoError, "there is a branch side again", lambda: begun.undo(done))


@pytest.mark.parametrize("name", ["Side", "side/x", "SIDE/x"])
def test_a_name_that_is_taken_meanwhile_is_in_the_way_where_case_does_not_count(begun, name):
    """As when the branch would be made."""
    begun.branches.delete("side")
    done = last(begun)
    begun.branches.create(name)
    if name == "side/x":
        begun.undo(done)
        assert "side" in state(begun).heads
    else:
        refused(begun, UndoError, "branch side: .* differs only by case", lambda: begun.undo(done))


def test_a_branch_and_a_tag_do_not_get_one_name_by_an_undo(begun):
    """Neither when the branch comes back nor when the tag does."""
    begun.branches.delete("side")
    deleted = last(begun)
    begun.tags.create("side")
    refused(begun, UndoError, "branch side: a tag is called 'side'", lambda: begun.undo(deleted))
    begun.tags.delete("v1")
    deleted = last(begun)
    begun.branches.create("v1")
    refused(begun, UndoError, "tag v1: a branch is called 'v1'", lambda: begun.undo(deleted))


@pytest.mark.parametrize("verb", ["create", "rename"])
def test_a_branch_that_went_on_is_not_taken_away(begun, verb):
    """Its commits would be."""
    begun.branches.create("new") if verb == "create" else begun.branches.rename("later", "new")
    done = last(begun)
    with begun.transaction("on it", branch="new") as tx:
        tx.write("on it", 1)
    refused(begun, UndoError, "new went on since", lambda: begun.undo(done))


def test_the_branch_that_is_checked_out_is_not_taken_away(begun):
    """Switch to another one first."""
    begun.branches.create("new")
    done = last(begun)
    begun.branches.switch("new")
    refused(begun, UndoError, "it would delete new, which is checked out", lambda: begun.undo(done))


def test_the_only_branch_is_not_taken_away(begun):
    """Though it may lose its first commit, the history of others is not forgotten with it."""
    begun.branches.create("new")
    done = last(begun)
    begun.branches.switch("new")
    for name in ("main", "side", "later"):
        begun.branches.delete(name)
    refused(begun, UndoError, "it would delete new, which is checked out", lambda: begun.undo(done))


def test_the_first_commit_stays_while_other_branches_hold_it(store):
    """A branch without commits beside others could not be committed to."""
    store.commit("first", allow_empty=True)
    done = last(store)
    store.branches.create("other")
    refused(store, UndoError, "it would delete main, which is checked out", lambda: store.undo(done))


def test_nobody_is_switched_to_a_branch_that_is_gone(begun):
    """The files would go with it."""
    begun.branches.create("twin")
    begun.branches.switch("twin")
    switch = last(begun)
    begun.branches.delete("main")
    refused(begun, UndoError, "there is no branch main any more", lambda: begun.undo(switch))


def test_a_switch_is_undone_where_it_led(begun):
    """Not from a third branch."""
    begun.branches.switch("side")
    switch = last(begun)
    begun.branches.switch("later")
    refused(begun, UndoError, "later is checked out now, not side", lambda: begun.undo(switch))


def test_a_branch_that_was_renamed_is_not_found_any_more(begun):
    """The rename is undone first."""
    transact(begun)
    done = last(begun)
    begun.branches.rename("main", "trunk")
    refused(begun, UndoError, "main does not hold it any more", lambda: begun.undo(done))


def test_a_branch_that_the_host_moved_does_not_hold_it(begun, root):
    """As after a checkout in the host repository: nothing in this copy's log says so."""
    before = begun.at("HEAD").commit.id
    transact(begun)
    heads = root / ".muniment/refs/heads/main"
    (heads / begun.at("HEAD").commit.id).rename(heads / before)
    refused(begun, UndoError, "main does not hold it any more", begun.undo)


def test_a_tag_that_is_not_as_it_was_left_stays(begun):
    """One that was made again, or is gone."""
    begun.tags.delete("v1")
    deleted = last(begun)
    begun.tags.create("v1")
    refused(begun, UndoError, "tag v1 was changed since", lambda: begun.undo(deleted))


def test_a_diverged_branch_is_reconciled_before_an_older_operation_is_taken_out(begun, branch_at):
    """There is no one commit to build on."""
    with begun.transaction("one") as tx:
        tx.write("web", 1)
    done = last(begun)
    with begun.transaction("two") as tx:
        tx.write("two", 1)
    branch_at("main", begun.at("side").commit)
    before = begun.operations()
    with pytest.raises(DivergedError):
        begun.undo(done)
    assert begun.operations() == before


# Three-way merges.


@pytest.fixture
def went_on(begun):
    """A store whose branch went on after an operation, at the same place; and that operation."""
    transact(begun)
    done = last(begun)
    with begun.transaction("the same place") as tx:
        tx.write("web", {"port": 4})
    return begun, done


def test_later_changes_of_the_same_place_conflict(went_on):
    """It tells where; `revert` settles it."""
    store, done = went_on
    refused(store, MergeConflictError, "web /port.*: in conflict; .*revert", lambda: store.undo(done))


def test_where_nothing_of_it_is_left_there_is_nothing_to_do(begun):
    """Somebody took it out already."""
    with begun.transaction("one") as tx:
        tx.write("one", 1)
    done = last(begun)
    begun.revert("HEAD")
    refused(begun, UndoError, "nothing of it is left in main", lambda: begun.undo(done))


def test_an_edited_file_is_not_replaced_by_the_commit(begun):
    """As for `revert`: commit or restore it first."""
    commit(begun)
    done = last(begun)
    with begun.transaction("later") as tx:
        tx.write("later", 1)
    begun.write("web", "edited")
    refused(begun, DirtyDocumentError, "web", lambda: begun.undo(done))


def test_a_commit_needs_an_author(begun, root):
    """What only moves heads does not."""
    with begun.transaction("one") as tx:
        tx.write("one", 1)
    done = last(begun)
    with begun.transaction("two") as tx:
        tx.write("two", 1)
    begun.close()
    with Store.open(root) as store:
        refused(store, MissingAuthorError, "author", lambda: store.undo(done))


# Faults.


def test_damaged_lines_are_passed_over(begun, root):
    """What is no operation, or names what can be no branch or tag; the others still count."""
    good = begun.operations()
    log = root / ".muniment/local/operations.jsonl"
    line = '{"author":"","heads":[["%s",null,"%s"]],"message":"","time":"2026-01-01T00:00:00Z","verb":"commit"}\n'
    damaged = ["{\n", "\0\0\n", "\xff\n", "5\n", "\n", line % ("../../x", "0" * 64), line % ("HEAD", "1" * 64)]
    log.write_bytes(log.read_bytes() + "".join(damaged).encode("latin-1"))
    assert begun.operations() == good
    assert begun.undo().undoes == good[0].id


def test_a_head_does_not_go_to_a_commit_that_is_gone(begun, root):
    """A bit of the log may have flipped; or what was undone was cleared away."""
    log = root / ".muniment/local/operations.jsonl"
    transact(begun)
    moved = last(begun).heads[0]
    log.write_text(log.read_text().replace(f'"{moved.expected}","{moved.new}"', f'"{"0" * 64}","{moved.new}"'))
    refused(begun, ObjectNotFoundError, "0000", begun.undo)


def test_a_tag_does_not_come_back_without_its_object(begun, root):
    """It would name nothing."""
    tag = begun.tags.show("v1")
    begun.tags.delete("v1")
    begun.close()
    Path(Layout(root).object(tag.id)).unlink()
    with Store.open(root, author="Ada") as store:
        refused(store, ObjectNotFoundError, tag.id[:8], store.undo)


def test_a_folder_in_the_place_of_a_file_is_told(begun, root):
    """Nothing has happened then."""
    transact(begun)
    (root / "app.json").mkdir()
    refused(begun, StorageError, "app.json", begun.undo)
