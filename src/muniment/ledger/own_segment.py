"""The segment that this copy appends to, durably.

An entry is acknowledged once it is durable in a small redo log in `local/`, which takes less time than to make a file
durable that grows; from there it goes into the segment, where readers see it. A large batch goes into the segment
directly, and the redo log says before where it begins: what a crash leaves of it may have holes.

A segment is only continued while it is the very file that this copy wrote: in a fresh clone, or after the host's git
has put another state in its place, a new one is begun, so no two branches extend one differently. A file is known by
its inode. Many file systems give the number of a file that git removed to the one that it puts there, so a second name
in `local/` holds the inode; where no file can have two, the number has to do.

Format: docs/format/ledgers.md, "Appending".
"""

import os
from contextlib import suppress

import msgspec

from muniment.errors import MalformedError
from muniment.files import atomic, disk
from muniment.files.journal import Journal
from muniment.files.layout import LedgerLayout
from muniment.ledger import host_attributes, redo_record
from muniment.ledger.redo_record import Record, SegmentName
from muniment.ledger.set_aside import SetAside
from muniment.values import entry_line

LARGEST_BYTES = 64 << 20
"""A segment that has grown so far is closed, and another continues it."""

_DIRECT_BYTES = 1 << 20
_CHECKPOINT_BYTES = 4 << 20


class _Writer(msgspec.Struct, frozen=True):
    """Which file this copy appends to, told apart from one that looks the same; `held` if it has a second name."""

    segment: SegmentName
    inode: int
    device: int
    held: bool = False


class OwnSegment:
    """The segment of one copy of a ledger; all methods need the ledger's lock."""

    def __init__(self, layout: LedgerLayout, *, sync: bool) -> None:
        self._layout = layout
        self._sync = sync
        self._journal = Journal(layout.journal)
        self._aside = SetAside(layout, sync=sync)
        self._fd: int | None = None
        self._writer: _Writer | None = None
        self.size_bytes = 0

    @property
    def segment(self) -> str | None:
        """The segment that can be continued; None where one has to be begun."""
        return self._writer.segment if self._writer is not None else None

    def recover(self) -> None:
        """Put into segments what a stopped program, or machine, left in the redo log.

        Raises:
            MalformedError: The redo log is damaged: move it away and run `verify`.
        """
        records = [redo_record.decode(self._layout.journal, payload) for payload in self._journal.pending()]
        for record in filter(lambda record: record.data, records):
            self._apply(record)
        if records and not records[-1].data:
            self._settle_direct(records[-1])
        if records:
            self._journal.mark_applied()

    def _settle_direct(self, record: Record) -> None:
        """Make durable what a program that was stopped wrote past the redo log, if it is whole; else set it aside."""
        with suppress(FileNotFoundError):
            path = self._layout.segment(record.segment)
            fd = disk.open_fd(path, disk.READ_WRITE)
            try:
                data = disk.pread(fd, max(0, disk.fstat(fd).st_size - record.position), record.position)
                if not entry_line.are_entries(path, data[: data.rfind(b"\n") + 1]):
                    self._aside.put(record.segment, data)
                    disk.truncate(fd, record.position)
                disk.fsync(fd)
            finally:
                disk.close(fd)

    def _apply(self, record: Record) -> None:
        try:
            fd = disk.open_fd(self._layout.segment(record.segment), disk.READ_WRITE)
        except FileNotFoundError:  # the host's git took it away, with this entry or without it
            self._aside.put(record.segment, record.data)
            return
        try:
            size = disk.fstat(fd).st_size
            if size < record.position:
                self._aside.put(record.segment, record.data)
            elif disk.pread(fd, len(record.data), record.position) != record.data:
                disk.pwrite_all(fd, record.data, record.position)
        finally:
            disk.close(fd)

    def is_settled(self) -> bool:
        """Tell whether nothing waits in the redo log; needs no lock."""
        return self._journal.is_settled()

    def look(self, open_segment: str | None) -> bool:
        """See whether the segment is still the file that this copy wrote; tells whether it has grown since.

        `open_segment` is where this copy's last entries went: if it is another, a program has begun that meanwhile.
        """
        if self._writer is not None and self._writer.segment != open_segment:
            self.leave()
        writer = self._writer or self._noted()
        if writer is not None:
            state = self._state(writer)
            if state is not None:
                self._writer = writer
                grown, self.size_bytes = state.st_size != self.size_bytes, state.st_size
                return grown
            if self._writer is not None and self._noted() not in {None, writer}:
                self.leave()
                return self.look(open_segment)
        self.leave()
        return True

    def _state(self, writer: _Writer) -> os.stat_result | None:
        """Look at the file of a segment; None if it is not the one that this copy wrote."""
        try:
            state = disk.stat(self._layout.segment(writer.segment))
            is_same = (state.st_ino, state.st_dev) == (writer.inode, writer.device)
            if is_same and writer.held and self._writer is None:
                is_same = disk.stat(self._layout.held).st_ino == writer.inode
        except FileNotFoundError:
            return None
        return state if is_same else None

    def _noted(self) -> _Writer | None:
        try:
            return msgspec.json.decode(disk.read_file(self._layout.writer), type=_Writer)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def leave(self) -> None:
        """Continue this segment no more."""
        fd = self._fd
        self._fd, self._writer, self.size_bytes = None, None, 0
        if fd is not None:
            with suppress(OSError):  # given back all the same, and what must be durable was synced
                disk.close(fd)

    def begin(self, segment: str) -> None:
        """Begin a new segment, durably but for its first entry."""
        self.checkpoint()
        self.leave()
        path = self._layout.segment(segment)
        host_attributes.keep(self._layout, sync=self._sync)
        made = disk.make_folders(os.path.dirname(path))
        self._fd = disk.open_fd(path, disk.CREATE_OR_OPEN | os.O_EXCL, 0o666)
        if self._sync:
            atomic.sync_names([path, *made])
        held = self._hold(path)
        state = disk.fstat(self._fd)
        self._writer = _Writer(segment, state.st_ino, state.st_dev, held)
        data = msgspec.json.encode(self._writer)
        atomic.replace_file(self._layout.writer, data, self._layout.temporary, sync=False)

    def _hold(self, path: str) -> bool:
        disk.make_folders(self._layout.local)
        with suppress(FileNotFoundError):
            disk.unlink(self._layout.held)
        try:
            disk.link(path, self._layout.held)
        except OSError:
            return False
        return True

    def held(self, segment: str, start: int) -> bytes:
        """Read from a position on what this copy appended to a segment that may have been taken away since."""
        noted = self._noted()
        if noted is None or not noted.held or noted.segment != segment:
            return b""
        try:
            fd = disk.open_fd(self._layout.held, disk.READ_ONLY)
        except FileNotFoundError:
            return b""
        try:
            state = disk.fstat(fd)
            return disk.pread(fd, state.st_size - start, start) if state.st_size > start else b""
        finally:
            disk.close(fd)

    def cut(self, end: int) -> None:
        """Put aside what stands behind the last whole entry: a stopped program's, and never acknowledged."""
        fd = self._open()
        data = disk.pread(fd, self.size_bytes - end, end)
        if self._writer is not None and data:
            self._aside.put(self._writer.segment, data)
        disk.truncate(fd, end)
        self.size_bytes = end

    def append(self, data: bytes) -> None:
        """Append whole lines, durably unless the store does without.

        Raises:
            OSError: Nothing was appended.
            StorageError: A sync failed before: open the store anew.
        """
        fd, writer = self._open(), self._writer
        if writer is None:
            raise MalformedError(self._layout.writer, "no segment was begun")
        if self._sync and len(data) < _DIRECT_BYTES:
            if self._journal.has_documents:  # bytes in the segment that the redo log does not know
                self._settle(fd)
            self._journal.append(msgspec.msgpack.encode(Record(writer.segment, self.size_bytes, data)))
            disk.pwrite_all(fd, data, self.size_bytes)
            self._journal.mark_applied()
            if self._journal.size() > _CHECKPOINT_BYTES:
                self._settle(fd)
        else:
            self._append_directly(fd, writer, data)
        self.size_bytes += len(data)

    def _append_directly(self, fd: int, writer: _Writer, data: bytes) -> None:
        if self._sync:
            self._journal.append(msgspec.msgpack.encode(Record(writer.segment, self.size_bytes, b"")))
        try:
            disk.pwrite_all(fd, data, self.size_bytes)
            if self._sync:
                disk.fdatasync(fd)
            self._journal.mark_applied(documents=not self._sync)
        except BaseException:
            disk.truncate(fd, self.size_bytes)
            self.leave()
            self.abandon()  # after a failed sync, what the kernel says of this file proves nothing
            raise

    def abandon(self) -> None:
        """Never continue this segment again: the next entry begins another."""
        self.checkpoint()
        self.leave()
        with suppress(FileNotFoundError):
            disk.unlink(self._layout.writer)

    def is_another(self) -> bool:
        """Tell whether the file of the segment is not the one that this copy wrote: the host's git put it there."""
        noted = self._noted()
        return noted is None or self._state(noted) is None

    def _settle(self, fd: int) -> None:
        """Make the segment durable, and empty the redo log."""
        disk.fsync(fd)
        self._write_again()
        disk.sync_folder(self._layout.root)
        self._journal.reset()

    def _write_again(self) -> None:
        """Make durable what the redo log has of another segment: one that was left because a sync of it failed."""
        first = next(self._journal.records(), None)  # those of another stand before those of this one
        if first is None or redo_record.decode(self._layout.journal, first).segment == self.segment:
            return
        records = [redo_record.decode(self._layout.journal, payload) for payload in self._journal.records()]
        for segment in {record.segment for record in records} - {self.segment}:
            with suppress(FileNotFoundError):
                fd = disk.open_fd(self._layout.segment(segment), disk.READ_WRITE)
                try:
                    for record in records:
                        if record.segment == segment and disk.fstat(fd).st_size >= record.position:
                            disk.pwrite_all(fd, record.data, record.position)
                    disk.fsync(fd)
                finally:
                    disk.close(fd)

    def checkpoint(self) -> None:
        """Make everything durable that waits for it."""
        if self._writer is not None and self._sync and self._journal.size():
            self._settle(self._open())

    def _open(self) -> int:
        if self._fd is None:
            if self._writer is None:
                raise MalformedError(self._layout.writer, "no segment was begun")
            self._fd = disk.open_fd(self._layout.segment(self._writer.segment), disk.READ_WRITE)
        return self._fd

    def close(self) -> None:
        """Close all files."""
        self.leave()
        self._journal.close()
