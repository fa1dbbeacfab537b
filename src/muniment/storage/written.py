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
    folders: set[str] = set()
    for path in paths:
        folder = os.path.dirname(path)
        while folder not in folders and len(folder) >= len(root):
            folders.add(folder)
            folder = os.path.dirname(folder)
    for folder in sorted(folders, reverse=True):
        with suppress(FileNotFoundError):  # it became empty, and was removed
            disk.sync_folder(folder)
