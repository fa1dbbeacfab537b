"""`muniment.repo.upkeep_verbs.UpkeepVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from muniment.aio.bound import Bound
from muniment.repo.arguments import Path
from muniment.repo.backup_report import BackupReport
from muniment.repo.collecting import CollectReport
from muniment.repo.repair_report import RepairReport
from muniment.repo.report import Report
from muniment.repo.stats import StoreStats
from muniment.repo.upkeep_verbs import UpkeepVerbs
from muniment.repo.verify_objects import Progress
from muniment.storage.copies import Copies
from muniment.storage.packing import PackReport
from muniment.values.entry import Entry


class AsyncUpkeepVerbs(Bound):
    """What nobody has to do for a store to be right, and what keeps it so."""

    async def erase(self, blob: str, reason: str, *, author: str | None = None) -> Entry:
        """Remove one content of a document for good: `blob` is its id, or the beginning of it, as `history` gives it.

        History keeps its id, and everything else; reading it is a `BlobErasedError` from then on. Who and why is
        recorded first, as an entry of the ledger `erasures`, which is given. Doing it again finishes what was
        interrupted. Other copies of the store, backups and the host's git keep it, until it is erased there too.

        Raises:
            BlobInUseError: A head, a working file or a merge under way holds it: commit a version without it first.
            BlobNotFoundError, AmbiguousRevisionError: No content has an id that begins so, or several have.
            InvalidValueError: The reason is empty.
            MissingAuthorError: Neither this call nor the store names one.
            LockTimeoutError: Another program writes for too long: retry.
        """
        return await self._call(UpkeepVerbs.erase, blob, reason, author=author)

    async def verify(self, *, full: bool = True, progress: Progress | None = None) -> Report:
        """Check every object's hash, every reference, every head, the journal and the working files.

        Without `full`, contents are not read but only found to be there: their commits and trees are read, and the
        indexes of packs. `progress` is called now and then with how many objects were hashed, and how many there are.
        """
        return await self._call(UpkeepVerbs.verify, full=full, progress=progress)

    async def repair(self, *, from_: Path | Copies | Iterable[Path | Copies] | None = None) -> RepairReport:
        """Mend what can be mended, verify, and tell what was done and what remains.

        Journal, logs, heads and packs are mended from what the store itself has. `from_` are other copies to take lost
        and damaged files from: the folder of a store, or of a backup, or a `.muniment` alone; or the history of the
        host repository, `git.history(store)`. Each file is checked by its hash. What is well stays; entries of ledgers
        that only a copy has are taken too. What is taken away is moved to `.muniment/local/lost`, never deleted. May be
        repeated, and interrupted; others may read and write meanwhile.

        Raises:
            NotAStoreError: There is no copy of a store in a folder of `from_`.
            CopyRefusedError: What is there has nothing in common with this store, or is this store itself.
            LockTimeoutError: Another program packs or writes for too long: retry.
        """
        return await self._call(UpkeepVerbs.repair, from_=from_)

    async def backup(self, dest: Path, *, take_over: bool = False) -> BackupReport:
        """Copy the whole store into the folder `dest`, as it is at one moment; others may read and write meanwhile.

        The backup is a store itself, which is durable on return and was well at every moment before: open it, verify
        it, copy it back. An earlier backup of this copy of the store gets what it lacks. With `take_over` a backup of
        another copy becomes one of this copy: what only the other has goes from it. Documents are there as their files
        are.

        Raises:
            BackupRefusedError: In `dest` is another store, or one that is no backup, or other files; or a backup of
                another copy.
            LockTimeoutError: Another program packs or writes for too long: retry.
        """
        return await self._call(UpkeepVerbs.backup, dest, take_over=take_over)

    async def restore_to(self, path: Path) -> BackupReport:
        """Make a store in the folder `path` out of this one, which is a backup: whole, checked, durable on return.

        The folder is made, or is empty. The new store has all that the backup has, is no backup, and another copy to
        those that watch or sync. Interrupted anywhere, it may be repeated, and is gone on with.

        Raises:
            BackupRefusedError: There is something in that folder.
            LockTimeoutError: Another program brings the backup up to date for too long: retry.
        """
        return await self._call(UpkeepVerbs.restore_to, path)

    async def pack(self, *, everything: bool = False) -> PackReport:
        """Gather loose objects, and small packs, into one pack, which is a fraction of their size; tells what it did.

        With `everything` all packs are taken in, large ones too: that is as small as it gets, and costs a reading of
        all history. Others may read and write meanwhile. Nothing is deleted before what takes its place is durable and
        was read again. A store packs itself, when it is closed with 10,000 loose objects or more, or with 50 packs,
        unless it was opened with `auto_pack=False`.

        Raises:
            LockTimeoutError: Another program packs for too long: retry.
            CorruptionError: A pack is damaged: run `verify`. Nothing was deleted.
        """
        return await self._call(UpkeepVerbs.pack, everything=everything)

    async def stats(self) -> StoreStats:
        """Count what there is: documents, branches, tags, commits, objects, packs, ledgers; and what it takes on disk.

        Names and sizes are looked at, and the commits; contents are not read.

        Raises:
            CorruptionError, ObjectNotFoundError: History, a pack or a ledger cannot be read: run `repair`.
        """
        return await self._call(UpkeepVerbs.stats)

    async def collect(self, *, older_than: timedelta = timedelta(days=14), dry_run: bool = False) -> CollectReport:
        """Delete the objects that no head, tag, note, merge under way or recent operation leads to; tells what it did.

        What was written, and operations done, less than `older_than` ago are spared, with all that they lead to:
        so long can be undone. With `dry_run` it tells what would go, and deletes nothing. Others may read and write
        meanwhile; who reads a commit that is deleted is told `ObjectNotFoundError`.

        Raises:
            ObjectNotFoundError, CorruptionError: Something that is needed is missing or damaged: run `verify`. Nothing
                was deleted.
            InvalidValueError: `older_than` is no time, or a negative one.
            LockTimeoutError: Another program packs, collects or writes for too long: retry.
        """
        return await self._call(UpkeepVerbs.collect, older_than=older_than, dry_run=dry_run)
