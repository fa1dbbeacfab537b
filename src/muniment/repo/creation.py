"""Make a store, and read what kind of store is there."""

import os
from contextlib import suppress
from typing import TypeVar

import msgspec

from muniment.errors import MalformedError, NotAStoreError, StoreExistsError, UnsupportedFormatError
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.storage import confine
from muniment.values import canonical

FORMAT = 1
FEATURES: frozenset[str] = frozenset()
DEFAULT_BRANCH = "main"

S = TypeVar("S", bound=msgspec.Struct)

_IGNORED = b"/local/\n"


class _Version(msgspec.Struct, frozen=True):
    """What of `format.json` every format has; the rest may have any shape in a newer one."""

    format: int


class Format(msgspec.Struct, frozen=True):
    """The contents of `format.json`: what a program must understand before it touches anything else.

    Format: docs/format/store.md, "format.json".
    """

    format: int
    features: list[str] = []
    default_branch: str = DEFAULT_BRANCH


def make(layout: Layout) -> None:
    """Make a store in a folder, which is made too; JSON files that lie there become documents to commit.

    `format.json` is written last: before it is there, there is no store.

    Raises:
        StoreExistsError: There is one already.
        MalformedError: A link is in the way.
    """
    confine.check_control(layout)
    if os.path.exists(layout.format):
        raise StoreExistsError(layout.root)
    made: list[str] = []
    for folder in (layout.objects, layout.heads, layout.locks, layout.cache):
        made += disk.make_folders(folder)
    ignore_local(layout)
    atomic.replace_file(layout.selected, f"refs/heads/{DEFAULT_BRANCH}\n".encode(), layout.temporary)
    text = canonical.encode({"format": FORMAT, "features": [], "default_branch": DEFAULT_BRANCH})
    atomic.replace_file(layout.format, canonical.pretty(text), layout.temporary)
    atomic.sync_names(made)


def ignores_local(layout: Layout) -> bool:
    """Tell whether the host's git is told to leave out what is this copy's own."""
    try:
        return _IGNORED.strip() in map(bytes.strip, disk.read_file(layout.gitignore).splitlines())
    except (FileNotFoundError, NotADirectoryError):
        return False


def ignore_local(layout: Layout) -> None:
    """Tell the host's git to leave it out, besides what it is told already."""
    told = b""
    with suppress(FileNotFoundError, NotADirectoryError):
        told = disk.read_file(layout.gitignore)
    atomic.replace_file(layout.gitignore, (told.rstrip() + b"\n").lstrip() + _IGNORED, layout.temporary)


def read_format(layout: Layout) -> Format:
    """Read and check what kind of store is there; touches nothing.

    Raises:
        NotAStoreError: None.
        UnsupportedFormatError: One that a newer program made: upgrade this one.
        MalformedError: Its `format.json` cannot be read: restore it from the host repository. Or a link is among its
            own files, which could lead out of it.
    """
    confine.check_control(layout)
    try:
        text = disk.read_file(layout.format)
    except (FileNotFoundError, NotADirectoryError):
        raise NotAStoreError(layout.root) from None
    version = _decode(layout, text, _Version).format
    if version > FORMAT:
        raise UnsupportedFormatError(layout.root, f"the store has format {version}", f"formats up to {FORMAT}")
    if version < 1:
        raise MalformedError(layout.format, f"there is no format {version}")
    found = _decode(layout, text, Format)
    if unknown := sorted(set(found.features) - FEATURES):
        raise UnsupportedFormatError(layout.root, f"the store needs {', '.join(unknown)}", "none of these features")
    return found


def _decode(layout: Layout, text: bytes, kind: type[S]) -> S:
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(layout.format, str(error)) from error
