"""Blocks of a pack: a few objects compressed together, perhaps against those of another block.

The only file that knows how bytes are compressed.

Format: docs/format/packs.md, "Blocks".
"""

import struct
import sys
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from muniment.storage.pack_layout import is_bounded

_SIZE_BYTES = 4
_WINDOW_LOG = 27
_NO_CHECKSUM: dict[int, int] = {zstd.CompressionParameter.checksum_flag: 0, zstd.CompressionParameter.dict_id_flag: 0}
_BOUNDED: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}


class Block(NamedTuple):
    """The objects of a block: its bytes, where in them each object begins, and the number of the first in the pack.

    The last place is where the last object ends.
    """

    data: bytes
    places: tuple[int, ...]
    first: int

    def object(self, number: int) -> bytes:
        """Give one of the objects, by its number in the pack."""
        index = number - self.first
        return self.data[self.places[index] : self.places[index + 1]]


def join(objects: Sequence[bytes]) -> bytes:
    """Lay objects out as a block: the sizes of all but the last, and then the objects."""
    return struct.pack(f"<{len(objects) - 1}I", *map(len, objects[:-1])) + b"".join(objects)


def split(data: bytes, first: int, count: int) -> Block:
    """Find the objects of a block.

    Raises:
        ValueError: Its sizes do not fit it.
    """
    start = _SIZE_BYTES * (count - 1)
    if len(data) < start:
        raise ValueError("a block is shorter than its sizes")
    places = tuple(accumulate(struct.unpack_from(f"<{count - 1}I", data), initial=start))
    if places[-1] > len(data):
        raise ValueError("a block is shorter than its objects")
    return Block(data, (*places, len(data)), first)


def pack(data: bytes, base: bytes | None, level: int) -> bytes:
    """Compress a block, against the bytes of another if given; what gains nothing, or too much, stays as it is."""
    known = None if base is None else zstd.ZstdDict(base, is_raw=True).as_prefix
    options = {**_NO_CHECKSUM, zstd.CompressionParameter.compression_level: level}
    compressor = zstd.ZstdCompressor(options=options, zstd_dict=known)
    compressor.set_pledged_input_size(len(data))
    packed = compressor.compress(data, zstd.ZstdCompressor.FLUSH_FRAME)
    return packed if len(packed) < len(data) and is_bounded(len(packed), len(data)) else data


def unpack(packed: bytes, base: bytes | None, size: int) -> bytes:
    """Give the bytes of a block, which are `size`.

    Raises:
        ValueError: It is damaged.
    """
    if len(packed) == size:
        return packed
    known = None if base is None else zstd.ZstdDict(base, is_raw=True).as_prefix
    decompressor = zstd.ZstdDecompressor(zstd_dict=known, options=_BOUNDED)
    try:
        data = decompressor.decompress(packed, size)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error
    if len(data) != size or not decompressor.eof or decompressor.unused_data:
        raise ValueError("a block is not as long as it should be")
    return data
