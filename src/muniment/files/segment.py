"""An append-only file of JSON lines.

A line counts once its line feed is there. A torn tail, left by a program that was stopped, is cut
before the next line is written, or that line would land behind half of another.
"""

import os

from muniment.files import disk

_TAIL_BYTES = 1 << 16


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
        if self._fd is not None:
            disk.close(self._fd)
        self._fd = None


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
