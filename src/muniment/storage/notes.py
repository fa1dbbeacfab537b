"""Notes as immutable files named by their content, so that the host repository merges them.

Format: docs/format/notes.md.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import CorruptionError, MalformedError
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.storage import checked
from muniment.values import canonical, note
from muniment.values.ids import CommitId, is_id
from muniment.values.note import NoteId, Record

_FILE = re.compile(r"([0-9a-f]{64})\.json")


class NoteFiles:
    """The notes of one store."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def put(self, record: Record) -> NoteId:
        """Keep a note or a tombstone, durably, and give its id; one that is there already stays."""
        data = note.encode(record)
        note_id = NoteId(canonical.digest(data))
        atomic.replace_file(self._layout.note(record.commit, note_id), data, self._layout.temporary)
        return note_id

    def commits(self) -> list[CommitId]:
        """List the commits that have notes, in ascending order."""
        return sorted(CommitId(name) for name in self._names(self._layout.notes) if is_id(name))

    def ids(self, commit: CommitId) -> list[NoteId]:
        """List the ids of the notes and tombstones on a commit, in ascending order."""
        matches = map(_FILE.fullmatch, self._names(self._layout.notes_on(commit)))
        return sorted(NoteId(match[1]) for match in matches if match)

    def get(self, commit: CommitId, note_id: NoteId) -> Record:
        """Read a note or a tombstone, checked against its name.

        Raises:
            FileNotFoundError: It is not there.
            HashMismatchError, MalformedError: The file was damaged, is no note, or one on another commit.
        """
        path = self._layout.note(commit, note_id)
        record = note.decode(note_id, checked.read(path, note_id))
        if record.commit != commit:
            raise MalformedError(path, f"it is a note on commit {record.commit}")
        return record

    def damaged(self) -> Iterator[tuple[str, CorruptionError]]:
        """Give the files of notes that cannot be read, each with its fault."""
        for commit in self.commits():
            for note_id in self.ids(commit):
                try:
                    self.get(commit, note_id)
                except CorruptionError as error:
                    yield self._layout.note(commit, note_id), error

    def _names(self, folder: str) -> list[str]:
        with suppress(FileNotFoundError, NotADirectoryError):
            return disk.listdir(folder)
        return []
