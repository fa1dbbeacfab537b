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
import secrets
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import MalformedError, StorageError
from muniment.files import disk

MAGIC = b"MUNJRNL1"
START = 4096
GROWTH = 1 << 20
KEPT = 16 << 20

_HEADER = struct.Struct("<8s16s")  # magic, generation
_NOTE = struct.Struct("<16s16sQI")  # generation, boot, where the first record not applied begins, the CRC before it
_FRAME = struct.Struct("<4sIQ")  # magic, CRC-32 chained to the frame before, size of the payload in bytes
_FRAME_MAGIC = b"RCRD"
_NOTE_SUFFIX = ".applied"
_BOOT_ID = "/proc/sys/kernel/random/boot_id"


class Journal:
    """The journal of one store as one process sees it.

    All methods but `is_settled` need the store's exclusive lock; `pending` comes before the others
    each time that the lock was taken.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd: int | None = None
        self._note_fd: int | None = None
        self._boot = _boot_id()
        self._broken = False
        self._generation = b""
        self._end = START
        self._chain = 0
        self._allocated = 0

    def is_settled(self) -> bool:
        """Tell whether every record was applied; needs no lock, so it is a hint beside writers."""
        try:
            fd = disk.open_fd(self._path, disk.READ_ONLY)
        except FileNotFoundError:
            return True
        try:
            generation = self._parse_header(disk.pread(fd, _HEADER.size, 0))
            return _read_frame(fd, *self._applied(generation, self._read_note())) is None
        finally:
            disk.close(fd)

    def _read_note(self) -> bytes:
        try:
            return disk.read_file(self._path + _NOTE_SUFFIX)
        except FileNotFoundError:
            return b""

    def pending(self) -> list[bytes]:
        """Give the payloads of the records that may not have been applied, oldest first.

        A torn last record was never acknowledged: it is passed over, and `append` overwrites it.

        Raises:
            MalformedError: The file is no journal of this format: move it away and run `verify`.
        """
        if self._fd is not None and disk.fstat(self._fd).st_nlink == 0:  # somebody deleted local/
            self.close()
        fd = self._open()
        generation = self._parse_header(disk.pread(fd, _HEADER.size, 0))
        if not generation:
            self._allocate(fd, START + _FRAME.size)
            self._write_header(fd)
            return []
        note = disk.pread(self._open_note(), _NOTE.size, 0)
        self._end, self._chain = self._applied(generation, note)
        if generation != self._generation:
            self._generation = generation
            self._allocated = disk.fstat(fd).st_size
        payloads = []
        while (payload := _read_frame(fd, self._end, self._chain)) is not None:
            payloads.append(payload)
            self._advance(payload)
        return payloads

    def _applied(self, generation: bytes, note: bytes) -> tuple[int, int]:
        """Give where the first record begins that may not have been applied, and the CRC before it."""
        start = START, zlib.crc32(generation)
        if len(note) < _NOTE.size:
            return start
        noted, boot, position, chain = _NOTE.unpack(note)
        believed = noted == generation and (boot == self._boot or generation == self._generation)
        return (position, chain) if believed else start

    def records(self) -> Iterator[bytes]:
        """Read the payload of every record since the last checkpoint, applied or not."""
        position, chain = START, zlib.crc32(self._generation)
        while position < self._end:
            payload = _read_frame(self._open(), position, chain)
            if payload is None:
                raise MalformedError(self._path, f"the record at byte {position} is damaged")
            yield payload
            position, chain = position + _FRAME.size + len(payload), zlib.crc32(payload, chain)

    def append(self, payload: bytes, *, sync: bool = True) -> None:
        """Write one record, durable on return where `sync`. This is the commit point.

        Raises:
            OSError: Nothing was recorded. If it was the sync that failed, the kernel may have
                dropped what it could not write, so this journal takes no more: open the store anew.
        """
        if self._broken:
            raise StorageError("write", self._path, "an earlier sync failed; open the store anew")
        fd = self._open()
        self._allocate(fd, self._end + _FRAME.size + len(payload))
        frame = _FRAME.pack(_FRAME_MAGIC, zlib.crc32(payload, self._chain), len(payload))
        try:
            _pwrite_all(fd, frame + payload, self._end)
            if sync:
                disk.fdatasync(fd)
        except BaseException as error:
            self._broken = isinstance(error, OSError)
            with suppress(OSError):
                disk.pwrite(fd, bytes(_FRAME.size), self._end)
            raise
        self._advance(payload)

    def mark_applied(self) -> None:
        """Note that every record so far was applied."""
        note = _NOTE.pack(self._generation, self._boot, self._end, self._chain)
        disk.pwrite(self._open_note(), note, 0)

    def refuse_more(self) -> None:
        """Take no more records: a sync failed, so what the kernel still holds proves nothing."""
        self._broken = True

    def size(self) -> int:
        """Give the bytes of records since the last checkpoint."""
        return self._end - START

    def reset(self) -> None:
        """Empty the journal durably; everything in it was applied and is durable itself."""
        fd = self._open()
        if self._allocated > KEPT:
            disk.truncate(fd, KEPT)
            self._allocated = KEPT
        self._write_header(fd)
        disk.fdatasync(fd)

    def close(self) -> None:
        """Close the files; the next use opens them again."""
        for fd in (self._fd, self._note_fd):
            if fd is not None:
                with suppress(OSError):
                    disk.close(fd)
        self._fd = self._note_fd = None
        self._generation = b""

    def _open(self) -> int:
        if self._fd is None:
            disk.make_folders(os.path.dirname(self._path))
            self._fd = disk.open_fd(self._path, disk.CREATE_OR_OPEN, 0o666)
            self._allocated = disk.fstat(self._fd).st_size
        return self._fd

    def _open_note(self) -> int:
        if self._note_fd is None:
            self._note_fd = disk.open_fd(self._path + _NOTE_SUFFIX, disk.CREATE_OR_OPEN, 0o666)
        return self._note_fd

    def _parse_header(self, data: bytes) -> bytes:
        """Give the generation; nothing where the file was never written, or its making was cut short."""
        if not data.strip(b"\0"):
            return b""
        if len(data) < _HEADER.size or not data.startswith(MAGIC):
            raise MalformedError(self._path, "not a journal of this format")
        return data[8:]

    def _write_header(self, fd: int) -> None:
        self._generation = secrets.token_bytes(16)
        self._end, self._chain = START, zlib.crc32(self._generation)
        _pwrite_all(fd, _HEADER.pack(MAGIC, self._generation), 0)

    def _advance(self, payload: bytes) -> None:
        self._end += _FRAME.size + len(payload)
        self._chain = zlib.crc32(payload, self._chain)

    def _allocate(self, fd: int, size: int) -> None:
        """Fill the file with zeros up to a multiple of the growth step that holds `size` bytes."""
        if size <= self._allocated:
            return
        self._allocated = disk.fstat(fd).st_size  # another program may have filled it, and written there
        if size <= self._allocated:
            return
        target = -(-size // GROWTH) * GROWTH
        for position in range(self._allocated, target, GROWTH):
            _pwrite_all(fd, bytes(min(GROWTH, target - position)), position)
        disk.fsync(fd)
        self._allocated = target


def _read_frame(fd: int, position: int, chain: int) -> bytes | None:
    """Read the payload of the frame at `position`; None unless a whole one follows what gave `chain`."""
    head = disk.pread(fd, _FRAME.size, position)
    if len(head) < _FRAME.size:
        return None
    magic, crc, size = _FRAME.unpack(head)
    if magic != _FRAME_MAGIC or position + _FRAME.size + size > disk.fstat(fd).st_size:
        return None
    payload = _pread_all(fd, size, position + _FRAME.size)
    return payload if zlib.crc32(payload, chain) == crc else None


def _pread_all(fd: int, size: int, position: int) -> bytes:
    chunks = []
    while size and (data := disk.pread(fd, size, position)):
        chunks.append(data)
        size, position = size - len(data), position + len(data)
    return b"".join(chunks)


def _pwrite_all(fd: int, data: bytes, position: int) -> None:
    rest = memoryview(data)
    while rest:
        written = disk.pwrite(fd, rest, position)
        rest, position = rest[written:], position + written


def _boot_id() -> bytes:
    """Name this boot of the machine; where the system does not tell, this process stands for it."""
    try:
        return bytes.fromhex(disk.read_file(_BOOT_ID).decode().strip().replace("-", ""))
    except (OSError, ValueError):
        return secrets.token_bytes(16)
