"""Where a backup goes: an earlier one of the same store, or a place where there is nothing yet.

A backup is known by a file in its `local`, which tells the copy that it is of. A store that somebody works in has none,
and is never written over. The file is there before the store is, so that an interrupted first backup is known again;
and it tells whether the last backup came to its end.

Format: docs/format/local.md, "Backups".
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import msgspec

from muniment.errors import BackupRefusedError, CorruptionError, NotFoundError
from muniment.files import atomic, disk
from muniment.files.layout import CONTROL, Layout
from muniment.repo import creation, ledgers
from muniment.repo.parts import Parts
from muniment.repo.watching import Watched
from muniment.storage.local import LocalStorage


class _Marker(msgspec.Struct, frozen=True):
    """Which copy of a store a backup is of, and whether all that was copied is there, durably."""

    copy: str
    complete: bool = False
    restoring: bool = False
    """Whether it becomes a store again, out of a backup that is that copy: then it is no backup at all."""


class Place(NamedTuple):
    """Where a backup goes, and whether all that an earlier one copied is there, durably."""

    storage: LocalStorage
    is_complete: bool


_UNREADABLE = _Marker("")
_TAKE_OVER = "`take_over` (`--take-over`) makes it one of this copy, and what only the other has goes from it"


@contextmanager
def opened(parts: Parts, folder: str, *, take_over: bool) -> Iterator[Place]:
    """Open the backup in a folder, which is made if there is none; nobody else packs it meanwhile.

    It is marked as incomplete, durably, until the block ends well. With `take_over` it may be of another copy.

    Raises:
        BackupRefusedError: Something else is there: another store, or files that are no store.
    """
    layout = Layout(folder)
    _refuse_inside(parts.layout, layout)
    copy_id = Watched(parts).copy_id()
    is_new = not os.path.exists(layout.format)
    if is_new:
        _check_free(layout)
        _make(parts, layout, _Marker(copy_id))
    creation.read_format(layout)
    noted = _noted(layout)
    if noted is None:
        raise BackupRefusedError(layout.root, "there is a store, which is no backup")
    if noted.restoring:
        raise BackupRefusedError(layout.root, "a store was being restored there, and is not complete: restore it again")
    there = LocalStorage(layout, sync=True)
    try:
        if not is_new and (noted.copy != copy_id or not copy_id):
            _check_other(parts, there, noted, take_over=take_over)
        with there.packer.alone(parts.lock_timeout_s):
            _mark(layout, _Marker(copy_id, complete=False))
            yield Place(there, noted.complete)
            _mark(layout, _Marker(copy_id, complete=True))
    finally:
        there.close()


def _refuse_inside(store: Layout, layout: Layout) -> None:
    """Refuse the store itself and what lies in it, by whatever links, spelling or mounts it is named."""
    folder = place = os.path.realpath(layout.root)
    while True:
        with suppress(OSError):
            if os.path.samefile(folder, store.root):
                reason = "it is this store itself" if folder == place else "it lies in this store, among its documents"
                raise BackupRefusedError(layout.root, reason)
        if (above := os.path.dirname(folder)) == folder:
            return
        folder = above


def _check_other(parts: Parts, there: LocalStorage, noted: _Marker, *, take_over: bool) -> None:
    """Refuse a backup that is not known as one of this copy, unless it may be taken over and is of the same history."""
    root = there.layout.root
    if not noted.complete and _is_bare(there):  # a first backup that was interrupted before anything could be lost
        return
    if noted is _UNREADABLE and not take_over:
        reason = f"its {CONTROL}/local/backup.json is damaged; if it is a backup of this store, {_TAKE_OVER}"
        raise BackupRefusedError(root, reason)
    if not _is_related(parts, there):
        raise BackupRefusedError(root, "it is a backup of another store")
    if not take_over:
        raise BackupRefusedError(root, f"it is a backup of another copy of this store; {_TAKE_OVER}")


def _check_free(layout: Layout) -> None:
    with suppress(FileNotFoundError):
        if set(disk.listdir(layout.root)) - {CONTROL}:
            raise BackupRefusedError(layout.root, "there are other files in that folder")
    with suppress(FileNotFoundError):
        if _noted(layout) is None and set(disk.listdir(layout.control)) - {os.path.basename(layout.local)}:
            raise BackupRefusedError(layout.root, "there is a part of a store, which is no backup")


def _make(parts: Parts, layout: Layout, marker: _Marker) -> None:
    made = disk.make_folders(layout.control)
    _mark(layout, marker)
    creation.ignore_local(layout)
    atomic.replace_file(layout.format, disk.read_file(parts.layout.format), layout.temporary)
    atomic.sync_names([layout.control, layout.root, *made])


@contextmanager
def restored(parts: Parts, folder: str) -> Iterator[Place]:
    """Make a store in a folder, which is no backup once the block ended well; one that was interrupted is gone on with.

    Raises:
        BackupRefusedError: There is anything else in it.
    """
    layout = Layout(folder)
    _refuse_inside(parts.layout, layout)
    marker = _Marker(Watched(parts).copy_id(), restoring=True)
    noted = _noted(layout)
    if noted != marker and not _is_empty(layout):
        raise BackupRefusedError(layout.root, "it is not empty: a store is restored into a folder of its own")
    if not os.path.exists(layout.format):
        _make(parts, layout, marker)
    creation.read_format(layout)
    there = LocalStorage(layout, sync=True)
    try:
        with there.packer.alone(parts.lock_timeout_s):
            yield Place(there, is_complete=False)
            disk.unlink(layout.backup)
            disk.sync_folder(layout.local)
    finally:
        there.close()


def _is_empty(layout: Layout) -> bool:
    """Tell whether there is nothing in a folder, or only the temporary file of a restoring that had just begun."""
    begun = ((layout.root, layout.control), (layout.control, layout.local), (layout.local, layout.temporary))
    for folder, only in begun:
        with suppress(FileNotFoundError):
            if set(disk.listdir(folder)) - {os.path.basename(only)}:
                return False
    return True


def is_partial(layout: Layout) -> bool:
    """Tell whether a store is a backup that did not come to its end."""
    noted = _noted(layout)
    return noted is not None and not noted.complete


def _mark(layout: Layout, marker: _Marker) -> None:
    atomic.replace_file(layout.backup, msgspec.json.encode(marker) + b"\n", layout.temporary)


def _noted(layout: Layout) -> _Marker | None:
    try:
        return msgspec.json.decode(disk.read_file(layout.backup), type=_Marker)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except msgspec.MsgspecError:
        return _UNREADABLE


def _is_bare(there: LocalStorage) -> bool:
    """Tell whether a backup has nothing yet that a store would show."""
    return not any((*there.heads.branches(), *there.scanner.names(), *ledgers.names_in(there.layout)))


def _is_related(parts: Parts, there: LocalStorage) -> bool:
    """Tell whether this store has a head of a backup: its `local` may have been deleted, or it is a clone."""
    for branch in there.heads.branches():
        for head in there.heads.heads(branch):
            with suppress(CorruptionError, NotFoundError):
                if parts.storage.objects.find(head):
                    return True
    return False
