"""Folders that stand for names, with a file for each object that the name leads to."""

import os
from collections.abc import Iterator
from contextlib import suppress

from muniment.files import disk
from muniment.values.ids import is_id


def names_below(root: str) -> list[str]:
    """List the names that lead to something, in ascending order: folders in which a file is named by an id."""
    return sorted(_below(root, ""))


def _below(root: str, above: str) -> Iterator[str]:
    with suppress(FileNotFoundError, NotADirectoryError):
        files = disk.listdir(os.path.join(root, above))
        if above and any(map(is_id, files)):
            yield above
        for name in files:
            if not is_id(name) and not name.startswith("."):
                yield from _below(root, f"{above}/{name}" if above else name)
