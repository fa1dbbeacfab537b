"""In what order entries arrived in this copy: which offset each of them has.

A run is some entries of one segment that arrived one after the other. What this copy appends is an open run, which
grows with its segment and is written down only once; what comes from elsewhere is found as runs of its own. What was
given once stays, even while the host's git has taken a segment away.

Format: docs/format/ledgers.md, "This copy".
"""

import os
from bisect import bisect_right
from contextlib import suppress
from typing import Annotated, NamedTuple

import msgspec

from muniment.errors import MalformedError
from muniment.files import disk, segment
from muniment.files.atomic import sync_names
from muniment.files.layout import LedgerLayout
from muniment.values.cursor import NOTHING, Count, Reach, furthest


class Run(NamedTuple):
    """Entries with the offsets from `offset` on: `entries` of them, in `size_bytes`, from `first` on in a segment."""

    offset: int
    segment: str
    first: Reach
    entries: int
    size_bytes: int

    @property
    def end(self) -> Reach:
        """Where in the segment it ends."""
        return self.first + Reach(self.entries, self.size_bytes)


class _Record(msgspec.Struct, array_like=True, frozen=True, omit_defaults=True):
    """A line of the file: a run of `segment`, still open if it does not tell its size."""

    segment: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    first: Reach
    size: Reach | None = None


class _Beginning(msgspec.Struct, frozen=True):
    """The first line of the file: what it is told apart by from one that another copy, or an earlier time, wrote."""

    epoch: str
    format: Count


def _whole_lines(data: bytes) -> bytes:
    """Give the whole lines before a hole: zeros, which no line has, where a crash kept bytes from the disk."""
    before = data.partition(b"\0")[0]
    return before[: before.rfind(b"\n") + 1]


class Arrivals:
    """The runs of one copy of a ledger; changing them needs its lock."""

    def __init__(self, layout: LedgerLayout) -> None:
        self._path = layout.arrivals
        self._read_bytes = 0
        self._inode: int | None = None
        self._clear()

    def _clear(self) -> None:
        self.epoch = ""
        self.runs: list[Run] = []
        self.total = 0
        self.reached: dict[str, Reach] = {}
        self.open: str | None = None
        """The segment whose growth continues the last run, if one does."""
        self.own: set[str] = set()
        """The segments that this copy began."""
        self.is_kept = True
        """Whether all of it was written down; else offsets are given anew when somebody writes down what arrived."""
        self._starts: list[int] = []
        self._of: dict[str, list[Run]] = {}

    def load(self) -> None:
        """Read what was written down since the last time.

        Raises:
            MalformedError: The file is damaged: with `local/` deleted, offsets are given anew.
        """
        try:
            state = disk.stat(self._path)
        except FileNotFoundError:
            if self._inode is not None:
                self._inode, self._read_bytes = None, 0
                self._clear()
            return
        is_overtaken = state.st_size > self._read_bytes and not self.is_kept
        if state.st_ino != self._inode or state.st_size < self._read_bytes or is_overtaken:
            self._inode, self._read_bytes = state.st_ino, 0
            self._clear()
        if state.st_size > self._read_bytes:
            data = disk.read_at(self._path, state.st_size - self._read_bytes, self._read_bytes)
            whole = _whole_lines(data)
            self._read_bytes += len(whole)
            for line in whole.splitlines():
                self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            if not self.epoch:
                self.epoch = msgspec.json.decode(line, type=_Beginning).epoch
                return
            record = msgspec.json.decode(line, type=_Record)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedError(self._path, f"not a list of arrivals: {error}") from error
        self._follow(record)

    def _follow(self, record: _Record) -> None:
        if record.size is None:
            self._add(Run(self.total + 1, record.segment, record.first, 0, 0))
            self.open = record.segment
            self.own.add(record.segment)
        elif self.open == record.segment and record.first == self.runs[-1].first:
            self.grow(record.first + record.size)
            self.open = None
        else:
            self._add(Run(self.total + 1, record.segment, record.first, record.size.entries, record.size.size_bytes))

    def _add(self, run: Run) -> None:
        self.runs.append(run)
        self._starts.append(run.offset)
        self._of.setdefault(run.segment, []).append(run)
        self.total += run.entries
        self.reached[run.segment] = furthest(self.reached.get(run.segment, NOTHING), run.end)

    def grow(self, end: Reach) -> None:
        """Take note that the open run has grown up to `end`, which is not written down: the segment says so itself."""
        last = self.runs[-1]
        entries, size = end.entries - last.first.entries, end.size_bytes - last.first.size_bytes
        self.runs[-1] = self._of[last.segment][-1] = Run(last.offset, last.segment, last.first, entries, size)
        self.total += entries - last.entries
        self.reached[last.segment] = end

    def begin(self, segment_name: str, first: Reach = NOTHING) -> None:
        """Open a run of this copy's own segment, durably."""
        self._write([*self._closing(), _Record(segment_name, first)])

    def arrive(self, parts: list[tuple[str, Reach, Reach]], *, keep: bool = True) -> None:
        """Give the next offsets to entries that came from elsewhere: each part a segment, from where on, and how much.

        Written down durably, unless not `keep`: then only this process knows, until somebody who may write finds them.
        """
        records = [*self._closing(), *(_Record(*part) for part in parts)]
        if keep:
            self._write(records)
        else:
            self.is_kept = False
            for record in records:
                self._follow(record)

    def _closing(self) -> list[_Record]:
        if self.open is None:
            return []
        last = self.runs[-1]
        return [_Record(last.segment, last.first, Reach(last.entries, last.size_bytes))]

    def _write(self, records: list[_Record]) -> None:
        made: list[str] = []
        lines = [msgspec.json.encode(record) + b"\n" for record in records]
        if not self.epoch:
            made = disk.make_folders(os.path.dirname(self._path))
            lines.insert(0, msgspec.json.encode(_Beginning(os.urandom(16).hex(), 1)) + b"\n")
        self._cut_torn_tail()
        fd = disk.open_fd(self._path, disk.APPEND, 0o666)
        try:
            disk.write_all(fd, b"".join(lines))
            disk.fdatasync(fd)
        finally:
            disk.close(fd)
        if made or not self._inode:
            sync_names([self._path, *made])
        self.load()

    def _cut_torn_tail(self) -> None:
        with suppress(FileNotFoundError):
            data = disk.read_file(self._path)
            end = len(_whole_lines(data))
            if end < len(data):
                segment.cut_from(self._path, end)

    def run_at(self, offset: int) -> Run | None:
        """Find the run that an offset is in; None if there is none yet."""
        if not 1 <= offset <= self.total:
            return None
        return self.runs[bisect_right(self._starts, offset) - 1]

    def offset_of(self, segment_name: str, index: int) -> int:
        """Give the offset of the entry that has so many before it in its segment; 0 where it has none yet."""
        return self.run_of(segment_name, index)[0]

    def run_of(self, segment_name: str, index: int) -> tuple[int, int]:
        """Give the offset of an entry, and how many with the next offsets follow it in its segment, itself included."""
        for run in reversed(self._of.get(segment_name, [])):
            if run.first.entries <= index < run.first.entries + run.entries:
                return run.offset + index - run.first.entries, run.first.entries + run.entries - index
        return 0, 1 << 62
