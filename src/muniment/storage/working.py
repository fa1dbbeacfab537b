"""The working files: documents as people and programs edit them.

Reading takes no lock, because a file is only ever replaced whole. What was once found valid is
remembered by its bytes, so that reading an unchanged file costs what a bare read costs.

Format: docs/format/store.md, "Documents".
"""

import errno
import os
from collections.abc import Iterable
from typing import NamedTuple

from muniment.errors import (
    DocumentInvalidError,
    DocumentNotFoundError,
    InvalidNameError,
    InvalidValueError,
    MigrationFailedError,
)
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.storage import confine
from muniment.storage.change import Replacement
from muniment.storage.recent import Recent
from muniment.storage.spelling import Spellings
from muniment.values import canonical, names, place
from muniment.values.ids import BlobId
from muniment.values.json_value import JsonValue
from muniment.values.names import DocumentName

_REMEMBERED_BYTES = 32 << 20
_LOOKED_AT = 4096


_State = tuple[int, int, int]


class Staged(NamedTuple):
    """A document's next file, durable under a temporary name; one rename away from being seen."""

    name: DocumentName
    path: str
    state: _State | None
    temporary: str
    text: bytes
    blob: BlobId


class WorkingFiles:
    """The documents of one store as files."""

    def __init__(self, layout: Layout, *, sync: bool) -> None:
        self._layout = layout
        self._sync = sync
        self._spellings = Spellings(layout)
        self._looked: Recent[DocumentName, tuple[_State | None, BlobId]] = Recent(_LOOKED_AT)
        self._valid: Recent[DocumentName, tuple[bytes, BlobId | None]] = Recent(_REMEMBERED_BYTES)

    def text(self, name: DocumentName) -> bytes:
        """Read a document's file as it is.

        Raises:
            DocumentNotFoundError: There is none.
            InvalidNameError: A symbolic link on the way points out of the store.
        """
        try:
            return disk.read_file(confine.folder_path(self._layout, name))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise DocumentNotFoundError(name) from None
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
        return self._text_behind_link(name)

    def _text_behind_link(self, name: DocumentName) -> bytes:
        try:
            return disk.read_file(confine.document_path(self._layout, name))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise DocumentNotFoundError(name) from None

    def valid_text(self, name: DocumentName) -> bytes:
        """Read a document's file as it is, and check that it is JSON that can be stored.

        Raises:
            DocumentNotFoundError: There is none.
            DocumentInvalidError: It is not; it says where.
        """
        text = self.text(name)
        known = self._valid.get(name)
        if known is None or known[0] != text:
            self.decode(name, text)
            self._valid.put(name, (text, None), len(text))
        return text

    def read(self, name: DocumentName) -> JsonValue:
        """Read a document as a plain value, the caller's own to change; errors as for `valid_text`."""
        text = self.text(name)
        known = self._valid.get(name)
        if known is not None and known[0] == text:
            return canonical.decode_trusted(text)
        value = self.decode(name, text)
        self._valid.put(name, (text, None), len(text))
        return value

    def decode(self, name: DocumentName, text: bytes) -> JsonValue:
        """Read `text` as the file of a document; errors as for `valid_text`."""
        try:
            return canonical.decode(text)
        except InvalidValueError as error:
            raise self.invalid(name, text, error) from error

    def invalid(
        self, name: DocumentName, text: bytes, error: InvalidValueError | MigrationFailedError
    ) -> DocumentInvalidError:
        """Make of a fault in `text`, a document's file as it was read, an error that tells the line."""
        if isinstance(error, MigrationFailedError):
            return place.migration_failed(text, error, path=self._layout.document(name))
        return place.document_invalid(name, text, error, path=self._layout.document(name))

    def blob(self, name: DocumentName) -> bytes:
        """Give a document's canonical bytes, as history keeps them; errors as for `read`."""
        return canonical.encode(self.decode(name, self.text(name)))

    def blob_id(self, name: DocumentName) -> BlobId | None:
        """Give the id that a document's content has in history; None if there is no such file.

        Raises:
            DocumentInvalidError: The file is not JSON that can be stored.
            InvalidNameError: It is no name of a document, or leads out of the store.
        """
        state = _state(self._layout.document(names.document_name(name)))  # it may come from anybody's tree
        try:
            text = self.text(name)
        except DocumentNotFoundError:
            return None
        known = self._valid.get(name)
        if known is not None and known[0] == text and known[1] is not None:
            blob_id = known[1]
        else:
            blob_id = BlobId(canonical.digest(canonical.encode(self.decode(name, text))))
            self._valid.put(name, (text, blob_id), len(text))
        self._looked.put(name, (state, blob_id))
        return blob_id

    def write(self, name: DocumentName, blob: bytes) -> None:
        """Replace a document's file by the pretty form of `blob`, atomically and durably.

        A file that has just these bytes is left alone, so that nothing watching it wakes. The
        caller holds the document's lock.
        """
        text = canonical.pretty(blob)
        try:
            if self.text(name) == text:
                return
        except DocumentNotFoundError:
            self._spellings.check_new(name)
        path = confine.document_path(self._layout, name)
        atomic.replace_file(path, text, self._layout.temporary, sync=self._sync)
        self._spellings.note_new(name)
        self._valid.put(name, (text, None), len(text))

    def stage(self, name: DocumentName, before: BlobId | None, after: BlobId, text: bytes) -> list[Staged]:
        """Write a document's next file durably under a temporary name; `publish` shows it. `text` says `after`.

        Gives none where the file does not hold `before` any more: what somebody else wrote stays.
        """
        path = confine.document_path(self._layout, name)
        state = _state(path)
        _check_place(path)
        if self._looked.get(name) != (state, before) and not self.holds(name, before):
            return []
        if state is None:
            self._spellings.check_new(name)
        temporary = atomic.stage(self._layout.temporary, text, mode=atomic.mode_of(path), sync=self._sync)
        return [Staged(name, path, state, temporary, text, after)]

    def publish(self, staged: Staged) -> bool:
        """Show a staged file in place of the old one; False, and nothing, if somebody wrote there meanwhile."""
        disk.make_folders(os.path.dirname(staged.path))
        if _state(staged.path) != staged.state:
            atomic.discard(staged.temporary)
            return False
        atomic.publish(staged.temporary, staged.path, staged.text)
        self._spellings.note_new(staged.name)
        if canonical.digest(staged.text) != staged.blob:  # else it may be no document
            self._valid.put(staged.name, (staged.text, staged.blob), len(staged.text))
        return True

    def show(self, staged: Iterable[Staged], replacements: Iterable[Replacement]) -> bool:
        """Show the documents' next files, and delete those that have none; tell whether the system let that happen.

        One that cannot be shown keeps no other from it: it is told by `status`, as modified.
        """
        shown = True
        for item in staged:
            try:
                self.publish(item)
            except OSError:
                atomic.discard(item.temporary)
                shown = False
        for removal in replacements:
            if removal.after is None and removal.before:
                try:
                    if self.holds(removal.name, removal.before):
                        self.remove(removal.name, sync=False)
                except DocumentNotFoundError:
                    pass
                except OSError:
                    shown = False
        return shown

    def forget(self) -> None:
        """Forget what was found in files before."""
        self._looked.forget()
        self._valid.forget()

    def replace(self, name: DocumentName, before: BlobId, after: BlobId, blob: bytes) -> bool:
        """Replace a document's file durably if it holds `before` until the last moment; tell whether it did."""
        staged = self.stage(name, before, after, canonical.pretty(blob))
        shown = [one.path for one in staged if self.publish(one)]
        if shown and self._sync:
            atomic.sync_names(shown)
        return bool(shown)

    def holds(self, name: DocumentName, state_id: BlobId | None) -> bool:
        """Tell whether a document's file is in the state that `state_id` gave."""
        try:
            return self.state_id(name) == state_id
        except InvalidNameError:
            return False

    def state_id(self, name: DocumentName) -> BlobId | None:
        """Give the id of a file's content; of a file that holds no document, the hash of its bytes; None of no file."""
        try:
            return self.blob_id(name)
        except DocumentInvalidError:
            return BlobId(canonical.digest(self.text(name)))

    def remove(self, name: DocumentName, *, sync: bool | None = None) -> None:
        """Delete a document's file, and the folders above it that this leaves empty.

        Raises:
            DocumentNotFoundError: There is none.
        """
        path = confine.folder_path(self._layout, name)
        folder = os.path.dirname(path)
        try:
            disk.unlink(path)
        except (FileNotFoundError, NotADirectoryError):
            raise DocumentNotFoundError(name) from None
        if self._sync if sync is None else sync:
            atomic.sync_names([path])
        disk.remove_empty_folders(folder, self._layout.root)


def discard(staged: Iterable[Staged]) -> None:
    """Remove next files that are not to be shown after all."""
    for item in staged:
        atomic.discard(item.temporary)


def _state(path: str) -> _State | None:
    """Give what changes when a file is written or replaced; None where there is none."""
    try:
        state = disk.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino


def _check_place(path: str) -> None:
    """Refuse early what the rename would refuse after the commit point.

    Raises:
        OSError: A folder is in the place of the file, or nothing may be put into its folder.
    """
    folder = os.path.dirname(path)
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
