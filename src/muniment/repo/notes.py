"""Notes: what is added later to a commit, or to one document of it."""

from datetime import UTC, datetime

import msgspec

from muniment.errors import DocumentNotFoundError, InvalidValueError, NoteNotFoundError
from muniment.errors.system import translated
from muniment.history import tree
from muniment.repo import revisions
from muniment.repo.parts import Parts
from muniment.storage.notes import NoteFiles
from muniment.values import names as grammar
from muniment.values.ids import CommitId
from muniment.values.note import Note, NoteId, Tombstone


class Notes:
    """The verbs on notes, as `store.notes` offers them. They change no commit, and take no lock."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._files = NoteFiles(parts.layout)

    @translated("add a note")
    def add(self, revision: str, text: str, name: str | None = None, author: str | None = None) -> Note:
        """Add a note to a commit, or to the document `name` of it, durably.

        Raises:
            InvalidValueError: `text` is empty, or no text.
            DocumentNotFoundError: The commit has no such document.
            RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
            MissingAuthorError: Neither this call nor the store names one.
        """
        words = _text(text)
        document = None if name is None else grammar.document_name(name)
        who = self._parts.author_of(author)
        self._parts.storage.check_exists()
        commit = revisions.resolve(self._parts, revision)
        if document is not None and tree.lookup(self._parts.history.node, commit.tree, document) is None:
            raise DocumentNotFoundError(document, f"commit {commit.id[:12]}")
        made = Note(commit=commit.id, name=document, text=words, author=who, time=datetime.now(UTC))
        return msgspec.structs.replace(made, id=self._files.put(made))

    @translated("list the notes")
    def list(self, revision: str = "HEAD") -> tuple[Note, ...]:
        """List the notes on a commit and its documents, the oldest first.

        Raises:
            HashMismatchError, MalformedError: A note was damaged: see `verify`.
            RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
        """
        return self._on(revisions.resolve(self._parts, revision).id)

    @translated("delete a note")
    def delete(self, note_id: str, author: str | None = None) -> None:
        """Delete a note: a record that says so is put beside it, and wins in every copy.

        Raises:
            NoteNotFoundError: No note has that id, or it was deleted already.
            HashMismatchError, MalformedError, MissingAuthorError: As for `list` and `add`.
        """
        who = self._parts.author_of(author)
        self._parts.storage.check_exists()
        note = self._find(note_id)
        self._files.put(Tombstone(commit=note.commit, deletes=note.id, author=who, time=datetime.now(UTC)))

    def _on(self, commit: CommitId) -> tuple[Note, ...]:
        records = [self._files.get(commit, note_id) for note_id in self._files.ids(commit)]
        deleted = {record.deletes for record in records if isinstance(record, Tombstone)}
        notes = [record for record in records if isinstance(record, Note) and record.id not in deleted]
        return tuple(sorted(notes, key=lambda note: (note.time, note.id)))

    def _find(self, note_id: str) -> Note:
        wanted = NoteId(note_id)
        for commit in self._files.commits():
            if wanted in self._files.ids(commit):
                for note in self._on(commit):
                    if note.id == wanted:
                        return note
        raise NoteNotFoundError(note_id)


def _text(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise InvalidValueError("a note is text, and not empty")
    return text
