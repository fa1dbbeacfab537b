"""Remove objects that nothing needs: all of them or none, whoever is stopped.

Which they are is written down, durably, before the first goes, and struck out, durably, when the last is gone. Whoever
takes the store's lock in between finishes it. So who holds that lock and finds a commit, finds all that it needs.

Format: docs/format/local.md, "Removal".
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from muniment.errors import MalformedError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage.objects import LocalObjects
from muniment.values.ids import is_id

_OBJECT, _PACK = "object", "pack"


class Doomed(NamedTuple):
    """What is to go: loose objects, by their ids, and packs, by their names."""

    objects: Sequence[str]
    packs: Sequence[str]


def remove(layout: Layout, objects: LocalObjects, doomed: Doomed) -> None:
    """Remove objects durably. Needs the store's lock, and an empty journal, or a recovery might ask for one.

    Raises:
        OSError: The disk refused. Where some are gone already, the next who takes the store's lock goes on.
    """
    lines = [*(f"{_OBJECT} {one}" for one in doomed.objects), *(f"{_PACK} {one}" for one in doomed.packs)]
    objects.tell_of_removal("\n".join(lines).encode(), sync=True)
    finish(layout, objects)


def finish(layout: Layout, objects: LocalObjects) -> None:
    """Remove what is written down, if anything is; needs the store's lock.

    Raises:
        MalformedError: What is written down cannot be read.
        OSError: As for `remove`.
    """
    doomed = written_down(layout)
    loose = [layout.object(one) for one in doomed.objects]
    for path in [*loose, *map(layout.pack, doomed.packs)]:
        with suppress(FileNotFoundError):
            disk.unlink(path)
    shards = {os.path.dirname(path) for path in loose}
    for shard in sorted(shards):
        with suppress(OSError):  # not empty
            disk.rmdir(shard)
    if not disk.sync_file_system(layout.root):
        _sync_folders([*shards, layout.objects, layout.packs])
    objects.tell_of_removal(sync=True)
    objects.forget()


def written_down(layout: Layout) -> Doomed:
    """Read what is still to be removed.

    Raises:
        MalformedError: It cannot be read.
    """
    try:
        data = disk.read_file(layout.removal)
    except (FileNotFoundError, NotADirectoryError):
        data = b""
    return _decode(layout.removal, data) if data else Doomed([], [])


def _decode(path: str, data: bytes) -> Doomed:
    doomed: dict[str, list[str]] = {_OBJECT: [], _PACK: []}
    for line in data.decode(errors="replace").split("\n"):
        kind, _, one = line.partition(" ")
        if kind not in doomed or not is_id(one):
            reason = "it does not say what was being removed"
            raise MalformedError(path, reason)
        doomed[kind].append(one)
    return Doomed(doomed[_OBJECT], doomed[_PACK])


def _sync_folders(folders: Iterable[str]) -> None:
    for folder in folders:
        with suppress(FileNotFoundError):
            disk.sync_folder(folder)
