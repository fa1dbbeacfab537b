"""Delete the objects that nothing needs any more, beside all that read and write.

What is needed is found while others write; what they came to need meanwhile, under their lock, before anything goes.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import msgspec

from muniment.errors import CorruptionError, InvalidValueError, ObjectNotFoundError
from muniment.files import atomic, disk
from muniment.files.layout import pack_name
from muniment.history.reach import Reach
from muniment.repo import stock as stocktaking
from muniment.repo.parts import Parts
from muniment.repo.roots import Roots
from muniment.repo.stock import Packed
from muniment.storage import packing, removing
from muniment.storage.doomed import Doomed
from muniment.storage.objects import LocalObjects
from muniment.storage.pack_file import PackFile
from muniment.values.ids import CommitId, TagId, TreeId
from muniment.values.objects import kind_of

_UNREADABLE = (ObjectNotFoundError, CorruptionError)
_NS_TO_S = 1_000_000_000
MOST_LOOSE = 1_000
"""More loose files than this are not deleted while others wait: they are put into a pack first, which is one file."""


class CollectReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was deleted: how many objects, how many are kept, how many packs went, and all bytes before and after.

    With `dry_run` nothing was, and it is what would have been.
    """

    kept: int
    deleted: int
    packs: int
    before_bytes: int
    after_bytes: int
    dry_run: bool

    @property
    def freed_bytes(self) -> int:
        """How much smaller the store is."""
        return self.before_bytes - self.after_bytes


def collect(parts: Parts, older_than: timedelta, *, dry_run: bool) -> CollectReport:
    """Delete what nothing needs, and was not written lately.

    Raises:
        InvalidValueError: `older_than` is no time, or a negative one.
        ObjectNotFoundError, CorruptionError: Something that is needed cannot be read; nothing was deleted.
        LockTimeoutError: Another program packs, collects or writes for too long.
    """
    since = _moment(older_than)
    with parts.storage.packer.alone(parts.lock_timeout_s):
        parts.finish_writers()
        return _Collection(parts, since).run(dry_run=dry_run)


def _moment(older_than: object) -> datetime:
    if not isinstance(older_than, timedelta) or older_than < timedelta(0):
        raise InvalidValueError(f"older_than is a timedelta from 0 up, not {older_than!r}")
    try:
        return datetime.now(UTC) - older_than
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


class _Collection:
    """One collection under way: what lies there, and what is needed of it."""

    def __init__(self, parts: Parts, since: datetime) -> None:
        self._parts = parts
        self._since = since
        self._roots = Roots(parts, since)
        self._stock = stocktaking.take(parts.storage)

    def run(self, *, dry_run: bool) -> CollectReport:
        """Delete what nothing needs."""
        stored = self._stock.ids()
        self._roots.follow_needed()
        self._roots.refuse_missing_contents(stored)
        self._roots.follow_named()
        garbage = _unreached(stored, self._roots.reach)
        young = self._stock.younger(int(self._since.timestamp() * _NS_TO_S))
        _keep(self._parts.storage.objects, self._roots.reach, garbage & young)
        garbage = _unreached(garbage, self._roots.reach)
        dirty = [one for one in self._stock.packs if not garbage.isdisjoint(one.ids)]
        wanted = _only_in(dirty, self._stock.packs) - garbage
        if dry_run:
            size = packing.rewritten_bytes(self._parts.storage.objects, _files(dirty), wanted) if wanted else 0
            return self._report(stored, garbage, dirty, size, dry_run=True)
        if not garbage:
            return self._report(stored, garbage, dirty, 0, dry_run=False)
        return self._carry_out(stored, garbage, dirty, wanted)

    def _carry_out(
        self, stored: set[str], garbage: set[str], dirty: Sequence[Packed], wanted: set[str]
    ) -> CollectReport:
        """Write what takes the place of packs, and remove what is not needed even now."""
        storage, layout = self._parts.storage, self._parts.layout
        names: list[str] = []
        gone = [pack_name(one.pack.path) for one in dirty]
        loose = (garbage & self._stock.loose.keys()) - storage.objects.doomed.names()
        if len(loose) > MOST_LOOSE:
            aside, whole = packing.put_aside(layout, storage.objects, loose)
            loose, gone = loose - whole, [*gone, aside]
        with ExitStack() as taking_back:
            if wanted:
                names.append(packing.rewrite(layout, storage.objects, _files(dirty), wanted))
                if all(one.pack.path != layout.pack(names[0]) for one in self._stock.packs):
                    taking_back.callback(atomic.discard, layout.pack(names[0]))
            with storage.exclusive(self._parts.lock_timeout_s):
                self._roots.follow_needed()
                self._roots.follow_named()
                before, garbage = garbage, _unreached(garbage, self._roots.reach)
                if not garbage:
                    return self._report(stored, garbage, [], 0, dry_run=False)
                needed_now = before - garbage
                saved = sorted(needed_now - loose)
                if saved:
                    found = ((one, storage.objects.find(one)) for one in saved)
                    names.append(storage.objects.put_pack(found, sync=True))
                storage.checkpoint()  # or a recovery might ask for what is gone
                taking_back.pop_all()
                doomed = Doomed(sorted(garbage & loose), [one for one in gone if one not in names])
                removing.remove(layout, storage.objects, doomed)
                self._parts.history.forget(garbage)
        size = sum(disk.stat(layout.pack(name)).st_size for name in names)
        return self._report(stored, garbage, dirty, size, dry_run=False)

    def _report(
        self, stored: set[str], garbage: set[str], dirty: Sequence[Packed], new_bytes: int, *, dry_run: bool
    ) -> CollectReport:
        before = self._stock.size_bytes()
        loose = sum(file.size_bytes for one, file in self._stock.loose.items() if one in garbage)
        return CollectReport(
            kept=len(stored) - len(garbage),
            deleted=len(garbage),
            packs=len(dirty),
            before_bytes=before,
            after_bytes=before - loose - sum(one.file.size_bytes for one in dirty) + new_bytes,
            dry_run=dry_run,
        )


def _unreached(ids: Iterable[str], reach: Reach) -> set[str]:
    return {object_id for object_id in ids if object_id not in reach}


def _keep(objects: LocalObjects, reach: Reach, ids: Iterable[str]) -> None:
    """Take objects for needed, with what they lead to if they are commits, trees or tags; as far as that is there."""
    for object_id in ids:
        reach.contents.add(object_id)
        try:
            data = objects.find(object_id)
        except _UNREADABLE:  # a stopped program left half of it
            continue
        match kind_of(data):
            case "commit":
                reach.commits([CommitId(object_id)], _UNREADABLE)
            case "tree node":
                reach.trees([TreeId(object_id)], _UNREADABLE)
            case "tag":
                reach.tags([TagId(object_id)], _UNREADABLE)
            case None:
                pass


def _only_in(dirty: Sequence[Packed], packs: Iterable[Packed]) -> set[str]:
    """Give the ids of what no pack has but these."""
    others = (one.ids for one in packs if one not in dirty)
    return set[str]().union(*(one.ids for one in dirty)).difference(*others)


def _files(packs: Iterable[Packed]) -> list[PackFile]:
    return [one.pack for one in packs]
