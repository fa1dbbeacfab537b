"""Notes: what people add later to a commit, or to one document of it; and their canonical form.

Format: docs/format/notes.md.
"""

from datetime import datetime
from typing import Annotated, NewType, TypeAlias

import msgspec

from muniment.errors import MalformedError
from muniment.values.ids import CommitId
from muniment.values.names import DocumentName
from muniment.values.objects import check_time, encode_in_order, format_time

NoteId = NewType("NoteId", str)
"""The SHA-256 of a note's canonical bytes, or of a tombstone's."""


class Note(msgspec.Struct, frozen=True, kw_only=True, tag="note", tag_field="type"):
    """What somebody added to `commit` later; `name` is the document that it is about, None for the whole."""

    commit: CommitId
    name: DocumentName | None
    text: str
    author: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    id: NoteId = NoteId("")

    def __hash__(self) -> int:
        """Hash by the id, which says all."""
        return hash(self.id)


class Tombstone(msgspec.Struct, frozen=True, kw_only=True, tag="tombstone", tag_field="type"):
    """Takes the note `deletes` away from `commit`."""

    commit: CommitId
    deletes: NoteId
    author: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]


Record: TypeAlias = Note | Tombstone

_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Write a note or a tombstone as canonical bytes; a note's id is not in them.

    Raises:
        InvalidValueError: A text in it is half of a surrogate pair; it says where.
    """
    time = format_time(record.time)
    if isinstance(record, Note):
        body = {"author": record.author, "commit": record.commit, "name": record.name, "text": record.text}
        return encode_in_order({**body, "time": time, "type": "note"})
    body = {"author": record.author, "commit": record.commit, "deletes": record.deletes}
    return encode_in_order({**body, "time": time, "type": "tombstone"})


def decode(note_id: NoteId, data: bytes) -> Record:
    """Read a note or a tombstone from bytes that were checked against `note_id`.

    Raises:
        MalformedError: It is something else.
    """
    try:
        record = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(note_id, f"not a note: {error}") from error
    check_time(note_id, record.time)
    if isinstance(record, Note):
        msgspec.structs.force_setattr(record, "id", note_id)
    return record
