"""`muniment.repo.notes.Notes` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.repo.notes import Notes
from muniment.values.note import Note


class AsyncNotes(Bound):
    """The verbs on notes, as `store.notes` offers them. They change no commit, and take no lock."""

    async def add(self, revision: str, text: str, name: str | None = None, author: str | None = None) -> Note:
        """Add a note to a commit, or to the document `name` of it, durably.

        Raises:
            InvalidValueError: `text` is empty, or no text.
            DocumentNotFoundError: The commit has no such document.
            RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
            MissingAuthorError: Neither this call nor the store names one.
        """
        return await self._call(Notes.add, revision, text, name, author)

    def list(self, revision: str = "HEAD") -> Listing[tuple[Note, ...], Note]:
        """List the notes on a commit and its documents, the oldest first.

        Raises:
            HashMismatchError, MalformedError: A note was damaged: see `verify`.
            RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
        """
        ask = partial(self._call, Notes.list, revision)
        return Listing(ask)

    async def delete(self, note_id: str, author: str | None = None) -> None:
        """Delete a note: a record that says so is put beside it, and wins in every copy.

        Raises:
            NoteNotFoundError: No note has that id, or it was deleted already.
            HashMismatchError, MalformedError, MissingAuthorError: As for `list` and `add`.
        """
        return await self._call(Notes.delete, note_id, author)
