"""Write a pack: stream many objects into one file that is durable before anybody can see it.

Memory holds a mebibyte of what was packed, a block and its base, and for the index some 80 bytes an object.

Format: docs/format/packs.md, "Writing".
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from muniment.errors import HashMismatchError, InvalidValueError
from muniment.files import atomic, disk
from muniment.files.layout import PACK_SUFFIX, pack_name
from muniment.storage.pack_blocks import Blocks
from muniment.storage.pack_file import CHUNK_BYTES, read_chunks
from muniment.storage.pack_index import column_bytes
from muniment.storage.pack_layout import HEADER, KEY_BYTES, MAGIC, NO_BASE, TRAILER, VERSION
from muniment.values import canonical

QUICK = 1
"""The level of compression for what somebody waits for."""
SMALL = 9
"""The level for what is packed once, to be kept."""


def nothing_alike(object_id: str) -> str:
    """Tell of no object that it is like another."""
    return object_id


def write_pack(
    folder: str,
    temporary_folder: str,
    objects: Iterable[tuple[str, bytes]],
    *,
    alike: Callable[[str], str] = nothing_alike,
    level: int = QUICK,
    sync: bool = True,
) -> str:
    """Write objects, each an id and the canonical bytes that hash to it, as one pack, in their order; give its name.

    Objects next to each other for whose ids `alike` gives the same are packed against each other.

    Both folders are made where they are missing. With `sync` the pack and its name are durable on
    return, so that a journal record may then rely on it. Where it fails, nothing is left behind but,
    if the very last sync failed, a whole pack. The ids are taken on trust.

    Raises:
        InvalidValueError: An id was given twice.
        OSError: The disk refused. After a failed sync nothing is known: write the pack anew.
    """
    temporary, name = _stage(temporary_folder, _in_chunks(pack_pieces(objects, alike, level)), sync=sync)
    _publish(temporary, folder, name, sync=sync)
    return name


def copy_pack(path: str, folder: str, temporary_folder: str) -> None:
    """Write the pack at `path` into another store, durably, and check it on the way.

    Raises:
        HashMismatchError: It is not what its name says; nothing was written.
        MalformedError: The system cannot read it; nothing was written.
        OSError: The disk refused; nothing is left behind.
    """
    temporary, found = _stage(temporary_folder, read_chunks(path), sync=True)
    expected = pack_name(path)
    if found != expected:
        atomic.discard(temporary)
        raise HashMismatchError(path, expected, found)
    _publish(temporary, folder, found, sync=True)


def pack_pieces(
    objects: Iterable[tuple[str, bytes]], alike: Callable[[str], str] = nothing_alike, level: int = QUICK
) -> Iterator[bytes]:
    """Give the bytes of a pack piece by piece: header, blocks, index, trailer."""
    ids: list[bytes] = []

    def counted() -> Iterator[tuple[str, bytes]]:
        for object_id, data in objects:
            ids.append(bytes.fromhex(object_id))
            yield object_id, data

    offsets, sizes, firsts, bases = [], [], [], []
    position = HEADER.size
    yield HEADER.pack(MAGIC, VERSION, 0)
    for block in Blocks(level).packed(counted(), alike):
        offsets.append(position)
        sizes.append(block.unpacked_bytes)
        firsts.append(block.first)
        bases.append(NO_BASE if block.base is None else block.base)
        position += len(block.data)
        yield block.data
    order = sorted(range(len(ids)), key=ids.__getitem__)
    for number, following in pairwise(order):
        if ids[number] == ids[following]:
            raise InvalidValueError(f"object {ids[number].hex()} is given twice for one pack")
    yield column_bytes("Q", offsets) + column_bytes("Q", sizes) + column_bytes("I", firsts) + column_bytes("I", bases)
    yield column_bytes("Q", [int.from_bytes(ids[number][:KEY_BYTES]) for number in order])
    yield column_bytes("I", order)
    yield TRAILER.pack(position, len(offsets), len(ids))


def _in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join small pieces to chunks that are worth a system call."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    yield b"".join(waiting)


def _stage(folder: str, chunks: Iterable[bytes], *, sync: bool) -> tuple[str, str]:
    """Write a file under a temporary name; give that, and the SHA-256 of what was written."""
    temporary, digest = f"{folder}/{os.urandom(16).hex()}.tmp", canonical.new_digest()

    def hashed() -> Iterator[bytes]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    _write_new(temporary, hashed(), sync=sync)
    return temporary, digest.hexdigest()


def _publish(temporary: str, folder: str, name: str, *, sync: bool) -> None:
    """Give a pack that was written its name, which is durable with `sync`; where it fails, the pack is gone again."""
    try:
        disk.make_folders(folder)
        _move(temporary, f"{folder}/{name}{PACK_SUFFIX}", sync=sync)
    except BaseException:
        atomic.discard(temporary)
        raise
    if sync:
        disk.sync_folder(folder)
        disk.sync_folder(os.path.dirname(folder))  # that `folder` itself was made may be news too


def _write_new(path: str, chunks: Iterable[bytes], *, sync: bool) -> None:
    """Write a file that must not exist; where it fails, the file is gone again."""
    disk.make_folders(os.path.dirname(path))
    fd = disk.open_fd(path, disk.CREATE_NEW, 0o666)
    try:
        try:
            for chunk in chunks:
                disk.write_all(fd, chunk)
            if sync:
                disk.fsync(fd)
        finally:
            disk.close(fd)
    except BaseException:
        atomic.discard(path)
        raise


def _move(temporary: str, target: str, *, sync: bool) -> None:
    """Give a finished pack its name; a file of that name has the same bytes, or is damaged and replaced."""
    try:
        disk.rename(temporary, target)
    except FileExistsError:  # Windows, where a rename replaces nothing
        atomic.discard(temporary)
    except OSError as error:
        if error.errno != errno.EXDEV:  # a rename cannot cross from one file system to another
            raise
        folder, name = os.path.split(target)
        beside = f"{folder}/.{name}.{os.urandom(8).hex()}.tmp"
        try:
            _write_new(beside, read_chunks(temporary), sync=sync)
            disk.rename(beside, target)
        except BaseException:
            atomic.discard(beside)
            raise
        atomic.discard(temporary)
