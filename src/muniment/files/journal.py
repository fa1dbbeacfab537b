"""The redo log: a change is real once its record is durable here.

One file of frames, written over space that was filled with zeros and synced beforehand: so
`fdatasync` reaches the medium without a commit of the file system's own journal, which would take
all new object files along and cost twice the time (docs/decisions/0001). Emptying the journal is
a new random generation in its header: each frame's checksum continues the one before, the first
the generation's, so a frame that another generation left, or that lay behind a torn one, is none.

A file beside it notes how far the records were applied. The note is never synced, so it is believed
only in the boot that wrote it, or by a process that has followed this generation itself; and it
is a file of its own, because a changed header would be written out by each `fdatasync`.

Format: docs/format/journal.md.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import MalformedError, StorageError
from muniment.files import disk, journal_note
from muniment.files.atomic import sync_names
from muniment.files.journal_frame import FRAME, FRAME_MAGIC, read_frame
from muniment.files.journal_note import Note

MAGIC = b"MUNJRNL1"
START = 4096
GROWTH = 1 << 20
LONGEST_GROWTH = 4 << 20
KEPT = 16 << 20
_FURTHEST = 1 << 62
"""No journal is that long, and no file of any system much longer."""

_HEADER = struct.Struct("<8s16s")  # magic, generation


class Journal:
    """The journal of one store as one process sees it.

    All methods but `is_settled` and `replaced_documents` need the store's exclusive lock; `pending`
    comes before the others each time that the lock was taken.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd: int | None = None
        self._note_fd: int | None = None
        self._boot = journal_note.boot_id()
        self._broken = False
        self._generation = b""
        self._followed = b""
        self._end = START
        self._chain = 0
        self._documents = False
        self._allocated = 0
        self._inode = 0
        self._own_note = b"", Note(b"", b"", START, 0, documents=False)
        """The last note that this process wrote, as bytes too, by which it is known again."""

    def is_settled(self) -> bool:
        """Tell whether every record was applied; needs no lock, so it is a hint beside writers."""
        try:
            fd = disk.open_fd(self._path, disk.READ_ONLY)
        except FileNotFoundError:
            return True
        try:
            generation = self._parse_header(disk.pread(fd, _HEADER.size, 0))
            note = self._believable(generation, self._read_note())
            return read_frame(fd, note.position, note.chain) is None
        finally:
            disk.close(fd)

    def replaced_documents(self) -> bool:
        """Tell whether a record since the last checkpoint replaced documents, or may have; needs no lock."""
        note = journal_note.decode(self._read_note())
        if note is None or not note.documents:
            return not self.is_settled()
        with suppress(FileNotFoundError):
            return disk.read_start(self._path, _HEADER.size).endswith(note.generation)
        return False

    def _read_note(self) -> bytes:
        try:
            return disk.read_file(self._path + journal_note.SUFFIX)
        except FileNotFoundError:
            return b""

    def is_followed(self) -> bool:
        """Tell whether this process has looked at the journal before, and keeps it open."""
        return bool(self._followed)

    def pending(self) -> list[bytes]:
        """Give the payloads of the records that may not have been applied, oldest first.

        A torn last record was never acknowledged: it is passed over, and `append` overwrites it.

        Raises:
            MalformedError: The file is no journal of this format: move it away and run `verify`.
        """
        if self._fd is not None and self._was_replaced():
            self.close()
        fd = self._open()
        generation = self._parse_header(disk.pread(fd, _HEADER.size, 0))
        if not generation:
            self._allocate(fd, START + FRAME.size)
            self._write_header(fd)
            return []
        note = self._believable(generation, disk.pread(self._open_note(), journal_note.SIZE_BYTES, 0))
        self._end, self._chain, self._documents = note.position, note.chain, note.documents
        if generation != self._generation:
            self._generation = generation
            self._allocated = disk.fstat(fd).st_size
        if self._end > START:
            self._followed = generation
        payloads = []
        while (payload := read_frame(fd, self._end, self._chain)) is not None:
            payloads.append(payload)
            self._advance(payload)
        return payloads

    def _believable(self, generation: bytes, data: bytes) -> Note:
        """Give the note if it is whole, of this generation, and of this boot or one followed; else that of a start."""
        written, own = self._own_note
        if data == written and own.generation == generation:
            return own
        note = journal_note.decode(data)
        is_known = note is not None and (note.boot == self._boot or generation == self._followed)
        if note is not None and is_known and note.generation == generation and START <= note.position < _FURTHEST:
            return note
        return Note(generation, self._boot, START, zlib.crc32(generation), documents=False)

    def records(self) -> Iterator[bytes]:
        """Read the payload of every record since the last checkpoint, applied or not."""
        position, chain = START, zlib.crc32(self._generation)
        while position < self._end:
            payload = read_frame(self._open(), position, chain)
            if payload is None:
                raise MalformedError(self._path, f"the record at byte {position} is damaged")
            yield payload
            position, chain = position + FRAME.size + len(payload), zlib.crc32(payload, chain)

    def append(self, payload: bytes, *, sync: bool = True) -> None:
        """Write one record, durable on return where `sync`. This is the commit point.

        Raises:
            OSError: Nothing was recorded.
            StorageError: A sync failed before; the kernel may have dropped what it could not
                write, so this journal takes no more: open the store anew.
        """
        if self._broken:
            raise StorageError("write", self._path, "an earlier sync failed; open the store anew")
        fd = self._open()
        self._allocate(fd, self._end + FRAME.size + len(payload))
        chain = zlib.crc32(payload, self._chain)
        frame = FRAME.pack(FRAME_MAGIC, chain, len(payload))
        try:
            disk.pwrite_all(fd, frame + payload, self._end)
            if sync:
                self._sync(fd)
        except BaseException:
            with suppress(OSError):
                disk.pwrite(fd, bytes(FRAME.size), self._end)
            raise
        self._end, self._chain = self._end + FRAME.size + len(payload), chain

    def _sync(self, fd: int) -> None:
        try:
            disk.fdatasync(fd)
        except OSError:
            self._broken = True
            raise

    def mark_applied(self, *, documents: bool = False) -> None:
        """Note that every record so far was applied, and whether this one replaced `documents`."""
        self._documents = self._documents or documents
        self._followed = self._generation
        note = Note(self._generation, self._boot, self._end, self._chain, self._documents)
        data = journal_note.encode(note)
        self._own_note = data, note
        disk.pwrite(self._open_note(), data, 0)

    def distrust(self) -> None:
        """Take no more records, and let whoever opens the journal next apply all of them again.

        For when a sync failed: what the kernel still holds in memory proves nothing.
        """
        self._broken = True
        disk.pwrite(self._open_note(), bytes(journal_note.SIZE_BYTES), 0)

    @property
    def has_documents(self) -> bool:
        """Tell whether `documents` were noted since the last checkpoint, as far as `pending` has seen."""
        return self._documents

    def size(self) -> int:
        """Give the bytes of records since the last checkpoint."""
        return self._end - START

    def reset(self) -> None:
        """Empty the journal durably; everything in it was applied and is durable itself.

        Raises:
            OSError: It holds what it held, for whoever opens it next, and takes no more.
        """
        fd = self._open()
        header = disk.pread(fd, _HEADER.size, 0)
        self._write_header(fd)
        try:
            disk.fdatasync(fd)
        except OSError:
            disk.pwrite_all(fd, header, 0)  # or records would follow on a header that is in memory alone
            self.distrust()
            raise
        if self._allocated > KEPT:
            disk.truncate(fd, KEPT)
            self._allocated = KEPT

    def wipe(self) -> None:
        """Overwrite with zeros, durably, what earlier generations left behind the last record.

        `reset` leaves the bytes of the records where they are, until others overwrite them.
        """
        fd = self._open()
        self._fill(fd, self._end, disk.fstat(fd).st_size)

    def close(self) -> None:
        """Close the files; the next use opens them again."""
        for fd in (self._fd, self._note_fd):
            if fd is not None:
                with suppress(OSError):
                    disk.close(fd)
        self._fd = self._note_fd = None
        self._generation = self._followed = b""

    def _open(self) -> int:
        if self._fd is None:
            self._fd = self._open_or_make()
            state = disk.fstat(self._fd)
            self._allocated, self._inode = state.st_size, state.st_ino
        return self._fd

    def _open_or_make(self) -> int:
        try:
            return disk.open_fd(self._path, disk.READ_WRITE)
        except FileNotFoundError:
            made = disk.make_folders(os.path.dirname(self._path))
            fd = disk.open_fd(self._path, disk.CREATE_OR_OPEN, 0o666)
            sync_names([self._path, *made])
            return fd

    def _was_replaced(self) -> bool:
        """Tell whether somebody deleted `local/` or moved the journal away since it was opened."""
        try:
            return disk.stat(self._path).st_ino != self._inode
        except FileNotFoundError:
            return True

    def _open_note(self) -> int:
        if self._note_fd is None:
            self._note_fd = disk.open_fd(self._path + journal_note.SUFFIX, disk.CREATE_OR_OPEN, 0o666)
        return self._note_fd

    def _parse_header(self, data: bytes) -> bytes:
        """Give the generation; nothing where the file was never written, or its making was cut short."""
        if MAGIC.startswith(data.rstrip(b"\0")):
            return b""
        if len(data) < _HEADER.size or not data.startswith(MAGIC):
            raise MalformedError(self._path, "not a journal of this format")
        return data[8:]

    def _write_header(self, fd: int) -> None:
        self._generation = self._followed = os.urandom(16)
        self._documents = False
        self._end, self._chain = START, zlib.crc32(self._generation)
        disk.pwrite_all(fd, _HEADER.pack(MAGIC, self._generation), 0)

    def _advance(self, payload: bytes) -> None:
        self._end += FRAME.size + len(payload)
        self._chain = zlib.crc32(payload, self._chain)

    def _allocate(self, fd: int, size: int) -> None:
        """Fill the file with zeros so that it holds `size` bytes: twice what it was, in whole steps."""
        if size <= self._allocated:
            return
        self._allocated = disk.fstat(fd).st_size  # another program may have filled it, and written there
        if size <= self._allocated:
            return
        wanted = max(size, min(2 * self._allocated, self._allocated + LONGEST_GROWTH))
        target = -(-wanted // GROWTH) * GROWTH
        self._fill(fd, self._allocated, target)
        self._allocated = target

    def _fill(self, fd: int, start: int, end: int) -> None:
        for position in range(start, end, GROWTH):
            disk.pwrite_all(fd, bytes(min(GROWTH, end - position)), position)
        disk.fsync(fd)
