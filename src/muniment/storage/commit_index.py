"""The commit index: every commit's bytes in one file, in the order they were made.

A log of a thousand commits would otherwise open a thousand files. The index is derived: a line
counts only under the hash of its bytes, so a damaged one is as good as missing, and what is
missing is read from the objects and added.

Format: docs/format/local.md, "The commit index".
"""

from collections.abc import Container, Iterable
from contextlib import suppress

from muniment.files import atomic, disk, segment
from muniment.values import canonical
from muniment.values.ids import CommitId

_FIRST_READ_BYTES = 1 << 16


def drop(path: str, temporary_folder: str, ids: Container[str]) -> None:
    """Take some commits out of the index at `path`; needs the store's lock. Where that fails, they stay there."""
    with suppress(OSError):
        lines = disk.read_file(path).split(b"\n")[:-1]
        kept = [line for line in lines if canonical.digest(line) not in ids]
        if len(kept) < len(lines):
            atomic.replace_file(path, b"".join(line + b"\n" for line in kept), temporary_folder, sync=False)


class CommitIndex:
    """The index as one reader sees it; reads backwards from the end, as far as it is asked."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._found: dict[str, bytes] = {}
        self._start = 0
        self._end: int | None = None
        self._stretch = _FIRST_READ_BYTES

    def get(self, commit_id: CommitId) -> bytes | None:
        """Give a commit's bytes, checked against its id; None if the index does not have it."""
        found = self._found.get(commit_id)
        while found is None and self._read_on():
            found = self._found.get(commit_id)
        return found

    def refresh(self) -> None:
        """Take in what was appended since the last look; called once before a walk."""
        if self._end is None:
            return
        size = self._size()
        if size < self._end:  # somebody deleted or rebuilt it
            self._found, self._start, self._end, self._stretch = {}, 0, None, _FIRST_READ_BYTES
        elif size > self._end:
            lines = self._read(self._end, size)
            self._end += lines.rfind(b"\n") + 1
            self._take(lines)

    def add(self, commits: Iterable[bytes]) -> None:
        """Append commits that were missing, oldest first; where that fails, they stay missing."""
        with suppress(OSError):
            log = segment.Segment(self._path)
            try:
                log.append(b"\n".join(commits))
            finally:
                log.close()

    def _read_on(self) -> bool:
        """Read the stretch before what was read, each time twice as long; tell whether there was any."""
        is_first = self._end is None
        stop = self._size() if is_first else self._start
        start = max(0, stop - self._stretch)
        self._stretch *= 2
        lines = self._read(start, stop)
        if is_first:
            self._end = start + lines.rfind(b"\n") + 1
        skipped = lines.find(b"\n") + 1 if start else 0
        self._start = start + skipped
        self._take(lines[skipped:])
        return bool(stop)

    def _read(self, start: int, stop: int) -> bytes:
        try:
            fd = disk.open_fd(self._path, disk.READ_ONLY)
        except FileNotFoundError:  # deleted since its size was asked for
            return b""
        try:
            return disk.pread(fd, stop - start, start)
        finally:
            disk.close(fd)

    def _take(self, lines: bytes) -> None:
        for line in lines.split(b"\n"):
            self._found[canonical.digest(line)] = line

    def _size(self) -> int:
        try:
            return disk.stat(self._path).st_size
        except FileNotFoundError:
            return 0
