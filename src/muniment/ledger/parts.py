"""What the verbs of one open ledger work with, wired once by `ledger/ledger.py`."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from errno import EACCES, EPERM, EROFS
from typing import Any, NamedTuple, Protocol

import msgspec

from muniment.errors import MunimentError, StorageError
from muniment.files.layout import LedgerLayout
from muniment.files.lock import LockFile
from muniment.ledger.copy import Copy, count
from muniment.ledger.index import Index
from muniment.ledger.own_segment import OwnSegment
from muniment.ledger.payloads import Payloads
from muniment.ledger.set_aside import SetAside
from muniment.values.cursor import NOTHING, Reach, furthest
from muniment.values.entry import Entry
from muniment.values.policy import Policy

_READ_ONLY = frozenset({EACCES, EPERM, EROFS})


class Codec(Protocol):
    """Makes of payloads what the program's schemas say; `repo` brings it."""

    def encode(self, kind: str, value: object) -> object:
        """Give the plain JSON value that is kept of a payload."""
        ...

    def decode(self, kind: str, payload: Any) -> Any:
        """Give what the reader shall see of a payload that was kept."""
        ...


class Signing(Protocol):
    """Signs entries, and tells who may; `repo` brings it."""

    def signer(self) -> Callable[[bytes], str] | None:
        """Give what signs the bodies of entries, None where nobody does; `BadSignatureError` where somebody must."""
        ...

    def verify(self, entry: Entry, body: bytes, segment: str, position: int) -> bool:
        """Tell whether an entry, at a byte of a segment, has a good signature.

        `BadSignatureError` where it has a bad one, or has to have one.
        """
        ...

    def require(self, since: Callable[[], dict[str, int | str]], author: str | None) -> Policy:
        """Demand a signature of every entry that stands behind so many bytes of the segments."""
        ...


class Settings(NamedTuple):
    """What an open ledger was told."""

    fields: Sequence[str]
    lock_timeout_s: float
    sync: bool
    author: str | None
    codec: Codec | None
    signing: Signing
    check_store: Callable[[], None]
    elsewhere: "Callable[[str | os.PathLike[str], bool], AbstractContextManager[LedgerParts]]"
    """Opens the ledger of that name in the store in another folder, which is made first if it may be."""


class LedgerParts:
    """The files, the index, the lock and the settings of one open ledger."""

    def __init__(self, layout: LedgerLayout, settings: Settings) -> None:
        self.layout = layout
        self.settings = settings
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self.thread_lock = threading.RLock()
        self.copy = Copy(self.layout)
        self.index = Index(self.layout, self.settings.fields)
        self.own = OwnSegment(self.layout, sync=self.settings.sync)
        self.aside = SetAside(self.layout, sync=self.settings.sync)
        self.payloads = Payloads(self.layout, sync=self.settings.sync)
        self._lock = LockFile(self.layout.lock, f"ledger {self.layout.name}", is_told=False)
        self._recovered = False
        self.last_id: tuple[str, Reach, str | None] = ("", NOTHING, None)
        """The id of the entry that stood last in a segment when it reached so far."""

    @contextmanager
    def shared_by_threads(self) -> Iterator[None]:
        """Keep other threads away, and begin anew in a forked child."""
        if self._pid != os.getpid():
            self._begin()
        with self.thread_lock:
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the ledger's lock, everything seen that is here, and what stopped programs left put right.

        Raises:
            LockTimeoutError: Another program holds it for too long: retry.
        """
        self.settings.check_store()  # before a lock file makes half a store of a deleted one
        if self._pid != os.getpid():
            self._begin()
        with self.thread_lock, self._lock.exclusive(self.settings.lock_timeout_s):
            self._recovered = True
            self.own.recover()
            if self._is_changed():
                self._look_around()
            yield

    def _is_changed(self) -> bool:
        """Tell whether anybody else may have appended, or put anything there or taken it away."""
        is_moved = self.copy.pieces.are_moved() or self._lock.is_new  # the lock is new where `local/` was deleted
        self._lock.is_new = False
        if is_moved:
            self.copy.arrivals.load()
        return self.own.look(self.copy.arrivals.open) or is_moved

    def _look_around(self) -> None:
        self.copy.look(self._hint, thoroughly=True)
        self._cut_torn_tail()
        self._count_what_is_away()
        self._take_arrivals()

    def look_next_time(self) -> None:
        """Believe nothing of what this process knows, because it was interrupted while it noted what it had done."""
        self.own.size_bytes = -1
        self.copy.doubt()

    def look_again(self) -> None:
        """See what this process itself has put there or taken away; needs `writing`."""
        self.copy.look(self._hint, thoroughly=True)
        self._take_arrivals()

    def _take_arrivals(self) -> None:
        if arrived := self.copy.unseen():
            self.copy.arrivals.arrive(arrived)

    def _hint(self) -> dict[str, Reach]:
        arrivals = self.copy.arrivals
        self.open_index()
        hint = self.index.hint()
        if arrivals.open in hint and hint[arrivals.open].entries > arrivals.reached[arrivals.open].entries:
            arrivals.grow(hint[arrivals.open])
        return hint

    def open_index(self) -> None:
        """Use the index of this order of arrival: the one in `local/`, unless that order is this process's alone."""
        self.index.open(self.copy.arrivals.epoch, is_kept=self.copy.arrivals.is_kept)

    def _cut_torn_tail(self) -> None:
        segment = self.own.segment
        if segment is None:
            return
        if self.shortened():
            self.aside.note_shortened(segment, self._once_counted(segment))
            self.copy.arrivals.grow(self._once_counted(segment))
            self.own.abandon()
            return
        end = self.copy.present.get(segment, NOTHING).size_bytes
        if end < self.own.size_bytes:
            self.own.cut(end)
            self.copy.look(self._hint, thoroughly=True)

    def _count_what_is_away(self) -> None:
        """Let the entries of this copy keep their offsets where the host's git took its segment away, or a part."""
        arrivals = self.copy.arrivals
        segment = arrivals.open
        if segment is None or segment == self.own.segment:
            return
        counted = self._once_counted(segment)
        end = count(counted, self.own.held(segment, counted.size_bytes))
        if end.entries > arrivals.reached[segment].entries:
            arrivals.grow(end)

    def shortened(self) -> int:
        """Tell how many entries are missing at the end of the very file that this copy appends to: somebody cut it."""
        segment = self.copy.arrivals.open
        if segment is None or self.own.is_another():
            return 0
        here = self.copy.present.get(segment, NOTHING)
        return max(0, self._once_counted(segment).entries - here.entries)

    def shortened_segments(self) -> dict[str, int]:
        """Tell how many entries are missing of the segments of this copy that somebody cut, now or once."""
        own = self.copy.arrivals.open
        found = {own: self.shortened()} if own is not None else {}
        for segment, once in self.aside.shortened().items():
            found[segment] = once.entries - self.copy.present.get(segment, NOTHING).entries
        return {segment: missing for segment, missing in found.items() if missing > 0}

    def _once_counted(self, segment: str) -> Reach:
        noted = self.index.hint().get(segment, NOTHING)
        return furthest(noted, self.copy.arrivals.reached.get(segment, NOTHING))

    @contextmanager
    def seeing(self) -> Iterator[None]:
        """See everything that is here, without the ledger's lock where nothing new came from elsewhere."""
        self.settings.check_store()
        with self.shared_by_threads():
            self._recover_once()
            self.copy.look(self._hint, thoroughly=True)
            if self.copy.unseen():
                self._take_in()
            yield

    def _recover_once(self) -> None:
        if self._recovered:
            return
        self._recovered = True
        with suppress(MunimentError, OSError):
            if not self.own.is_settled():
                with self.writing():
                    pass

    def _take_in(self) -> None:
        """Write down what arrived; where that is not allowed, only this process knows."""
        try:
            with self.writing():
                pass
        except (OSError, StorageError) as error:
            number = error.errno if isinstance(error, OSError) else getattr(error.__cause__, "errno", None)
            if number not in _READ_ONLY:
                raise
            self.copy.arrivals.arrive(self.copy.unseen(), keep=False)

    def write_index(self, *, only_if_many: bool = False) -> None:
        """Write what the index has only in memory."""
        own = self.copy.arrivals.open
        state = (own, self.copy.arrivals.reached[own]) if own is not None else None
        if only_if_many:
            self.index.write_if_many(state)
        else:
            self.index.write(state)

    def shown(self, entries: list[Entry]) -> list[Entry]:
        """Give entries, whose payloads are as they are kept, as the program's schemas want them."""
        codec = self.settings.codec
        if codec is not None:
            for entry in entries:
                if not entry.is_erased:
                    msgspec.structs.force_setattr(entry, "payload", codec.decode(entry.kind, entry.payload))
        return entries

    def close(self) -> None:
        """Write the index, make everything durable, and close all files."""
        if self._pid != os.getpid():
            return
        with suppress(MunimentError, OSError), self.thread_lock:
            self.write_index()
        with suppress(MunimentError, OSError), self.thread_lock, self._lock.exclusive(0.0):
            self.own.checkpoint()
        self.own.close()
        self.index.close()
        self._lock.close()
