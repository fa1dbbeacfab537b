"""Tell whether a folder holds a copy of this store, as part of a repair: of another store nothing must be taken.

Copies have a commit in common, or a segment of a ledger. Contents and trees prove nothing: those of any two stores may
be alike.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

import msgspec

from muniment.errors import CopyRefusedError, CorruptionError, MalformedError, UnsupportedFormatError
from muniment.files import disk
from muniment.files.layout import SEGMENT_SUFFIX, Layout, LedgerLayout
from muniment.repo import ledgers
from muniment.repo.parts import Parts
from muniment.storage.copies import Copies, FolderCopy
from muniment.values import canonical
from muniment.values.ids import CommitId
from muniment.values.objects import Commit, decode_commit

_ITSELF = "it is this store itself"
_STRANGER = "it has no commit and no entries in common with this store"


def refuse_strangers(parts: Parts, copies: Sequence[Copies]) -> None:
    """Check the folders among some copies; nothing is changed.

    Raises:
        CopyRefusedError: One is this store itself, or has a history or entries, and none of them are this store's.
    """
    for copy in copies:
        if isinstance(copy, FolderCopy):
            if os.path.realpath(copy.layout.control) == os.path.realpath(parts.layout.control):
                raise CopyRefusedError(copy.layout.control, _ITSELF)
            if not _is_kin(parts, copy):
                raise CopyRefusedError(copy.layout.control, _STRANGER)


def _is_kin(parts: Parts, copy: FolderCopy) -> bool:
    heads = [head for _, found in copy.heads() for head in found]
    names = ledgers.names_in(copy.layout)
    if not heads and not names:
        return True  # it has no more than files that are told by their hashes
    return (
        any(_has(copy, one) for one in _known(parts))
        or any(_is_stored(parts, one) for one in _history(copy, heads))
        or any(_have_entries_in_common(parts.layout.ledger(name), copy.layout.ledger(name)) for name in names)
        or not _pack_names(parts.layout).isdisjoint(_pack_names(copy.layout))
    )


def _known(parts: Parts) -> Iterator[str]:
    """Give the ids of the commits and tags that this store had, whatever became of them; the newest first."""
    storage = parts.storage
    for branch in storage.heads.branches():
        yield from storage.heads.heads(branch)
    for tag in storage.tags.names():
        yield from storage.tags.ids(tag)
    for operation in storage.operations.newest_first():
        yield from (head for move in operation.heads for head in (move.new, move.expected) if head is not None)


def _has(copy: FolderCopy, object_id: str) -> bool:
    with suppress(OSError):
        return any(canonical.digest(data) == object_id for data in copy.objects(object_id))
    return False


def _is_stored(parts: Parts, commit: CommitId) -> bool:
    with suppress(OSError, CorruptionError, UnsupportedFormatError):  # of a pack that is damaged: it is mended later
        return parts.storage.objects.is_stored(commit)
    return False


def _history(copy: FolderCopy, heads: Sequence[CommitId]) -> Iterator[CommitId]:
    """Give the commits of a copy, as far as they can be read there."""
    waiting, seen = list(heads), set(heads)
    while waiting:
        commit_id = waiting.pop()
        yield commit_id
        commit = _commit(copy, commit_id)
        fresh = [parent for parent in commit.parents if parent not in seen] if commit else []
        seen.update(fresh)
        waiting += fresh


def _commit(copy: FolderCopy, commit_id: CommitId) -> Commit | None:
    with suppress(OSError, MalformedError):
        for data in copy.objects(commit_id):
            if canonical.digest(data) == commit_id:
                return decode_commit(commit_id, data)
    return None


def _have_entries_in_common(here: LedgerLayout, there: LedgerLayout) -> bool:
    return not _segments(here).isdisjoint(_segments(there))


def _segments(layout: LedgerLayout) -> set[str]:
    """Give what the segments and archives of a ledger are called, and the segment that the copy appended to last."""
    names = {name for folder in (layout.root, layout.archives) for name in _listed(folder) if SEGMENT_SUFFIX in name}
    with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        noted = msgspec.json.decode(disk.read_file(layout.writer))
        names.add(str(noted.get("segment")) if isinstance(noted, dict) else "")
    return {name.partition(".")[0] for name in names} - {"", "None"}


def _pack_names(layout: Layout) -> set[str]:
    return set(_listed(layout.packs))


def _listed(folder: str) -> list[str]:
    with suppress(FileNotFoundError, NotADirectoryError):
        return disk.listdir(folder)
    return []
