"""An append-only file of JSON lines.

A line counts once its line feed is there. A torn tail, left by a program that was stopped, is cut
before the next line is written, or that line would land behind half of another.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from muniment.files import disk

_TAIL_BYTES = 1 << 16
PIECE_BYTES = 1 << 14


class Segment:
    """One file of JSON lines, appended to by whoever holds its lock; keeps its descriptor."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._fd: int | None = None

    def append(self, line: bytes) -> None:
        """Append one line, unsynced; it holds no line feed itself."""
        if self._fd is not None and disk.fstat(self._fd).st_nlink == 0:  # the folder was deleted meanwhile
            self.close()
        if self._fd is None:
            self._fd = _open_for_append(self.path)
        disk.write_all(self._fd, line + b"\n")

    def is_empty(self) -> bool:
        """Tell whether no line was ever appended, or the file is missing."""
        try:
            return not disk.stat(self.path).st_size
        except FileNotFoundError:
            return True

    def close(self) -> None:
        """Close the file; the next append opens it again."""
        fd, self._fd = self._fd, None  # first: whoever closed a number twice would close another's file
        if fd is not None:
            with suppress(OSError):  # given back all the same, and what must be durable was synced
                disk.close(fd)


def _open_for_append(path: str) -> int:
    try:
        return disk.open_fd(path, disk.APPEND, 0o666)
    except FileNotFoundError:
        disk.make_folders(os.path.dirname(path))
        return disk.open_fd(path, disk.APPEND, 0o666)


def cut_torn_tail(path: str) -> bool:
    """Cut what follows the last line feed; tells whether there was anything. Needs the writer's lock."""
    try:
        fd = disk.open_fd(path, os.O_RDWR | disk.BINARY)
    except FileNotFoundError:
        return False
    try:
        size = disk.fstat(fd).st_size
        end = size
        while end:
            start = max(0, end - _TAIL_BYTES)
            chunk = disk.pread(fd, end - start, start)
            if (feed := chunk.rfind(b"\n")) >= 0:
                end = start + feed + 1
                break
            end = start
        if end == size:
            return False
        disk.truncate(fd, end)
        return True
    finally:
        disk.close(fd)


def cut_from(path: str, end: int) -> None:
    """Cut what begins at an offset. Needs the writer's lock."""
    fd = disk.open_fd(path, os.O_RDWR | disk.BINARY)
    try:
        disk.truncate(fd, end)
    finally:
        disk.close(fd)


def torn_tail(path: str) -> bytes:
    """Read what follows the last line feed: what a stopped program left of a line; empty if the file is missing."""
    tail, stop = b"", None
    while True:
        start, data = _read(path, 0, stop, _TAIL_BYTES)
        tail = data[data.rfind(b"\n") + 1 :] + tail
        if b"\n" in data or not start:
            return tail
        stop = start


def last_lines(path: str, size_bytes: int) -> list[bytes]:
    """Read the whole lines among the last `size_bytes` of a file, oldest first; none if it is missing.

    What follows the last line feed is left out, as is a line that begins before the part read.
    """
    try:
        fd = disk.open_fd(path, disk.READ_ONLY)
    except FileNotFoundError:
        return []
    try:
        size = disk.fstat(fd).st_size
        start = max(0, size - size_bytes)
        data = disk.pread(fd, size - start, start)
    finally:
        disk.close(fd)
    lines = data.split(b"\n")
    return lines[1 if start else 0 : -1]


def lines_backwards(path: str) -> Iterator[bytes]:
    """Give the whole lines of a file from its end, as far as they are asked for; none if it is missing.

    What was appended after the first line was taken is not seen.
    """
    try:
        fd = disk.open_fd(path, disk.READ_ONLY)
    except FileNotFoundError:
        return
    try:
        start = disk.fstat(fd).st_size
        begun = b""  # what follows the first line feed of the stretch behind, and the stretch's own beginning
        is_last = True
        while start:
            stop, start = start, max(0, start - _TAIL_BYTES)
            lines = (disk.pread(fd, stop - start, start) + begun).split(b"\n")
            begun = lines[0]
            yield from reversed(lines[1:-1] if is_last else lines[1:])
            is_last = is_last and len(lines) == 1
        if not is_last:
            yield begun
    finally:
        disk.close(fd)


class Piece(NamedTuple):
    """Some whole lines of a file, and the offset at which they begin."""

    start: int
    data: bytes

    @property
    def end(self) -> int:
        """The offset behind them."""
        return self.start + len(self.data)

    @property
    def lines(self) -> list[bytes]:
        """The lines, oldest first."""
        return self.data.split(b"\n")[:-1]


def piece_before(path: str, end: int | None, size_bytes: int = PIECE_BYTES) -> Piece:
    """Read whole lines before the offset at which one begins, or before the end of the file.

    They are the last that fit in about that size; one at least, if there is any.
    """
    while True:
        start, data = _read(path, 0, end, size_bytes)
        stop = data.rfind(b"\n") + 1
        begin = data.find(b"\n") + 1 if start else 0  # before that, part of a line may be missing
        if begin < stop or not start:
            return Piece(start + begin, data[begin:stop])
        size_bytes *= 2


def grown(path: str, last: Piece) -> Piece | None:
    """Read the last piece of a file again: itself where nothing was appended; None where another file is there.

    What was appended to a piece that is long enough is a piece of its own.
    """
    _, data = _read(path, last.start, None, None)
    if not data.startswith(last.data):
        return None
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) == len(last.data):
        return last
    return Piece(last.start, whole) if len(last.data) < PIECE_BYTES else Piece(last.end, whole[len(last.data) :])


def _read(path: str, start: int, stop: int | None, most: int | None) -> tuple[int, bytes]:
    """Read what lies between two offsets, but `most` bytes, the last of them; and tell where that begins."""
    try:
        fd = disk.open_fd(path, disk.READ_ONLY)
    except FileNotFoundError:
        return 0, b""
    try:
        end = disk.fstat(fd).st_size if stop is None else stop
        begin = start if most is None else max(start, end - most)
        return begin, disk.pread(fd, max(0, end - begin), begin)
    finally:
        disk.close(fd)


def piece_after(path: str, start: int, size_bytes: int = PIECE_BYTES) -> Piece:
    """Read whole lines from the offset at which one begins: about that size of them; one at least, if there is any."""
    while True:
        _, data = _read(path, start, start + size_bytes, None)
        whole = data[: data.rfind(b"\n") + 1]
        if whole or len(data) < size_bytes:
            return Piece(start, whole)
        size_bytes *= 2
