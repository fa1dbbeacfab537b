"""One compressed file of old parts of segments, which is read in place.

A series of gzip members, so that `zcat` shows all of it: the first is a line of JSON that tells what the others hold,
each of the others some whole lines of one segment. The file is named by the hash of its bytes.

Format: docs/format/ledgers.md, "Archives"; RFC 1952.
"""

import gzip
import os
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from typing import Annotated, NamedTuple

import msgspec

from muniment.errors import HashMismatchError, MalformedError
from muniment.files import disk
from muniment.files.layout import ARCHIVE_SUFFIX
from muniment.values import canonical
from muniment.values.cursor import Count, Reach

FORMAT = 1
MEMBER_BYTES = 1 << 20
_LONGEST_HEADER = 64 << 20
_HEADER_FACTOR, _HEADER_BYTES = 16, 1 << 20
"""The first line tells some 20 bytes of each member, which takes as many at least: one that is much longer than the
file is made to fill a memory."""
_PART_BYTES = 1 << 16
_GZIP = 31
"""What zlib calls the format of gzip."""
_FACTOR = 1100
"""Deflate never makes data smaller by more: whatever says so is made to fill a memory."""


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """What an archive holds of one segment: from `first` on, so many entries and bytes, in so many members."""

    segment: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    first: Reach
    size: Reach
    clock: Count
    """That of its last entry."""
    members: list[tuple[Count, Count]]
    """How many bytes of the segment each member holds, and how many of the file it takes."""


class Header(msgspec.Struct, frozen=True):
    """The first line of an archive."""

    archive: int
    stretches: list[Stretch]


class Archived(NamedTuple):
    """The bytes of a segment from `first` to `end`, in the archive at `path`.

    `starts` are the positions in the segment at which its members begin, `places` where these lie in the file;
    `clock` is that of its last entry, `entries` how many the segment has up to `end`.
    """

    first: int
    end: int
    path: str
    starts: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    clock: int
    entries: int

    def read(self, start: int, end: int) -> bytes:
        """Read those between two positions in the segment.

        Raises:
            MalformedError: The archive is damaged.
        """
        parts = []
        index = bisect_right(self.starts, start) - 1
        while index < len(self.starts) and self.starts[index] < end:
            stop = self.starts[index + 1] if index + 1 < len(self.starts) else self.end
            data = self._member(index, stop - self.starts[index])
            parts.append(data[max(0, start - self.starts[index]) : end - self.starts[index]])
            index += 1
        return b"".join(parts)

    def _member(self, index: int, size: int) -> bytes:
        place, length = self.places[index]
        data = _inflate(self.path, disk.read_at(self.path, length, place), size + 1)
        if len(data) != size:
            raise MalformedError(self.path, f"the member at byte {place} does not hold what the first line tells")
        return data


def contents(path: str) -> list[tuple[str, Archived]]:
    """Read what an archive holds of which segments.

    Raises:
        MalformedError: It is no archive of this format.
    """
    fd = disk.open_fd(path, disk.READ_ONLY)
    try:
        file_bytes = disk.fstat(fd).st_size
        most = min(_LONGEST_HEADER, _HEADER_BYTES + _HEADER_FACTOR * file_bytes)
        inflater, text, read = zlib.decompressobj(wbits=_GZIP), b"", 0
        while not inflater.eof:
            data = disk.pread(fd, _PART_BYTES, read)
            read += len(data)
            text += inflater.decompress(data, most + 1 - len(text))
            if not data or len(text) > most:
                raise MalformedError(path, "not an archive: its first line does not end")
    except zlib.error as error:
        raise MalformedError(path, f"not an archive: {error}") from error
    finally:
        disk.close(fd)
    return _contents(path, text, read - len(inflater.unused_data), file_bytes)


def _contents(path: str, text: bytes, place: int, file_bytes: int) -> list[tuple[str, Archived]]:
    try:
        header = msgspec.json.decode(text, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(path, f"not an archive: {error}") from error
    if header.archive != FORMAT:
        raise MalformedError(path, f"an archive of format {header.archive}, which this program does not know")
    found = []
    for stretch in header.stretches:
        starts, places, position = [], [], stretch.first.size_bytes
        for size, length in stretch.members:
            if size > length * _FACTOR or place + length > file_bytes:
                raise MalformedError(path, "a member claims to be larger than it can be")
            starts.append(position)
            places.append((place, length))
            position, place = position + size, place + length
        first, entries = stretch.first.size_bytes, stretch.first.entries + stretch.size.entries
        archived = Archived(first, position, path, tuple(starts), tuple(places), stretch.clock, entries)
        found.append((stretch.segment, archived))
    return found


def write(path_of_part: str, stretches: Iterable[tuple[str, Reach, Reach, int, Iterable[bytes]]]) -> str:
    """Write an archive of stretches, durably, into a new file; gives the hash that is to be its name.

    Each stretch is a segment, where it begins in it, how much it is, the clock of its last entry, and its lines in
    parts of about `MEMBER_BYTES`.
    """
    members_path = f"{path_of_part}.members"
    described = []
    with open(members_path, "wb") as members:
        for segment, first, size, clock, parts in stretches:
            sizes = []
            for part in parts:
                packed = _deflate(part)
                members.write(packed)
                sizes.append((len(part), len(packed)))
            described.append(Stretch(segment, first, size, clock, sizes))
    header = _deflate(msgspec.json.encode(Header(FORMAT, described)) + b"\n")
    digest = canonical.new_digest()
    with open(members_path, "rb") as members, open(path_of_part, "xb") as whole:
        for data in (header, *iter(lambda: members.read(_PART_BYTES), b"")):
            digest.update(data)
            whole.write(data)
        whole.flush()
        disk.fsync(whole.fileno())
    disk.unlink(members_path)
    return digest.hexdigest()


def check(path: str) -> None:
    """Check that the bytes of an archive hash to its name.

    Raises:
        HashMismatchError: They do not.
    """
    digest = canonical.new_digest()
    fd = disk.open_fd(path, disk.READ_ONLY)
    try:
        while data := disk.read(fd, _PART_BYTES):
            digest.update(data)
    finally:
        disk.close(fd)
    expected = os.path.basename(path).removesuffix(ARCHIVE_SUFFIX)
    if digest.hexdigest() != expected:
        raise HashMismatchError(path, expected, digest.hexdigest())


def _deflate(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _inflate(path: str, data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj(wbits=_GZIP).decompress(data, most)
    except zlib.error as error:
        raise MalformedError(path, f"a member is damaged: {error}") from error
