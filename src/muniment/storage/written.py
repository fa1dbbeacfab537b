"""Make durable what was written unsynced, many files at once."""

import os
from collections.abc import Iterable
from contextlib import suppress

from muniment.files import disk

_MANY = 64
"""From so many files on, syncing the whole file system is quicker than file by file."""


def make_durable(paths: Iterable[str], root: str) -> None:
    """Sync files below `root`, and all folders from them up to it."""
    files = set(paths)
    if len(files) >= _MANY and disk.sync_file_system(root):
        return
    for path in sorted(files):
        disk.sync_file(path)
    make_names_durable(files, root)


def make_names_durable(paths: Iterable[str], root: str) -> None:
    """Sync all folders from files up to `root`: which are there, and which are no more."""
    sync_folders(map(os.path.dirname, paths), root)


def sync_folders(folders: Iterable[str], root: str) -> None:
    """Sync folders below `root`, and all above them up to it."""
    found: set[str] = set()
    for folder in folders:
        above = folder
        while above not in found and len(above) >= len(root):
            found.add(above)
            above = os.path.dirname(above)
    for folder in sorted(found, reverse=True):
        with suppress(FileNotFoundError):  # it became empty, and was removed
            disk.sync_folder(folder)
