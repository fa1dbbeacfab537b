"""People edit working files at any moment, by any program: no edit of theirs is lost, and none is in the way."""

import itertools
import json
import os
import shutil

import pytest
from disk_calls import CHANGES, READS, At, intercepted
from promises import at_head, check_kept, opened
from scenarios import SCENARIOS, Stopped, stop

from muniment import DirtyDocumentError, DocumentChangedError, DocumentInvalidError, DocumentNotFoundError

pytestmark = pytest.mark.usefixtures("quick_disk")

EVERY_CALL = CHANGES | READS
BY_HAND = '{"by": "hand"}'


def put(root, name="a", text=BY_HAND):
    """Save a file as editors do that keep it whole: beside it first."""
    path = root / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".beside").write_text(text)
    path.with_suffix(".beside").rename(path)


def write_in_place(root, name="a", text=BY_HAND):
    """Save a file as editors do that write where it lies."""
    (root / f"{name}.json").write_text(text)


def delete(root, name="a"):
    """Delete a file, if it is there."""
    (root / f"{name}.json").unlink(missing_ok=True)


EDITS = {"replaced": (put, BY_HAND), "written in place": (write_in_place, BY_HAND), "deleted": (delete, None)}


def text_of(root, name="a"):
    """Give what a file holds; None where there is none."""
    path = root / f"{name}.json"
    return path.read_text() if path.exists() else None


def change_by(verb):
    """Give a function that changes `a` by that verb."""

    def change(store):
        if verb == "transaction":
            with store.transaction("change") as change:
                change.write("a", "changed")
        elif verb == "rollback":
            store.rollback("HEAD~1", reason="back")
        else:
            store.update("a", lambda value: {"made of": value})

    return change


def is_last(call, root):
    """Tell whether a call is the rename that shows the new file, or the one before it: behind the last look."""
    return call.name in {"mkdir", "rename", "replace"} and call.arguments[-1] in {str(root), str(root / "a.json")}


def change_while_edited(root, verb, save, nth):
    """Change `a`, and save it by hand before call number `nth`; give that call, None if there is none, and success."""

    def save_by_hand(call):
        if not is_last(call, root):
            save(root)
        return call.go_on()

    at = At(nth, save_by_hand, EVERY_CALL)
    with opened(root) as store:
        try:
            with intercepted(at):
                change_by(verb)(store)
        except (DirtyDocumentError, DocumentChangedError, DocumentNotFoundError):
            return at.reached, False
    return at.reached, True


def check_edit(root, text, commits):
    """Check that the file is as somebody left it, shows as changed, and can be committed so; history has `commits`."""
    assert text_of(root) == text
    with opened(root) as store:
        assert len(store.log()) == commits
        assert "a" in store.status().changed + store.status().removed
        store.commit("by hand")
        assert at_head(store).get("a") == ({"by": "hand"} if text else None)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("verb", ["transaction", "rollback"])
def test_an_edit_by_hand_at_any_call_of_a_change_stays(template, place, verb, edit):
    """Whichever call a change is at when somebody saves the document, their text is in the file afterwards.

    The change is then refused and nothing happened, or it is in history and the file shows as changed.
    """
    save, text = EDITS[edit]
    for nth in itertools.count(1):
        root = place / str(nth)
        shutil.copytree(template, root)
        with opened(root) as store, store.transaction("second") as change:
            change.write("a", 2)
        call, succeeded = change_while_edited(root, verb, save, nth)
        if call is None:
            break
        if not is_last(call, root):
            check_edit(root, text, 2 + succeeded)
        shutil.rmtree(root)
    assert nth > 20


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_by_hand_at_any_call_of_an_edit_stays(template, place, edit):
    """The same for an edit by the store, which is made of what was saved by hand, or refused and writes nothing."""
    save, text = EDITS[edit]
    for nth in itertools.count(1):
        root = place / str(nth)
        shutil.copytree(template, root)
        call, succeeded = change_while_edited(root, "update", save, nth)
        if call is None:
            break
        if succeeded and text_of(root) != text:
            assert json.loads(text_of(root)) == {"made of": {"by": "hand"}} or is_last(call, root)
        elif not is_last(call, root):
            check_edit(root, text, 1)
        shutil.rmtree(root)
    assert nth > 10


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", ["three", "rollback", "recovery"])
def test_an_edit_by_hand_after_a_stop_stays(template, place, name, edit):
    """A file that somebody saves after a program was stopped is not replaced by whoever finishes the change."""
    save, text = EDITS[edit]
    scenario = SCENARIOS[name]
    for nth in itertools.count(1):
        root = place / str(nth)
        shutil.copytree(template, root)
        store = opened(root)
        scenario.prepare(store)
        at = At(nth, stop)
        try:
            with intercepted(at):
                scenario.work(store)
        except Stopped:
            pass
        save(root)
        check_kept(root, [], scenario.before, scenario.after)
        assert text_of(root) == text
        shutil.rmtree(root)
        if at.reached is None:
            break


def test_what_is_no_document_yet_stops_nobody(template, place):
    """A file in the middle of being edited, no JSON for now, is refused by name, left as it is, and never committed."""
    root = place / "store"
    shutil.copytree(template, root)
    write_in_place(root, text='{"half": ')
    with opened(root) as store:
        with pytest.raises(DocumentInvalidError, match="a: "):
            store.commit("all")
        with pytest.raises(DirtyDocumentError, match="a"), store.transaction("over it") as change:
            change.write("a", 1.5)
        with pytest.raises(DocumentInvalidError):
            store.update("a", lambda value: value)
        store.write("folder/c", "other")
        store.commit("the other one", names=["folder/c"])
        assert store.status().invalid == ("a",)
        assert text_of(root) == '{"half": '
        write_in_place(root)
        store.commit("mended")
        assert at_head(store)["a"] == {"by": "hand"}


def test_a_folder_renamed_by_hand_is_a_document_renamed(template, place):
    """Moving files about with the tools of the system shows as removed and added, and commits as such."""
    root = place / "store"
    shutil.copytree(template, root)
    with opened(root) as store:
        os.rename(root / "folder", root / "moved")
        status = store.status()
        assert (status.added, status.removed) == (("moved/b", "moved/c"), ("folder/b", "folder/c"))
        store.commit("moved")
        assert sorted(at_head(store)) == ["a", "moved/b", "moved/c", "unused"]
        store.rollback("HEAD~1", reason="back")
        assert sorted(store.names()) == ["a", "folder/b", "folder/c", "unused"]
        assert not (root / "moved").exists()
