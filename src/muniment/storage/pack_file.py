"""One pack: many objects in one immutable file that is named by its own SHA-256.

Looking up an id takes a few steps in the sorted index. A large pack is mapped into memory; of a
small one the index is held, and an object is read from the file: so many small packs need neither
address space nor descriptors. A mapped file must never be cut short: touching what is gone kills
the program. Packs are only ever written whole and deleted whole.

Format: docs/format/packs.md.
"""

import mmap
import os
import struct
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from operator import itemgetter

from muniment.errors import CorruptionError, HashMismatchError, MalformedError, UnsupportedFormatError
from muniment.files import disk
from muniment.files.layout import PACK_SUFFIX
from muniment.values import canonical

MAGIC = b"MUNIPACK"
VERSION = 1

HEADER = struct.Struct("<8sII")  # magic, version, flags
FAN_OUT = struct.Struct("<257I")  # how many ids have a first byte below 0, 1, ... 256
ENTRY = struct.Struct("<32sQQ")  # id, offset and size of the object in bytes
TRAILER = struct.Struct("<QQ")  # offset of the fan-out, number of objects

CHUNK_BYTES = 1 << 20
_MAPPED_FROM_BYTES = 4 << 20
_BUCKET = struct.Struct("<II")


class PackFile:
    """The pack at `path`, opened for reading: any number of threads, and forked children, may share it.

    Nothing is held open for a small pack, and for a large one its map, which the last user lets go.

    Raises:
        MalformedError: The file is cut short or no pack: restore it from a copy.
        UnsupportedFormatError: A newer program wrote it.
    """

    __slots__ = ("_count", "_entries_at", "_fan_out_at", "_index", "_map", "_objects_end", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        fd = disk.open_fd(path, disk.READ_ONLY)
        try:
            size = disk.fstat(fd).st_size
            self._check_header(disk.pread(fd, HEADER.size, 0))
            self._objects_end, self._count = self._read_trailer(fd, size)
            self._map: mmap.mmap | None = None
            self._index: mmap.mmap | bytes
            if size < _MAPPED_FROM_BYTES:
                self._index = disk.pread(fd, size - self._objects_end, self._objects_end)
                self._fan_out_at = 0
            else:
                self._index = self._map = mmap.mmap(fd, 0, access=mmap.ACCESS_READ)
                self._fan_out_at = self._objects_end
            self._entries_at = self._fan_out_at + FAN_OUT.size
        finally:
            disk.close(fd)

    def _check_header(self, header: bytes) -> None:
        if len(header) < HEADER.size or not header.startswith(MAGIC):
            raise MalformedError(self.path, "not a pack")
        _, version, flags = HEADER.unpack(header)
        if version != VERSION or flags:
            raise UnsupportedFormatError(self.path, f"a pack of version {version}, flags {flags:#x}", f"{VERSION}, 0x0")

    def _read_trailer(self, fd: int, size: int) -> tuple[int, int]:
        """Give the offset at which the objects end and the index begins, and their number."""
        rest = size - HEADER.size - FAN_OUT.size - TRAILER.size
        if rest >= 0:
            start, count = TRAILER.unpack(disk.pread(fd, TRAILER.size, size - TRAILER.size))
            if start >= HEADER.size and start - HEADER.size + count * ENTRY.size == rest:
                return start, count
        raise MalformedError(self.path, "cut short, or its trailer is damaged")

    def get(self, raw_id: bytes) -> bytes | None:
        """Give the object of this id (32 bytes), checked against it; None where the pack has none.

        Raises:
            HashMismatchError: The object is damaged; its bytes are never given.
            MalformedError: The index is damaged.
            FileNotFoundError: The pack was deleted: look for the one that took its place.
        """
        position = self._find(raw_id)
        if position is None:
            return None
        _, offset, size = self._entry(position)
        data = self._read(offset, size)
        expected, found = raw_id.hex(), canonical.digest(data)
        if found != expected:
            raise HashMismatchError(self.path, expected, found)
        return data

    def ids(self, prefix: str = "") -> Iterator[str]:
        """Give the ids that begin with these hex digits, ascending."""
        first = bytes.fromhex(prefix.ljust(64, "0"))
        for position in range(bisect_left(range(self._count), first, key=self._id), self._count):
            object_id = self._id(position).hex()
            if not object_id.startswith(prefix):
                return
            yield object_id

    def objects(self) -> Iterator[tuple[str, bytes]]:
        """Give all objects with their ids, in the order in which they lie, each checked as by `get`."""
        entries = sorted((self._entry(position) for position in range(self._count)), key=itemgetter(1))
        for raw_id, _, _ in entries:
            data = self.get(raw_id)
            if data is not None:
                yield raw_id.hex(), data

    def check_index(self) -> None:
        """Look at the whole index.

        Raises:
            MalformedError: Whoever wrote it broke the format.
        """
        before, end, firsts = b"", HEADER.size, [0] * 256
        for position in range(self._count):
            raw_id, _, size = self._entry(position)
            if raw_id <= before:
                raise MalformedError(self.path, f"entry {position} of the index is out of order")
            before = raw_id
            end += size
            firsts[raw_id[0]] += 1
        if end != self._objects_end:
            raise MalformedError(self.path, "the objects do not fill the space before the index")
        if FAN_OUT.unpack_from(self._index, self._fan_out_at) != (0, *accumulate(firsts)):
            raise MalformedError(self.path, "the fan-out does not fit the ids")

    def _find(self, raw_id: bytes) -> int | None:
        low: int
        high: int
        low, high = _BUCKET.unpack_from(self._index, self._fan_out_at + 4 * raw_id[0])
        if not low <= high <= self._count:
            raise MalformedError(self.path, "the fan-out is damaged")
        index, entries_at = self._index, self._entries_at
        while low < high:  # half the time of `bisect` with a key
            middle = (low + high) // 2
            at = entries_at + middle * ENTRY.size
            if (found := index[at : at + 32]) == raw_id:
                return middle
            if found < raw_id:
                low = middle + 1
            else:
                high = middle
        return None

    def _id(self, position: int) -> bytes:
        at = self._entries_at + position * ENTRY.size
        return self._index[at : at + 32]

    def _entry(self, position: int) -> tuple[bytes, int, int]:
        at = self._entries_at + position * ENTRY.size
        raw_id, offset, size = ENTRY.unpack_from(self._index, at)
        if offset < HEADER.size or offset + size > self._objects_end:
            raise MalformedError(self.path, f"entry {position} of the index leads out of the objects")
        return raw_id, offset, size

    def _read(self, offset: int, size: int) -> bytes:
        if self._map is not None:
            return self._map[offset : offset + size]
        fd = disk.open_fd(self.path, disk.READ_ONLY)
        try:
            return disk.pread(fd, size, offset)
        finally:
            disk.close(fd)


def check_pack(path: str) -> CorruptionError | UnsupportedFormatError | None:
    """Tell what is wrong with the pack at `path`, read in full: its bytes against its name, and its index.

    The objects are not hashed one by one: in a file whose hash is right, they are what was written.
    """
    digest = canonical.new_digest()
    for chunk in read_chunks(path):
        digest.update(chunk)
    expected, found = os.path.basename(path).removesuffix(PACK_SUFFIX), digest.hexdigest()
    if found != expected:
        return HashMismatchError(path, expected, found)
    try:
        PackFile(path).check_index()
    except (CorruptionError, UnsupportedFormatError) as error:
        return error
    return None


def read_chunks(path: str) -> Iterator[bytes]:
    """Read a file from beginning to end, a chunk at a time."""
    fd = disk.open_fd(path, disk.READ_ONLY)
    try:
        while chunk := disk.read(fd, CHUNK_BYTES):
            yield chunk
    finally:
        disk.close(fd)
