"""Where a document's file is, and the proof that it lies inside the store.

A name cannot leave the store by its text (`values/names.py`); a symbolic link on the way could.
Links that stay inside are followed, others are refused.
"""

import os
import stat
from functools import lru_cache

from muniment.errors import InvalidNameError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.values import names
from muniment.values.names import DocumentName


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
