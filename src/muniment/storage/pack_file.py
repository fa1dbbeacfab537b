"""One pack: many objects in one immutable file that is named by its own SHA-256.

Looking up an id takes a search in the sorted index, and then a block to unpack, which is remembered. A large pack is
mapped into memory; of a small one the index is held, and a block is read from the file: so many small packs need
neither address space nor descriptors. A mapped file must never be cut short: touching what is gone kills the program.
Packs are only ever written whole and deleted whole.

Format: docs/format/packs.md.
"""

import errno
import mmap
import os
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from muniment.errors import CorruptionError, HashMismatchError, MalformedError, UnsupportedFormatError
from muniment.files import disk
from muniment.files.layout import pack_name
from muniment.storage import pack_index
from muniment.storage.pack_index import BlockPlace, PackIndex
from muniment.storage.pack_layout import HEADER, KEY_BYTES, MAGIC, TRAILER, VERSION
from muniment.storage.recent import Recent
from muniment.values import canonical

if TYPE_CHECKING:
    from muniment.storage.pack_block import Block

CHUNK_BYTES = 1 << 20
REMEMBERED_BYTES = 16 << 20
_MAPPED_FROM_BYTES = 4 << 20
_BASES_BYTES = 2 << 20
"""What has to be remembered to read a pack in its order."""
_KEY_DIGITS = 2 * KEY_BYTES
_FEW = 64
"""So many objects are read one by one where their ids are wanted; more of them in the order of the file."""

_FAULTS_OF_A_FILE = frozenset({errno.EIO, errno.EISDIR, errno.ELOOP, errno.ENXIO})
"""What the system says of a file that cannot be read, now or later; other refusals are of the program, or pass."""

Remembered: TypeAlias = "Recent[tuple[int, int], Block]"
"""Blocks by the pack, as it was opened, and their number."""
_serials = count()


class PackFile:
    """The pack at `path`, opened for reading: any number of threads, and forked children, may share it.

    Nothing is held open for a small pack, and for a large one its map, which the last user lets go. `remembered` are
    the blocks that were unpacked lately, of any number of packs.

    Raises:
        MalformedError: The file is cut short, no pack, or cannot be read: restore it from a copy.
        UnsupportedFormatError: A newer program wrote it.
    """

    __slots__ = ("_file", "_map", "_remembered", "_serial", "index", "path")

    def __init__(self, path: str, remembered: "Remembered | None" = None) -> None:
        self.path = path
        self._remembered: Remembered = Recent(REMEMBERED_BYTES) if remembered is None else remembered
        self._serial = next(_serials)
        self._map: mmap.mmap | None = None
        try:
            fd = disk.open_fd(path, disk.READ_ONLY)
            try:
                self.index = self._opened(fd)
            finally:
                disk.close(fd)
        except OSError as error:
            raise _told(path, error) from error

    def _opened(self, fd: int) -> PackIndex:
        state = disk.fstat(fd)
        self._file, size = _identity(state), state.st_size
        self._check_header(disk.pread(fd, HEADER.size, 0))
        start, blocks, objects = self._read_trailer(fd, size)
        if size < _MAPPED_FROM_BYTES:
            index = memoryview(disk.pread(fd, size - start, start))
        else:
            self._map = mmap.mmap(fd, 0, access=mmap.ACCESS_READ)
            index = memoryview(self._map)[start:]
        return PackIndex(self.path, index, start, blocks, objects)

    def is_replaced(self) -> bool:
        """Tell whether another file has its name now, or none."""
        try:
            return _identity(disk.stat(self.path)) != self._file
        except OSError:
            return True

    def _check_header(self, header: bytes) -> None:
        if len(header) < HEADER.size or not header.startswith(MAGIC):
            raise MalformedError(self.path, "not a pack")
        _, version, flags = HEADER.unpack(header)
        if version != VERSION or flags:
            raise UnsupportedFormatError(self.path, f"a pack of version {version}, flags {flags:#x}", f"{VERSION}, 0x0")

    def _read_trailer(self, fd: int, size: int) -> tuple[int, int, int]:
        """Give the offset at which the blocks end and the index begins, and how many blocks and objects there are."""
        rest = size - HEADER.size - TRAILER.size
        if rest >= 0:
            start, blocks, objects = TRAILER.unpack(disk.pread(fd, TRAILER.size, size - TRAILER.size))
            is_whole = start >= HEADER.size and start - HEADER.size + pack_index.size_of(blocks, objects) == rest
            if is_whole and bool(blocks) == bool(objects):
                return start, blocks, objects
        raise MalformedError(self.path, "cut short, or its trailer is damaged")

    def get(self, object_id: str) -> bytes | None:
        """Give the object of this id, checked against it; None where the pack has none.

        Raises:
            HashMismatchError: The object is damaged; its bytes are never given.
            MalformedError: The index or a block is damaged.
            FileNotFoundError: The pack was deleted: look for the one that took its place.
        """
        damaged = ""
        for number in self.index.numbers(int(object_id[:_KEY_DIGITS], 16)):
            data = self._object(number)
            found = canonical.digest(data)
            if found == object_id:
                return data
            if found[:_KEY_DIGITS] != object_id[:_KEY_DIGITS]:  # else it is another object, whole, with the same key
                damaged = found
        if damaged:
            raise HashMismatchError(self.path, object_id, damaged)
        return None

    def ids(self, prefix: str = "") -> list[str]:
        """Give the ids that begin with these hex digits, ascending; errors as for `objects`."""
        digits = prefix[:_KEY_DIGITS]
        asked = self.index.between(int(digits.ljust(_KEY_DIGITS, "0"), 16), int(digits.ljust(_KEY_DIGITS, "f"), 16))
        if len(asked) <= _FEW:
            found = [self._checked(self._object(number), key) for key, number in asked]
        else:
            found = [object_id for object_id, _ in self.objects()]
        return sorted(object_id for object_id in found if object_id.startswith(prefix))

    def objects(self) -> Iterator[tuple[str, bytes]]:
        """Give all objects with their ids, in the order in which they lie, each checked against its key.

        Raises:
            HashMismatchError: One is damaged.
            MalformedError: The index or a block is damaged.
        """
        keys = self.index.keys()
        for number in range(self.index.blocks):
            block = self._block(number)
            for one in range(block.first, block.first + len(block.places) - 1):
                data = block.object(one)
                yield self._checked(data, keys[one]), data

    def block_objects(self, number: int) -> Iterator[bytes]:
        """Give the objects of one block, unchecked.

        Raises:
            MalformedError: The block is damaged, or its place in the index is.
        """
        block = self._block(number)
        return map(block.object, range(block.first, block.first + len(block.places) - 1))

    def _checked(self, data: bytes, key: int) -> str:
        """Give an object's id, which begins with its key."""
        found = canonical.digest(data)
        if int(found[:_KEY_DIGITS], 16) != key:
            raise HashMismatchError(self.path, f"{key:016x}...", found)
        return found

    def _object(self, number: int) -> bytes:
        return self._block(self.index.block_of(number)).object(number)

    def _block(self, number: int) -> "Block":
        """Give a block, unpacked if it is not remembered."""
        known = self._remembered.get((self._serial, number))
        if known is not None:
            return known
        from muniment.storage import pack_block  # which imports what nobody needs who reads no pack

        place = self.index.place(number)
        base = None if place.base is None else self._block(place.base).data
        try:
            data = pack_block.unpack(self._read(place), base, place.unpacked_bytes)
            block = pack_block.split(data, place.first, place.objects)
        except ValueError as error:
            raise MalformedError(self.path, f"block {number}: {error}") from error
        self._remembered.put((self._serial, number), block, len(data))
        return block

    def _read(self, place: BlockPlace) -> bytes:
        if self._map is not None:
            return self._map[place.offset : place.offset + place.packed_bytes]
        try:
            fd = disk.open_fd(self.path, disk.READ_ONLY)
            try:
                return disk.pread(fd, place.packed_bytes, place.offset)
            finally:
                disk.close(fd)
        except OSError as error:
            raise _told(self.path, error) from error


def check_pack(path: str) -> CorruptionError | UnsupportedFormatError | None:
    """Tell what is wrong with the pack at `path`, read in full: its bytes against its name, its index, its objects."""
    try:
        check_bytes(path)
        pack = PackFile(path, Recent(_BASES_BYTES))
        pack.index.check()
        for _ in pack.objects():
            pass
    except (CorruptionError, UnsupportedFormatError) as error:
        return error
    return None


def check_bytes(path: str) -> None:
    """Hash the pack at `path`.

    Raises:
        HashMismatchError: It is not what its name says.
        MalformedError: The system cannot read it.
    """
    digest = canonical.new_digest()
    for chunk in read_chunks(path):
        digest.update(chunk)
    expected, found = pack_name(path), digest.hexdigest()
    if found != expected:
        raise HashMismatchError(path, expected, found)


def read_chunks(path: str) -> Iterator[bytes]:
    """Read a file from beginning to end, a chunk at a time; errors as for `PackFile`."""
    try:
        fd = disk.open_fd(path, disk.READ_ONLY)
        try:
            while chunk := disk.read(fd, CHUNK_BYTES):
                yield chunk
        finally:
            disk.close(fd)
    except OSError as error:
        raise _told(path, error) from error


def _told(path: str, error: OSError) -> Exception:
    """Give the error that a refusal is told as: what is wrong with one file, others may make up for."""
    if error.errno in _FAULTS_OF_A_FILE:
        return MalformedError(path, f"it cannot be read: {error.strerror}")
    return error


def _identity(state: os.stat_result) -> tuple[int, ...]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns
