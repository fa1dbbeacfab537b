"""Protections of Muniment that can be taken away, one at a time, to see that the loss of each is found.

Syncs need none of this: they are left out of what was recorded, for leaving one out changes nothing else in a
program. Here are those that are no syncs: an order, a check, a step of recovery. Each is a patch that holds while the
workload runs and while its states are checked, `where` a workload is named that needs it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from muniment.errors import ObjectNotFoundError
from muniment.files import journal, journal_frame, journal_note, segment
from muniment.files.journal import Journal
from muniment.ledger.own_segment import OwnSegment
from muniment.ledger.payloads import Payloads
from muniment.repo.parts import Parts
from muniment.storage import checkpoint
from muniment.storage.change import encode_change
from muniment.storage.local import LocalStorage
from muniment.storage.loose import LooseObjects
from muniment.storage.objects import LocalObjects
from muniment.storage.operation_log import OperationLog


class Fault(NamedTuple):
    """A protection that is missing: what it does, the workload that shows its loss, and how to take it away."""

    protection: str
    where: str
    planted: Callable[[], AbstractContextManager[object]]


def _nothing(*_: object, **__: object) -> None:
    """Stand for a step that is left out."""


def _instead(owner: object, name: str, new: object) -> Callable[[], AbstractContextManager[object]]:
    return lambda: patch.object(owner, name, new)


def _reset_first(storage: LocalStorage) -> None:
    """Make a checkpoint in the wrong order."""
    records = list(storage._journal.records())
    size = storage._journal.size()
    storage._journal.reset()
    checkpoint.make_durable(storage.layout, records, size)


def _record_after(storage: LocalStorage, change: Any) -> None:
    """Publish a change, and only then record it."""
    staged = storage._stage(change)
    storage._names.publish(change)
    storage.working.show(staged, change.replacements)
    storage._append_logs(change)
    storage._journal.append(encode_change(change))
    storage._journal.mark_applied(documents=bool(change.replacements))
    storage._wrote = True


@contextmanager
def _unchecked_frames() -> Iterator[None]:
    """Believe every frame that begins like one."""

    def read(fd: int, position: int, _: int) -> bytes | None:
        head = os.pread(fd, journal_frame.FRAME.size, position)
        if len(head) < journal_frame.FRAME.size:
            return None
        magic, _, size = journal_frame.FRAME.unpack(head)
        return os.pread(fd, size, position + len(head)) if magic == journal_frame.FRAME_MAGIC else None

    with patch.object(journal, "read_frame", read):
        yield


@contextmanager
def _believed_note() -> Iterator[None]:
    """Believe the note of how far records were applied, whatever boot wrote it."""
    with ExitStack() as patches:
        right = journal_note.decode

        def of_this_boot(data: bytes) -> Any:
            note = right(data)
            return note and note._replace(boot=_Any(note.boot))

        patches.enter_context(patch.object(journal_note, "decode", of_this_boot))
        yield


class _Any(bytes):
    """Bytes that are equal to any."""

    __slots__ = ()
    __hash__ = bytes.__hash__

    def __eq__(self, _: object) -> bool:
        return True


def _old_generation(own: Journal, fd: int) -> None:
    """Empty the journal without a new generation, where it has one."""
    generation = own._generation or bytes(range(16))
    with patch.object(os, "urandom", lambda _: generation):
        _write_header(own, fd)


_write_header = Journal._write_header


def _all_logged(log: OperationLog, operations: Any) -> set[bytes]:
    """Look for the lines of a recovery without minding their order."""
    return set(log.tail()).intersection(operations)


def _find_loose_first(objects: LocalObjects, object_id: str) -> bytes:
    """Believe that a loose file is all that there is of an object, if there is one."""
    try:
        return objects.loose.get(object_id)
    except ObjectNotFoundError:
        data = objects.packs.get(object_id)
        if data is None:
            raise
        return data


def _direct_without_record(own: OwnSegment, fd: int, _: object, data: bytes) -> None:
    """Write a large batch without a word of it in the redo log."""
    os.pwrite(fd, data, own.size_bytes)
    os.fdatasync(fd)


FAULTS: dict[str, Fault] = {
    "checkpoint-empties-first": Fault(
        "a checkpoint empties the journal only behind what it made durable",
        "checkpoint",
        _instead(LocalStorage, "checkpoint", _reset_first),
    ),
    "record-behind-names": Fault(
        "a change is recorded before anything of it is published",
        "commit",
        _instead(LocalStorage, "commit", _record_after),
    ),
    "no-recovery-by-readers": Fault(
        "whoever looks first finishes what is pending", "two-commits", _instead(Parts, "recover_once", _nothing)
    ),
    "frames-unchecked": Fault("a record counts only with the right checksum", "commit", _unchecked_frames),
    "note-of-any-boot": Fault("the note counts in the boot that wrote it alone", "two-commits", _believed_note),
    "old-generation": Fault(
        "emptying the journal begins a new generation",
        "past-the-journal",
        _instead(Journal, "_write_header", _old_generation),
    ),
    "documents-past-the-journal": Fault(
        "a document is written past the journal only once no record replaces it",
        "past-the-journal",
        _instead(LocalStorage, "let_go_of_documents", _nothing),
    ),
    "no-distrust": Fault(
        "behind a failed checkpoint nobody believes the note",
        "failed-sync",
        _instead(Journal, "distrust", _nothing),
    ),
    "recovery-keeps-files": Fault(
        "a recovery writes each object to a new file",
        "failed-sync",
        _instead(LocalObjects, "rewrite", LocalObjects.put),
    ),
    "half-objects-kept": Fault(
        "a file that holds something else than its object is replaced",
        "two-commits",
        _instead(LooseObjects, "rewrite", _nothing),
    ),
    "damaged-loose-hides": Fault(
        "what a pack holds is read from it where the loose file is damaged",
        "transaction-of-forty",
        _instead(LocalObjects, "find", _find_loose_first),
    ),
    "torn-tail-kept": Fault(
        "half a line of a log is cut before the next is appended",
        "two-commits",
        _instead(segment, "cut_torn_tail", _nothing),
    ),
    "operations-out-of-order": Fault(
        "operations are logged again in the order of their records",
        "undo",
        _instead(OperationLog, "keep_in_order", _all_logged),
    ),
    "ledger-not-recovered": Fault(
        "what is in a ledger's redo log is put into its segment",
        "ledger-append",
        _instead(OwnSegment, "recover", _nothing),
    ),
    "large-batch-not-announced": Fault(
        "a large batch is announced in the redo log",
        "ledger-checkpoint",
        _instead(OwnSegment, "_append_directly", _direct_without_record),
    ),
    "ledger-tail-kept": Fault(
        "what stands behind the last whole entry is cut",
        "ledger-checkpoint",
        _instead(OwnSegment, "cut", _nothing),
    ),
    "temporary-names-kept": Fault(
        "erasing a payload makes the loss of its temporary name durable",
        "ledger-erase",
        _instead(Payloads, "clean", _nothing),
    ),
}

NOT_NEEDED = {
    "files.atomic.sync_names in ledger.archiving._remove, folder": "what comes back is in the archive, and goes again",
    "files.atomic.sync_names in repo.erasures._make_durable, folder": "for a record that the host's git brought",
    "repo.erasures._make_durable, file": "for a record that the host's git brought",
    "files.journal._fill in ledger.own_segment.recover, file": "for speed: decision 0001",
    "files.journal._fill in storage.local.settle, file": "for speed: decision 0001",
    "files.journal.reset in ledger.own_segment._settle, file": "a ledger's records may be applied again",
    "ledger.own_segment._settle, folder": "the name was synced when the segment was begun",
}
"""Syncs whose loss no crash of these workloads shows, and why."""
