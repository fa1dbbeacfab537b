"""A store on the local disk: its objects, heads, working files and journal, changed as one.

A change is staged, recorded, published:

1. stage: objects are written unsynced, the documents' next files durably under temporary names.
   A full disk or a missing permission is met here, when nothing shows yet;
2. record: one durable record in the journal. This is the commit point;
3. publish: heads and temporary files are renamed, the logs appended to. No space is needed, but for a
   tag's empty file and the note of what is checked out: where these are refused, no file follows
   and the record stays pending.

Staging and publishing again changes nothing, so the next writer does both for every record that a
program which was stopped may not have published. See docs/decisions/0004-stage-then-commit-point.md.

Format: docs/format/journal.md.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress

from muniment.errors import (
    CorruptionError,
    InvalidNameError,
    LockTimeoutError,
    MalformedError,
    MunimentError,
    NotAStoreError,
)
from muniment.files import atomic, disk, segment
from muniment.files.journal import Journal
from muniment.files.layout import Layout
from muniment.files.lock import LockFile
from muniment.storage import erasing, removing
from muniment.storage.change import Change, decode_change, encode_change
from muniment.storage.checkpoint import make_durable
from muniment.storage.descriptions import Descriptions
from muniment.storage.heads import FileHeads
from muniment.storage.objects import LocalObjects
from muniment.storage.operation_log import OperationLog
from muniment.storage.packer import Packer
from muniment.storage.publishing import Publisher
from muniment.storage.scan import Scanner
from muniment.storage.tags import FileTags
from muniment.storage.unfinished_merge import UnfinishedMergeFile
from muniment.storage.working import Staged, WorkingFiles, discard
from muniment.values import canonical

JOURNAL_LIMIT = 8 << 20
MOST_LOOSE = 32
"""A change of more objects than this writes them as one pack."""
_IMPOSSIBLE_BY_NOW = InvalidNameError, IsADirectoryError, NotADirectoryError, PermissionError


class LocalStorage:
    """The parts of a store on disk, and the one way to change them together.

    With `sync=False` nothing is synced but at checkpoints: an acknowledged change then survives
    the end of the program, but perhaps not that of the machine. With `auto_pack` it is packed at its close, where
    that is due. If it `goes_on`, changes are made though the system refuses to delete what is to go; only for who puts
    every object by `objects`, and asks that what is stored.
    """

    def __init__(self, layout: Layout, *, sync: bool, auto_pack: bool = False, goes_on: bool = False) -> None:
        self.layout = layout
        self.sync = sync
        self._auto_pack = auto_pack
        self._goes_on = goes_on
        self.objects = LocalObjects(layout)
        self.heads = FileHeads(layout)
        self.tags = FileTags(layout)
        self.descriptions = Descriptions(layout)
        self.working = WorkingFiles(layout, sync=sync)
        self.scanner = Scanner(layout, self.working)
        self._journal = Journal(layout.journal)
        self._lock = LockFile(layout.lock("store"), "the store")
        self.operations = OperationLog(layout.operations)
        self.unfinished = UnfinishedMergeFile(layout)
        self.packer = Packer(layout, self.objects, self.exclusive)
        self._names = Publisher(layout, self.heads, self.tags, self.unfinished)
        self._index = segment.Segment(layout.index)
        self._wrote = False

    @contextmanager
    def exclusive(self, timeout_s: float, *, settled: bool = True) -> Iterator[None]:
        """Be the only writer; what a writer that was stopped left unfinished is finished first, if it is to be.

        Raises:
            LockTimeoutError: Another writer took longer than `timeout_s` seconds: retry.
            NotAStoreError: The store was deleted meanwhile.
            MalformedError: What a stopped writer left cannot be read.
        """
        self.check_exists()
        with self._lock.exclusive(timeout_s):
            if settled:
                self.finish_removal()
                self.settle()
            yield

    def finish_removal(self) -> None:
        """Remove what a stopped program left to be removed; needs the lock.

        Raises:
            MalformedError: What is written down of it cannot be read; nothing was removed.
            OSError: The disk refused.
        """
        if self.objects.heed_removals():
            refused = removing.finish(self.layout, self.objects)
            if refused is not None and not self._goes_on:
                raise refused

    def is_mine(self) -> bool:
        """Tell whether this thread is the only writer just now."""
        return self._lock.is_mine()

    def check_exists(self) -> None:
        """Refuse to go on, rather than make half a store, where somebody deleted it."""
        try:
            disk.stat(self.layout.format)
        except FileNotFoundError:
            raise NotAStoreError(self.layout.root) from None

    def check_unborn(self) -> None:
        """Refuse to take a store for one without commits where somebody deleted its heads.

        Raises:
            MalformedError: No branch has a head, though this copy made some and did not delete them.
            NotAStoreError: The store was deleted.
        """
        self.check_exists()
        if self.operations.is_empty() or any(True for _ in self.heads.branches()):
            return
        if self.operations.left_branches():
            reason = "no branch has a head, though commits were made here; bring refs back from the host repository"
            raise MalformedError(self.layout.heads, reason)

    def is_settled(self) -> bool:
        """Tell, without a lock, whether no change is half published; beside writers it is a hint."""
        return self._journal.is_settled()

    def has_writer(self) -> bool:
        """Tell whether a writer is at work, or is stopped at it; takes its lock for a moment, shared, if none is."""
        probe = LockFile(self.layout.lock("store"), "the store")
        try:
            probe.acquire(0.0, shared=True)
        except LockTimeoutError:
            return True
        finally:
            probe.release()
            probe.close()
        return False

    def let_go_of_documents(self, timeout_s: float) -> None:
        """Checkpoint, if the journal holds records that replaced documents or that were not applied.

        Called before a document is written past the journal: a recovery that repeats such a record
        must not find the file as it was before it, and take the newer change back.
        """
        if self._journal.replaced_documents():
            with self.exclusive(timeout_s):
                self.checkpoint()

    def pack_if_many(self, objects: Iterable[tuple[str, bytes]]) -> tuple[list[tuple[str, bytes]], list[str]]:
        """Store the objects of a large change in one file, before the change that names it.

        Gives the objects and the packs that the change has to name.
        """
        listed = list(objects)
        if len(listed) <= MOST_LOOSE:
            return listed, []
        return [], [self.objects.put_pack(listed, sync=self.sync)]

    def commit(self, change: Change) -> None:
        """Make a change real: durable on return, and seen by everybody.

        Needs `exclusive`, and that the heads it moves were read since that was taken. Should the
        host's git have moved one in the meantime, both heads stay: the branch has diverged.

        Raises:
            OSError: Before the commit point nothing happened. After it, the change is recorded,
                and the next writer publishes what is missing.
        """
        staged = self._stage(change)
        try:
            self._journal.append(encode_change(change), sync=self.sync)
        except BaseException:
            discard(staged)
            raise
        self._wrote = True
        try:
            self._names.publish(change)
        except OSError:
            discard(staged)
            return  # likewise: no file follows before the names stand
        if not self.working.show(staged, change.replacements):
            return  # the change is real; its record stays pending, and the next writer tries again
        try:
            self._append_logs(change)
            self._journal.mark_applied(documents=bool(change.replacements))
        except OSError:
            return  # likewise
        if self._journal.size() > JOURNAL_LIMIT:
            self._checkpoint_or_refuse()

    def _stage(self, change: Change, *, recovering: bool = False) -> list[Staged]:
        put = self.objects.rewrite if recovering else self.objects.put
        for object_id, data in change.objects:
            put(object_id, data)
        blobs = dict(change.objects)
        staged: list[Staged] = []
        try:
            for item in change.replacements:
                if item.after is not None:
                    text = change.texts.get(item.name)
                    if text is None:
                        text = canonical.pretty(blobs.get(item.after) or self.objects.get(item.after))
                    with suppress(*_IMPOSSIBLE_BY_NOW) if recovering else nullcontext():
                        staged.extend(self.working.stage(item.name, item.before, item.after, text))
        except BaseException:
            discard(staged)
            raise
        return staged

    def _append_logs(self, change: Change) -> None:
        if change.operation:
            self.operations.append(change.operation)
        with suppress(OSError):  # derived: rebuilt from the objects where it is missing
            for commit in change.commits:
                self._index.append(commit)

    def settle(self) -> None:
        """Finish what a stopped writer recorded and did not publish; then start the journal afresh. Needs the lock."""
        followed = self._journal.is_followed()
        pending = self._journal.pending()
        if not pending:
            if not followed and self._journal.size():
                self._checkpoint_or_refuse()  # a program left it that is perhaps long gone: let it not grow old
            return
        self.operations.cut_torn_tail()
        segment.cut_torn_tail(self._index.path)
        changes = [decode_change(payload) for payload in pending]
        logged = self.operations.keep_in_order([change.operation for change in changes if change.operation])
        for change in changes:
            staged = self._stage(change, recovering=True)
            self._names.publish(change)
            self.working.show(staged, change.replacements)
            if change.operation not in logged:
                self._append_logs(change)
        self._journal.mark_applied()
        self._checkpoint_or_refuse()

    def checkpoint(self) -> None:
        """Make durable what was published, and only then empty the journal. Needs `exclusive`.

        Raises:
            OSError, MalformedError: It could not be made durable. The journal takes no more records,
                and who opens the store next applies all of them again.
        """
        try:
            make_durable(self.layout, self._journal.records(), self._journal.size())
        except (OSError, CorruptionError):
            self._journal.distrust()
            raise
        self._journal.reset()
        atomic.sweep(self.layout.temporary)

    def erase(self, object_id: str) -> None:
        """Remove an object for good, wherever this copy keeps its bytes; needs `exclusive`, and a durable record of it.

        Raises:
            CorruptionError: It is damaged, or a pack is that has it.
            OSError: The disk refused; or it refuses to remove what is to go already.
        """
        removing.refuse_leftovers(self.layout, self.objects)
        self.checkpoint()  # no recovery writes it anew
        self.working.forget()
        erasing.erase(self.layout, self._journal, self.objects, object_id)

    def _checkpoint_or_refuse(self) -> None:
        """Checkpoint behind changes that are acknowledged already: a fault is told to the next one."""
        with suppress(OSError, CorruptionError):
            self.checkpoint()

    def close(self) -> None:
        """Checkpoint what this process wrote, unless another writer is at work, and close all files."""
        with suppress(MunimentError, OSError):
            if self._wrote:
                self._wrote = False
                with self.exclusive(0.0):
                    self._checkpoint_or_refuse()
                if self._auto_pack and self.packer.is_due():
                    self.packer.pack(0.0)
        for part in (self._journal, self._lock, self.packer, self.operations, self._index, self.objects):
            part.close()
