"""The parts of a pack, and what they have to keep to.

Format: docs/format/packs.md, "Layout".
"""

import struct

MAGIC = b"MUNIPACK"
VERSION = 2

HEADER = struct.Struct("<8sII")  # magic, version, flags
TRAILER = struct.Struct("<QII")  # offset of the index, number of blocks, number of objects

BLOCK_BYTES = 8 + 8 + 4 + 4
"""In the index, of a block: its offset, its unpacked size, the number of its first object, the number of its base."""
OBJECT_BYTES = 8 + 4
"""In the index, of an object: its key and its number."""
KEY_BYTES = 8
"""The key of an object is the beginning of its id: enough to find it, and its hash is the rest."""

NO_BASE = 0xFFFFFFFF
SHARED_BYTES = 1 << 20
"""A block of several objects unpacks to no more than this."""
MOST_RATIO = 256
"""A block that unpacks to more than `SHARED_BYTES` unpacks to at most so many times its size in the file."""


def is_bounded(packed_bytes: int, unpacked_bytes: int) -> bool:
    """Tell whether a block may unpack to so much: a small file must not fill the memory of who reads it."""
    return unpacked_bytes <= max(SHARED_BYTES, packed_bytes * MOST_RATIO)
