"""Where a document's file is, and the proof that it lies inside the store.

A name cannot leave the store by its text (`values/names.py`); a symbolic link on the way could.
Links that stay inside are followed, others are refused. What the store itself keeps, in `.muniment`, has no links at
all: its folders are looked at when it is opened, and its files are opened so that none is followed (`files/disk.py`).
"""

import os
import stat
from functools import lru_cache

from muniment.errors import InvalidNameError, MalformedError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.values import names
from muniment.values.names import DocumentName

_PAYLOADS = "/payloads"
_NO_PLACE = "a link, or no file at all, which a store never makes: nothing is read or written through it; delete it"


def document_path(layout: Layout, name: DocumentName) -> str:
    """Give the path of a document's file, links on the way resolved; the file need not exist.

    Raises:
        InvalidNameError: It is no name of a document, or a symbolic link on the way points out of the store.
    """
    path = layout.document(names.document_name(name))  # it may come from a tree that somebody else wrote
    for folder in names.folders(name):
        if _is_link(f"{layout.root}/{folder}"):
            return _resolve(layout, name, path)
    return _resolve(layout, name, path) if _is_link(path) else path


def folder_path(layout: Layout, name: DocumentName) -> str:
    """Give the path of a document's file, links to folders resolved; the file itself may be a link.

    For reading with `disk.NO_FOLLOW`, which finds out by itself whether the file is a link.
    """
    path, folders = _way(layout.root, name)
    for folder in folders:
        if _is_link(folder):
            return _resolve(layout, name, path)
    return path


@lru_cache(maxsize=4096)
def _way(root: str, name: DocumentName) -> tuple[str, tuple[str, ...]]:
    """Spell a document's path and those of the folders on the way, once: reading is the hot path."""
    layout = Layout(root)
    path = layout.document(names.document_name(name))
    return path, tuple(f"{layout.root}/{folder}" for folder in names.folders(name))


def is_folder(layout: Layout, folder: str) -> bool:
    """Tell whether `folder`, relative to the store, is one that documents may lie in, reached without links."""
    try:
        checked = names.document_name(folder)
        paths = [f"{layout.root}/{path}" for path in [*names.folders(checked), checked]]
        return all(stat.S_ISDIR(disk.lstat(path).st_mode) for path in paths)
    except (InvalidNameError, FileNotFoundError, NotADirectoryError):
        return False


def check_control(layout: Layout) -> None:
    """Check that the store's own folder holds folders and files, and no links.

    Folders of very many files are not looked into: their files are checked when they are opened. Nor is what a repair
    took away, links too, which nothing reads. So a look costs some microseconds for each folder. Whoever can change the
    store at the same moment is not held off by it.

    Raises:
        MalformedError: There is a link, a pipe or a device: nothing was read, nor written.
    """
    if _is_link(layout.control):
        raise MalformedError(layout.control, _NO_PLACE)
    pending = [layout.control]
    unlisted = {layout.locks, layout.temporary, layout.packs, layout.lost}
    while pending:
        folder = pending.pop()
        is_of_shards = folder in {layout.objects, layout.notes} or folder.endswith(_PAYLOADS)
        for entry in _entries(folder):
            if entry.is_dir(follow_symlinks=False):
                path = f"{folder}/{entry.name}"
                if not is_of_shards and path not in unlisted:
                    pending.append(path)
            elif not entry.is_file(follow_symlinks=False):
                raise MalformedError(entry.path, _NO_PLACE)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with disk.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError, PermissionError):  # told by whoever needs what is in it
        return []


def _is_link(path: str) -> bool:
    try:
        return stat.S_ISLNK(disk.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _resolve(layout: Layout, name: DocumentName, path: str) -> str:
    root = os.path.realpath(layout.root)
    resolved = os.path.realpath(path)
    if not resolved.startswith(root + os.sep) or resolved.startswith(os.path.realpath(layout.control) + os.sep):
        raise InvalidNameError("document", name, f"a symbolic link leads out of the store, to {resolved}")
    return resolved
