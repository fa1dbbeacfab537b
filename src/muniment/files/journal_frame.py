"""One frame of the journal: a record with its size and a checksum that continues that of the frame before it.

Format: docs/format/journal.md, "local/journal".
"""

import struct
import zlib

from muniment.files import disk

FRAME = struct.Struct("<4sIQ")  # magic, CRC-32 chained to the frame before, size of the payload in bytes
FRAME_MAGIC = b"RCRD"


def read_frame(fd: int, position: int, chain: int) -> bytes | None:
    """Read the payload of the frame at `position`; None unless a whole one follows what gave `chain`."""
    head = disk.pread(fd, FRAME.size, position)
    if len(head) < FRAME.size:
        return None
    magic, crc, size = FRAME.unpack(head)
    if magic != FRAME_MAGIC or position + FRAME.size + size > disk.fstat(fd).st_size:
        return None
    payload = _pread_all(fd, size, position + FRAME.size)
    return payload if zlib.crc32(payload, chain) == crc else None


def _pread_all(fd: int, size: int, position: int) -> bytes:
    chunks = []
    while size and (data := disk.pread(fd, size, position)):
        chunks.append(data)
        size, position = size - len(data), position + len(data)
    return b"".join(chunks)
