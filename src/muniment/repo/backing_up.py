"""Copy a whole store into another folder, as it is at one moment, beside live writers.

A backup is a store: it is opened, verified and copied like any other. What never changes is copied first, without the
store's lock, and only where it is missing; under the lock the rest is taken down. The heads of the backup go last, once
everything that they lead to is durable there: so it is a store that is well at every moment. An interrupted backup is
gone on with, and nothing that it left is believed. A store is brought back in the same way: as a backup of the backup,
which is no backup any more once it is complete.
"""

from contextlib import closing, suppress
from typing import NamedTuple

from muniment.files import disk
from muniment.repo import arguments, backup_place, backup_source
from muniment.repo.arguments import Path
from muniment.repo.backup_copy import BackupCopy
from muniment.repo.backup_place import Place
from muniment.repo.backup_report import BackupReport
from muniment.repo.parts import Parts
from muniment.values.ids import CommitId, TagId
from muniment.values.names import BranchName, TagName


class _State(NamedTuple):
    """What a store was at one moment, but for what never changes."""

    heads: dict[BranchName, tuple[CommitId, ...]]
    tags: dict[TagName, tuple[TagId, ...]]
    own: dict[str, bytes | None]
    """What files hold that say what is checked out and which merge waits, by their paths from the control folder."""
    operations: dict[str, bytes | None]
    """The same of the operation log."""


def back_up(parts: Parts, dest: Path, *, take_over: bool) -> BackupReport:
    """Bring the backup in a folder up to date; errors as for `Store.backup`."""
    folder = arguments.folder(dest)
    parts.storage.check_exists()
    with backup_source.unpacked(parts), backup_place.opened(parts, folder, take_over=take_over) as place:
        return _copy(parts, place).report()


def restore(parts: Parts, dest: Path) -> BackupReport:
    """Make a store in a folder out of a backup; errors as for `Store.restore_to`."""
    folder = arguments.folder(dest)
    parts.storage.check_exists()
    with backup_source.unpacked(parts):
        is_partial = backup_place.is_partial(parts.layout)
        with backup_place.restored(parts, folder) as place:
            return _copy(parts, place).report(is_partial=is_partial)


def _copy(parts: Parts, place: Place) -> BackupCopy:
    copy = BackupCopy(parts, place.storage, is_doubted=not place.is_complete)
    with closing(copy), place.storage.exclusive(parts.lock_timeout_s):
        copy.settle()
        copy.begin()
        with backup_source.still(parts):
            state = _take_down(parts)
            copy.look()
        copy.finish()
        copy.replace_own(state.own)
        copy.make_durable()
        copy.move_tags(state.tags)
        copy.move_heads(state.heads)
        copy.replace_own(state.operations)  # last: what it tells has to be there
        copy.make_durable()
        copy.make_names_durable()
    return copy


def _take_down(parts: Parts) -> _State:
    storage, layout = parts.storage, parts.layout
    heads = {branch: storage.heads.heads(branch) for branch in storage.heads.branches()}
    tags = {tag: storage.tags.ids(tag) for tag in storage.tags.names()}
    own = {layout.inside(path): _bytes_of(path) for path in (layout.selected, layout.merge)}
    operations = _bytes_of(layout.operations) or b""
    whole = operations[: operations.rfind(b"\n") + 1]
    return _State(heads, tags, own, {layout.inside(layout.operations): whole or None})


def _bytes_of(path: str) -> bytes | None:
    with suppress(FileNotFoundError):
        return disk.read_file(path)
    return None
