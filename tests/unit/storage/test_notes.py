"""Notes as files: named by their content, checked when they are read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from muniment.errors import HashMismatchError, MalformedError
from muniment.storage.notes import NoteFiles
from muniment.values import canonical, note
from muniment.values.note import Note, Tombstone

COMMIT: Any = "c" * 64
OTHER: Any = "d" * 64
GONE: Any = "e" * 64
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def one(text="seen", commit=COMMIT):
    """Make a note on a commit as a whole."""
    return Note(commit=commit, name=None, text=text, author="Ada", time=NOON)


@pytest.fixture
def notes(layout):
    """The notes of an empty store."""
    return NoteFiles(layout)


@pytest.fixture
def put_raw(layout):
    """Put any bytes where a note of their hash lies; give the id."""

    def put(data, commit=COMMIT, name=None):
        path = layout.note(commit, name or canonical.digest(data))
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)
        return name or canonical.digest(data)

    return put


def test_there_are_none_at_first(notes):
    """Nothing is found where not even the folder is there."""
    assert (notes.commits(), notes.ids(COMMIT), list(notes.damaged())) == ([], [], [])


def test_a_note_comes_back(notes, root):
    """The file is named by the hash of its bytes, and what is read has that id."""
    note_id = notes.put(one())
    (path,) = (root / ".muniment/notes" / COMMIT).iterdir()
    assert path.name == f"{canonical.digest(path.read_bytes())}.json" == f"{note_id}.json"
    assert notes.get(COMMIT, note_id) == Note(
        commit=COMMIT, name=None, text="seen", author="Ada", time=NOON, id=note_id
    )
    assert (notes.commits(), notes.ids(COMMIT)) == ([COMMIT], [note_id])


def test_a_tombstone_comes_back(notes):
    """It lies among the notes, and says which it deletes."""
    grave = Tombstone(commit=COMMIT, deletes=GONE, author="Ada", time=NOON)
    assert notes.get(COMMIT, notes.put(grave)) == grave


def test_the_same_note_is_one_file(notes):
    """Two programs that write it at once do each other no harm."""
    assert notes.put(one()) == notes.put(one())
    assert len(notes.ids(COMMIT)) == 1


def test_changed_bytes_are_never_given(notes, layout):
    """The fault names the file, and what it should hash to."""
    note_id = notes.put(one())
    path = layout.note(COMMIT, note_id)
    Path(path).write_bytes(note.encode(one("forged")))
    with pytest.raises(HashMismatchError) as caught:
        notes.get(COMMIT, note_id)
    assert (caught.value.path, caught.value.expected) == (path, note_id)
    assert [found for found, _ in notes.damaged()] == [path]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"type":"later"}', b"[1]"])
def test_what_is_no_note_is_refused(notes, put_raw, data):
    """A right hash makes no note."""
    with pytest.raises(MalformedError, match="not a note"):
        notes.get(COMMIT, put_raw(data))


def test_a_note_on_another_commit_is_refused(notes, put_raw):
    """A file that was moved to another folder is not a note on that commit."""
    note_id = put_raw(note.encode(one(commit=OTHER)))
    with pytest.raises(MalformedError, match=OTHER):
        notes.get(COMMIT, note_id)
    assert len(list(notes.damaged())) == 1


def test_other_files_are_no_notes(notes, put_raw, root):
    """What editors and systems leave in the folders is passed over."""
    note_id = notes.put(one())
    put_raw(b"x", name="readme")
    (root / ".muniment/notes/.DS_Store").write_bytes(b"")
    (root / ".muniment/notes/elsewhere").mkdir()
    assert (notes.commits(), notes.ids(COMMIT)) == ([COMMIT], [note_id])
