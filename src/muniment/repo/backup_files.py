"""The files of one backup that are no objects: documents, notes, rules, policies, schemas, descriptions, signers.

They are looked at twice: once beside writers, when most of them are copied under temporary names, and once under the
store's lock, when it is found out what changed, came or went meanwhile. What that second look finds is what is shown.
"""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import InvalidNameError
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.storage import confine
from muniment.storage.local import LocalStorage
from muniment.storage.unchanged import SETTLED_NS, is_settled
from muniment.values import canonical
from muniment.values.ids import is_id

_State = tuple[int, int]


class FilesCopy:
    """The files of one backup under way, from `source` into `there`; `is_doubted` what an earlier one left."""

    def __init__(self, source: Layout, storage: LocalStorage, there: LocalStorage, *, is_doubted: bool) -> None:
        self._source = source
        self._scanner = storage.scanner
        self._there = there
        self._layout = there.layout
        self._is_doubted = is_doubted
        self._seen: dict[str, _State | None] = {}
        self._staged: dict[str, str] = {}
        self._documents: set[str] = set()
        self.damaged: dict[str, None] = {}
        """The files that are not what their names say."""
        self.written: list[str] = []
        """The files that are not durable yet."""
        self.gone: list[str] = []
        """Those whose names were taken away."""
        self.documents = self.files = 0

    def look(self) -> None:
        """Stage what is not there as it is here; the last look counts."""
        before, self._seen = self._seen, {}
        self.damaged.clear()
        self._documents = set()
        for path, target in self._working_files():
            self._documents.add(target)
            self._look_at(path, target, before)
        for path in self._other_files():
            self._look_at(path, f"{self._layout.control}/{self._source.inside(path)}", before)
        for target in set(self._staged) - set(self._seen):
            atomic.discard(self._staged.pop(target))

    def _working_files(self) -> Iterator[tuple[str, str]]:
        for name in self._scanner.names():
            with suppress(InvalidNameError):  # a link that leads out of the store: no document
                yield confine.document_path(self._source, name), self._layout.document(name)

    def _other_files(self) -> Iterator[str]:
        source = self._source
        for folder in (source.notes, source.merging, source.policies, source.schemas, source.descriptions("")):
            yield from _below(folder.rstrip("/"))
        yield from (source.allowed_signers, source.ledger_attributes)

    def _look_at(self, path: str, target: str, before: dict[str, _State | None]) -> None:
        with suppress(FileNotFoundError):
            state = _state(path)
            if state is None:
                return
            if state == before.get(target) or self._is_well(path, target, state):
                self._seen[target] = state if is_settled(state[0], time.time_ns()) else None
            else:
                self.damaged[path] = self._seen[target] = None

    def _is_well(self, path: str, target: str, state: _State) -> bool:
        """Stage a file, if it is not there as it is here; False if it is not what its name says."""
        if (staged := self._staged.pop(target, None)) is not None:
            atomic.discard(staged)
        if not self._is_doubted and _state(target) == state:
            return True
        data = disk.read_file(path)
        digest = os.path.basename(path).partition(".")[0]
        if target not in self._documents and is_id(digest) and canonical.digest(data) != digest:
            return False
        if not holds(target, data):
            staged = atomic.stage(self._layout.temporary, data, sync=False)
            self._staged[target] = staged
            time_ns = state[0]
            if _state(path) != state or not is_settled(time_ns, time.time_ns()):
                time_ns -= 2 * SETTLED_NS  # no later change has that: it is compared the next time
            disk.utime(staged, ns=(time_ns, time_ns))
        return True

    def show(self) -> None:
        """Give what was staged its names, and take away what is no more."""
        for target, staged in list(self._staged.items()):
            atomic.publish(staged, target, disk.read_file(staged))
            del self._staged[target]
            self.written.append(target)
            if target in self._documents:
                self.documents += 1
            else:
                self.files += 1
        for path in set(self._there_now()) - set(self._seen):
            with suppress(FileNotFoundError):
                disk.unlink(path)
            self.gone.append(path)
            disk.remove_empty_folders(os.path.dirname(path), self._layout.root)

    def _there_now(self) -> Iterator[str]:
        """Give the files of the backup that go where they are no more here; of all others older ones stay."""
        yield from map(self._layout.document, self._there.scanner.names())
        yield from _below(self._layout.schemas)
        yield from _below(self._layout.descriptions("").rstrip("/"))

    def discard(self) -> None:
        """Take away what has no name yet."""
        for staged in self._staged.values():
            atomic.discard(staged)


def _state(path: str) -> _State | None:
    try:
        state = disk.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:  # links that lead round in a circle: there is no file
            return None
        raise
    return state.st_mtime_ns, state.st_size


def holds(path: str, data: bytes) -> bool:
    """Tell whether a file has just these bytes."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return disk.stat(path).st_size == len(data) and disk.read_file(path) == data
    return False


def _below(folder: str) -> Iterator[str]:
    """Give the files below a folder."""
    for above, _, names in os.walk(folder):
        for name in names:
            if not name.startswith("."):
                yield f"{above}/{name}"
