"""`store.notes`: what is added later to a commit or to one document of it."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from muniment import (
    DocumentNotFoundError,
    HashMismatchError,
    InvalidNameError,
    InvalidValueError,
    MissingAuthorError,
    NoteNotFoundError,
    RevisionNotFoundError,
    Store,
)
from muniment.files.layout import Layout
from muniment.repo import notes as verbs


@pytest.fixture
def begun(store):
    """Two commits; `api` is only in the second."""
    store.write("web", 1)
    store.commit("one")
    store.write("api", 1)
    store.commit("two")
    return store


@pytest.fixture
def hand(monkeypatch):
    """Set the time that notes are made at."""
    clock = SimpleNamespace(now=datetime(2026, 1, 1, 12, tzinfo=UTC))
    monkeypatch.setattr(verbs, "datetime", SimpleNamespace(now=lambda _: clock.now))
    return clock


def texts(store, revision="HEAD"):
    """What the notes on a commit say, in their order."""
    return [note.text for note in store.notes.list(revision)]


def test_a_note_says_what_who_and_when(begun):
    """What `add` gives, `list` gives too, also to a program that comes later."""
    before = datetime.now(UTC)
    whole = begun.notes.add("HEAD~1", "first\nlight", author="Bo <bo@example.org>")
    part = begun.notes.add("HEAD~1", "a port", "web")
    assert (whole.name, whole.text, whole.author) == (None, "first\nlight", "Bo <bo@example.org>")
    assert (part.name, part.text, part.author) == ("web", "a port", "Ada <ada@example.org>")
    assert whole.commit == part.commit == begun.log()[1].id
    assert before <= whole.time <= part.time <= datetime.now(UTC)
    with Store.open(begun.path) as other:
        assert other.notes.list("HEAD~1") == (whole, part)
        assert other.notes.list("HEAD") == ()


def test_a_note_changes_no_history(begun):
    """The head, the commit and the working files are as before."""
    before = begun.log(), begun.status()
    begun.notes.add("HEAD", "seen")
    assert (begun.log(), begun.status()) == before
    assert begun.verify().findings == ()


def test_notes_come_in_the_order_of_their_times(begun, hand):
    """The oldest first, whatever their files are called."""
    for number in (3, 1, 2, 5, 4):
        hand.now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=number)
        begun.notes.add("HEAD", str(number))
    assert texts(begun) == ["1", "2", "3", "4", "5"]


def test_a_tag_finds_the_notes_of_its_commit(begun):
    """A note belongs to the commit, however that was written."""
    begun.tags.create("v1", "HEAD~1")
    begun.notes.add("v1", "seen")
    assert texts(begun, begun.log()[1].id) == texts(begun, "v1") == ["seen"]


@pytest.mark.parametrize("text", ["", " \n\t", None, 1, b"seen", "\ud800"])
def test_a_note_is_text_and_not_empty(begun, text):
    """Nothing else is kept."""
    with pytest.raises(InvalidValueError):
        begun.notes.add("HEAD", text)
    assert begun.notes.list() == ()


def test_a_note_is_about_what_the_commit_holds(begun, root):
    """No such document, name, commit or author: no note."""
    with pytest.raises(DocumentNotFoundError) as caught:
        begun.notes.add("HEAD~1", "seen", "api")
    assert caught.value.name == "api"
    with pytest.raises(InvalidNameError):
        begun.notes.add("HEAD", "seen", "../api")
    with pytest.raises(RevisionNotFoundError):
        begun.notes.add("nowhere", "seen")
    with pytest.raises(RevisionNotFoundError):
        begun.notes.list("nowhere")
    with Store.open(root) as nobody, pytest.raises(MissingAuthorError):
        nobody.notes.add("HEAD", "seen")
    assert not (root / ".muniment/notes").exists()


def test_a_note_is_deleted_by_its_id(begun, hand):
    """The others stay; deleting it again finds none, and so does any other id."""
    first = begun.notes.add("HEAD", "one")
    hand.now += timedelta(seconds=1)
    begun.notes.add("HEAD", "two")
    begun.notes.delete(first.id, author="Bo")
    assert texts(begun) == ["two"]
    for wrong in (first.id, "1" * 64, "", "../format", None):
        with pytest.raises(NoteNotFoundError) as caught:
            begun.notes.delete(wrong)
        assert caught.value.id == wrong


def test_a_tombstone_is_no_note(begun, root):
    """It cannot be deleted itself."""
    note = begun.notes.add("HEAD", "one")
    begun.notes.delete(note.id)
    (grave,) = {path.stem for path in (root / ".muniment/notes").glob("*/*")} - {note.id}
    with pytest.raises(NoteNotFoundError):
        begun.notes.delete(grave)


def test_notes_of_two_copies_are_merged(begun, root):
    """The host repository puts the files together: what one side added stays, what one side deleted is gone."""
    gone = begun.notes.add("HEAD", "to go")
    other = root.parent / "other"
    shutil.copytree(root, other)
    with Store.open(other, author="Bo <bo@example.org>") as second:
        second.notes.add("HEAD", "theirs")
        second.notes.delete(gone.id)
    begun.notes.add("HEAD", "ours")
    shutil.copytree(other / ".muniment/notes", root / ".muniment/notes", dirs_exist_ok=True)
    assert texts(begun) == ["theirs", "ours"]


def test_a_damaged_note_is_told(begun):
    """Listing says which file, `verify` too; the notes on other commits can still be read."""
    note = begun.notes.add("HEAD", "seen")
    begun.notes.add("HEAD~1", "whole")
    path = Layout(begun.path).note(note.commit, note.id)
    Path(path).write_bytes(Path(path).read_bytes().replace(b"seen", b"sold"))
    with pytest.raises(HashMismatchError) as caught:
        begun.notes.list()
    assert caught.value.path == path
    assert texts(begun, "HEAD~1") == ["whole"]
    assert [(finding.code, finding.path) for finding in begun.verify().findings] == [("note-damaged", path)]
