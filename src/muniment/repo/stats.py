"""How much there is in a store, and what it takes: counted by looks at names and sizes, with no content read."""

import os
from collections.abc import Iterable
from contextlib import suppress

import msgspec

from muniment.files import disk
from muniment.history import walk
from muniment.repo import ledgers, tag_lookup
from muniment.repo.parts import Parts


class StoreStats(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is of everything, and how many bytes of the disk that takes; documents are the working files.

    `commits` are those that branches and tags lead to; `objects` those that lie loose and `packed_objects` those in
    packs, where one may lie in both. `local_bytes` are this copy's own: the journal, logs, caches.
    """

    documents: int
    document_bytes: int
    branches: int
    tags: int
    commits: int
    objects: int
    object_bytes: int
    packs: int
    packed_objects: int
    pack_bytes: int
    ledgers: int
    entries: int
    ledger_bytes: int
    local_bytes: int


def stats(parts: Parts) -> StoreStats:
    """Count what there is.

    Raises:
        CorruptionError, ObjectNotFoundError: History, a pack or a ledger cannot be read: run `repair`.
    """
    storage, layout = parts.storage, parts.layout
    names = list(storage.scanner.names())
    loose = list(storage.objects.loose.ids())
    packs = storage.objects.packs.opened()
    kept = ledgers.names_of(parts)
    return StoreStats(
        documents=len(names),
        document_bytes=_bytes_of(map(layout.document, names)),
        branches=sum(1 for _ in storage.heads.branches()),
        tags=sum(1 for _ in storage.tags.names()),
        commits=_commits(parts),
        objects=len(loose),
        object_bytes=_bytes_of(map(layout.object, loose)),
        packs=len(packs),
        packed_objects=sum(pack.index.count for pack in packs),
        pack_bytes=_bytes_of(pack.path for pack in packs),
        ledgers=len(kept),
        entries=sum(len(ledgers.open_ledger(parts, name, None, ledgers.FIELDS)) for name in kept),
        ledger_bytes=_bytes_below(layout.ledgers),
        local_bytes=_bytes_below(layout.local),
    )


def _commits(parts: Parts) -> int:
    heads = parts.storage.heads
    start = {head for branch in heads.branches() for head in heads.heads(branch)}
    start.update(tag.target for tag in tag_lookup.sound(parts))
    parts.history.begin_walk()
    try:
        return sum(1 for _ in walk.log(parts.history.walked_commit, start))
    finally:
        parts.history.end_walk()


def _bytes_of(paths: Iterable[str]) -> int:
    total = 0
    for path in paths:
        with suppress(FileNotFoundError, NotADirectoryError):  # packed or deleted meanwhile
            total += disk.stat(path).st_size
    return total


def _bytes_below(folder: str) -> int:
    return sum(_bytes_of(f"{above}/{name}" for name in names) for above, _, names in os.walk(folder))
