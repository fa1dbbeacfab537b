"""`muniment.ledger.care_verbs.CareVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from muniment.aio.bound import Bound, plain
from muniment.ledger.care_verbs import CareVerbs, Place
from muniment.ledger.finding import After
from muniment.ledger.report import Archive, LedgerReport, Synced
from muniment.values.entry import Entry
from muniment.values.policy import Policy


class AsyncCareVerbs(Bound):
    """Verify, exchange, back up, archive, erase."""

    async def verify(self) -> LedgerReport:
        """Check every line: that it is what was appended and stands where it was put, and what entries say of others.

        Finds what was changed, removed, put elsewhere or put twice, and says which; and signatures that are missing or
        bad. It reads everything.
        """
        return await self._call(CareVerbs.verify)

    async def sync(self, other: AsyncCareVerbs | Place) -> Synced:
        """Let this copy and another have the entries that only one of them has; `other` may be the path of its store.

        In any order, repeated and interrupted as may be, it comes to the same. Every line is checked before it is
        taken.

        Raises:
            InvalidNameError: `other` is another ledger, not a copy of this one: sync with that of the same name.
            MalformedError: A line was changed, or they disagree about a segment; nothing of it is taken, but all else
                is. Run `verify` on the copies that it tells of.
            ClockError: An entry tells a clock that no ledger reaches; it is not taken.
            LockTimeoutError: Another program appends for too long: retry.
        """
        return await self._call(CareVerbs.sync, plain(other))

    async def backup(self, dest: Place) -> Synced:
        """Copy all entries into the store in the folder `dest`, which is made if there is none; tells how many it got.

        A consistent copy, also while others append: what is in it has the same ids and verifies. A backup that is
        there gets what it lacks. `sync` brings everything back from it.

        Raises:
            MalformedError: A line was changed; it is not copied. Run `verify`.
            LockTimeoutError: Another program appends to the copy for too long: retry.
        """
        return await self._call(CareVerbs.backup, dest)

    async def archive(self, before: After, *, all_writers: bool = False) -> Archive:
        """Move the segments that lie wholly before a cursor into one compressed file, which is checked first.

        Reading from the beginning passes over them, unless asked for with `archived=True`; offsets, cursors, ids and
        keys stay as they are. Segments that other copies may still append to are left, unless `all_writers` says
        that none does: what one appends in its branch the host's git could not merge then.

        Raises:
            InvalidCursorError: It is no cursor of this ledger.
            LockTimeoutError: Another program appends for too long: retry.
        """
        return await self._call(CareVerbs.archive, before, all_writers=all_writers)

    async def erase(self, id: str, reason: str, *, actor: str | None = None) -> Entry:
        """Erase the payload of an entry that was appended as `erasable`, for good, and append who did it and why.

        The entry stays, and everything verifies; its payload reads as `ERASED`. Other copies erase theirs when they
        `sync`; what the host's git, and backups, have of it is not touched. May be repeated.

        Raises:
            EntryNotFoundError: It is not here.
            InvalidValueError: It was not appended as erasable, or no reason is given.
        """
        return await self._call(CareVerbs.erase, id, reason, actor=actor)

    async def require_signatures(self, *, author: str | None = None) -> Policy:
        """Demand that every entry from now on is signed by one of the allowed signers, in every copy.

        `append` refuses others, and `verify` finds them. What is here already is exempt. Gives the policy that says so,
        which `store.policies` lists and withdraws; where there is one already, that.

        Raises:
            MissingAuthorError: Neither this call nor the store names one.
        """
        return await self._call(CareVerbs.require_signatures, author=author)
