"""Write a pack: stream many objects into one file that is durable before anybody can see it.

Memory holds a mebibyte of objects, and for the index some 220 bytes an object.

Format: docs/format/packs.md, "Writing".
"""

import errno
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise

from muniment.errors import InvalidValueError
from muniment.files import atomic, disk
from muniment.files.layout import PACK_SUFFIX
from muniment.storage.pack_file import (
    CHUNK_BYTES,
    ENTRY,
    FAN_OUT,
    HEADER,
    MAGIC,
    TRAILER,
    VERSION,
    read_chunks,
)
from muniment.values import canonical


def write_pack(folder: str, temporary_folder: str, objects: Iterable[tuple[str, bytes]], *, sync: bool = True) -> str:
    """Write objects, each an id and the canonical bytes that hash to it, as one pack; give its name.

    Both folders are made where they are missing. With `sync` the pack and its name are durable on
    return, so that a journal record may then rely on it. Where it fails, nothing is left behind but,
    if the very last sync failed, a whole pack. The ids are taken on trust.

    Raises:
        InvalidValueError: An id was given twice.
        OSError: The disk refused. After a failed sync nothing is known: write the pack anew.
    """
    temporary = f"{temporary_folder}/{os.urandom(16).hex()}.tmp"
    digest = canonical.new_digest()

    def hashed() -> Iterator[bytes]:
        for chunk in _in_chunks(pack_pieces(objects)):
            digest.update(chunk)
            yield chunk

    _write_new(temporary, hashed(), sync=sync)
    name = digest.hexdigest()
    try:
        disk.make_folders(folder)
        _move(temporary, f"{folder}/{name}{PACK_SUFFIX}", sync=sync)
    except BaseException:
        atomic.discard(temporary)
        raise
    if sync:
        disk.sync_folder(folder)
        disk.sync_folder(os.path.dirname(folder))  # that `folder` itself was made may be news too
    return name


def pack_pieces(objects: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Give the bytes of a pack piece by piece: header, objects in the order given, index, trailer."""
    entries = []
    position = HEADER.size
    yield HEADER.pack(MAGIC, VERSION, 0)
    for object_id, data in objects:
        entries.append(ENTRY.pack(bytes.fromhex(object_id), position, len(data)))
        position += len(data)
        yield data
    entries.sort()
    for entry, following in pairwise(entries):
        if entry[:32] == following[:32]:
            raise InvalidValueError(f"object {entry[:32].hex()} is given twice for one pack")
    yield FAN_OUT.pack(*(bisect_left(entries, bytes([first])) for first in range(256)), len(entries))
    yield b"".join(entries)
    yield TRAILER.pack(position, len(entries))


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
        _write_new(beside, read_chunks(temporary), sync=sync)
        disk.rename(beside, target)
        atomic.discard(temporary)
