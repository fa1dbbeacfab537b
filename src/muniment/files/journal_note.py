"""The note beside the journal: how far its records were applied.

Never synced, so it may be old, torn or gone after the machine stopped; it has a checksum, and it names the
boot that wrote it.

Format: docs/format/journal.md, "The note".
"""

import os
import struct
import zlib
from typing import NamedTuple

from muniment.files import disk

SUFFIX = ".applied"

_FIELDS = struct.Struct("<16s16sQI?")
_CHECK = struct.Struct("<I")  # CRC-32 of the fields
SIZE_BYTES = _FIELDS.size + _CHECK.size

_BOOT_ID = "/proc/sys/kernel/random/boot_id"


class Note(NamedTuple):
    """Records of `generation` before `position` were applied, in the boot of that id.

    `chain` is the checksum of the last of them. `documents` tells whether any since the last
    checkpoint replaced documents.
    """

    generation: bytes
    boot: bytes
    position: int
    chain: int
    documents: bool


def encode(note: Note) -> bytes:
    """Write a note."""
    fields = _FIELDS.pack(*note)
    return fields + _CHECK.pack(zlib.crc32(fields))


def decode(data: bytes) -> Note | None:
    """Read a note; None if it is not whole."""
    fields = data[: _FIELDS.size]
    if len(data) < SIZE_BYTES or _CHECK.unpack_from(data, _FIELDS.size) != (zlib.crc32(fields),):
        return None
    return Note._make(_FIELDS.unpack(fields))


def boot_id() -> bytes:
    """Name this boot of the machine; where the system does not tell, this process stands for it."""
    try:
        return bytes.fromhex(disk.read_file(_BOOT_ID).decode().strip().replace("-", ""))
    except (OSError, ValueError):
        return os.urandom(16)
