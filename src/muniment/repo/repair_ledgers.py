"""Put back what is damaged or missing of ledgers, as part of a repair.

A file that never changes is put back whole. The file that a copy appends to is written over in place, where it differs
from what another copy has and every line is whole then: whoever holds it open goes on with it.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

from muniment.errors import ClockError, CorruptionError, MalformedError
from muniment.files import atomic, disk
from muniment.files.journal import Journal
from muniment.files.layout import ARCHIVE_SUFFIX, SEGMENT_SUFFIX, Layout, LedgerLayout
from muniment.files.lock import LockFile
from muniment.ledger import syncing
from muniment.ledger.arrivals import Arrivals
from muniment.repo import ledgers, repair_files
from muniment.repo.mending import Mending
from muniment.repo.report import Finding
from muniment.storage.copies import has_store
from muniment.values import entry_line
from muniment.values.ids import is_id


def mend_own(mending: Mending) -> None:
    """Move away what is damaged of what this copy alone keeps of its ledgers; it is made anew."""
    for name in ledgers.names_in(mending.layout):
        layout = mending.layout.ledger(name)
        with suppress(FileNotFoundError):
            disk.stat(layout.local)
            lock = LockFile(layout.lock, f"ledger {name}", is_told=False)
            try:
                with lock.exclusive(mending.parts.lock_timeout_s):
                    for path in _damaged(layout):
                        mending.lost.move(path)
                        mending.note("ledger-set-aside", path, "it was damaged; the entries are elsewhere")
            finally:
                lock.close()


def _damaged(layout: LedgerLayout) -> Iterator[str]:
    journal, arrivals = Journal(layout.journal), Arrivals(layout)
    for path, look in ((layout.journal, journal.is_settled), (layout.arrivals, arrivals.load)):
        try:
            look()
        except MalformedError:
            yield path


def mend(mending: Mending, found: Iterable[Finding]) -> None:
    """Put back what other copies have; what they have besides is taken too, if they are stores."""
    if not mending.copies:
        return
    for name in ledgers.names_in(mending.layout):
        layout = mending.layout.ledger(name)
        paths = {_file_of(one.path) for one in found if one.path.startswith(f"{layout.root}/")}
        for path in sorted(paths):
            _mend_file(mending, layout, path)
    for folder in filter(None, map(has_store, mending.copies)):
        for name in ledgers.names_in(Layout(folder)):
            _take(mending, name, folder)


def _file_of(path: str) -> str:
    """Give the file of a finding, which may tell the line behind a colon."""
    file, _, line = path.rpartition(":")
    return file if line.isdigit() and file else path


def _mend_file(mending: Mending, layout: LedgerLayout, path: str) -> None:
    name = os.path.basename(path)
    if path.startswith(f"{layout.archives}/"):
        digest = name.removesuffix(ARCHIVE_SUFFIX)
    elif path.startswith(f"{layout.payloads}/"):
        digest = os.path.basename(os.path.dirname(path)) + name.partition(".")[0]
    elif name.endswith(SEGMENT_SUFFIX):
        return _mend_segment(mending, layout, path)
    else:
        return None
    if is_id(digest):
        repair_files.put_back(mending, path, digest)
    return None


def _mend_segment(mending: Mending, layout: LedgerLayout, path: str) -> None:
    with ledgers.elsewhere(mending.parts, layout.name, ledgers.FIELDS, mending.layout.root, False) as here:  # noqa: FBT003, SIM117
        with here.writing():
            try:
                data = disk.read_file(path)
            except FileNotFoundError:
                data = b""
            for version in mending.versions(path):
                mended = version + data[len(version) :]
                if mended != data and _is_whole(path, mended):
                    _write_over(mending, path, data, mended)
                    here.look_next_time()
                    mending.note("ledger-restored", path, "a copy has its lines whole")
                    return


def _is_whole(path: str, data: bytes) -> bool:
    with suppress(MalformedError):
        for line in data.split(b"\n")[:-1]:
            entry_line.check(path, line)
        return data.endswith(b"\n")
    return False


def _write_over(mending: Mending, path: str, data: bytes, mended: bytes) -> None:
    if not data:
        atomic.replace_file(path, mended, mending.layout.temporary)
        return
    mending.lost.put(path, data)
    fd = disk.open_fd(path, disk.READ_WRITE)
    try:
        disk.pwrite_all(fd, mended, 0)
        disk.fsync(fd)
    finally:
        disk.close(fd)


def _take(mending: Mending, name: str, folder: str) -> None:
    parts = mending.parts
    with (
        suppress(CorruptionError, ClockError),  # of one segment: all others were taken
        ledgers.elsewhere(parts, name, ledgers.FIELDS, parts.layout.root, False) as here,  # noqa: FBT003
        ledgers.elsewhere(parts, name, ledgers.FIELDS, folder, False) as there,  # noqa: FBT003
    ):
        received = syncing.pull(here, there)
        if received:
            mending.note(
                "ledger-restored", parts.layout.ledger(name).root, f"{received} entries were taken from a copy"
            )
