"""Remove one object for good, wherever this copy keeps its bytes.

The object itself goes last: while it is there, whoever repeats what was interrupted finds all that is left to do.

Format: docs/format/objects.md, "Erased blobs".
"""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import InvalidValueError, ObjectNotFoundError
from muniment.files import disk
from muniment.files.journal import Journal
from muniment.files.layout import PACK_SUFFIX, Layout
from muniment.storage.objects import LocalObjects
from muniment.storage.pack_layout import MAGIC
from muniment.storage.pack_salvage import may_hold
from muniment.values import canonical

_IN_USE_S = 2.0
"""A temporary file may be another program's that is about to show it: then it is gone before it is so old."""
_PAUSE_S = 0.05


def erase(layout: Layout, journal: Journal, objects: LocalObjects, object_id: str) -> None:
    """Remove an object durably; what is not there is removed already.

    Needs to be alone with the packs, the store's lock, an empty journal, and a durable record of who wanted it.

    Raises:
        CorruptionError: It is damaged, or a pack is that has it: restore that from a copy, and do it again.
    """
    journal.wipe()
    data = _stored(objects, object_id)
    _clean(layout, object_id, data)
    _clean_lost(layout, object_id, data)
    objects.tell_of_removal()
    _remove_from_packs(layout, objects, object_id)
    objects.loose.remove(object_id)
    objects.forget()


def _stored(objects: LocalObjects, object_id: str) -> bytes | None:
    with suppress(ObjectNotFoundError):
        return objects.find(object_id)
    return None


def _remove_from_packs(layout: Layout, objects: LocalObjects, object_id: str) -> None:
    """Let another pack without the object, as tightly packed, take the place of each that has it."""
    from muniment.storage import packing

    for pack in objects.packs.opened():
        if pack.get(object_id) is None:
            continue
        wanted = set(pack.ids()) - {object_id}
        if wanted:
            packing.rewrite(layout, objects, [pack], wanted)
        disk.unlink(pack.path)
        disk.sync_folder(layout.packs)


def _clean(layout: Layout, object_id: str, data: bytes | None) -> None:
    """Remove the temporary files of stopped programs that hold the object, or what they had written of it.

    Packs are written under the store's lock, so no program needs one that lies there now.
    """
    for path in list(_temporary_files(layout)):
        with suppress(FileNotFoundError):
            text = disk.read_file(path)
            if text.startswith(MAGIC):
                disk.unlink(path)
            elif _says(text, object_id, data):
                _wait_for_its_writer(path)
                disk.unlink(path)
    for folder in (layout.temporary, layout.packs):
        with suppress(FileNotFoundError):
            disk.sync_folder(folder)


def _clean_lost(layout: Layout, object_id: str, data: bytes | None) -> None:
    """Remove what a repair took away, if it has the object, or may have it where nobody can tell any more."""
    loose = os.path.relpath(layout.object(object_id), layout.control)
    for folder, _, names in os.walk(layout.lost):
        paths = [f"{folder}/{name}" for name in names]
        gone = [path for path in paths if f"/{loose}" in path or _may_hold(path, object_id, data)]
        for path in gone:
            disk.unlink(path)
        if gone:
            disk.sync_folder(folder)


def _may_hold(path: str, object_id: str, data: bytes | None) -> bool:
    if not stat.S_ISREG(disk.lstat(path).st_mode):
        return False
    if PACK_SUFFIX in os.path.basename(path):
        return may_hold(path, object_id)
    text = disk.read_file(path)
    return (data is not None and data in text) or _says(text, object_id, data)


def _temporary_files(layout: Layout) -> Iterator[str]:
    for folder in (layout.temporary, layout.packs):
        with suppress(FileNotFoundError):
            yield from (f"{folder}/{name}" for name in disk.listdir(folder) if name.endswith(".tmp"))


def _says(text: bytes, object_id: str, data: bytes | None) -> bool:
    """Tell whether a file says what the object does, in any layout, or was cut short while it was written."""
    if data is not None and text and (data.startswith(text) or canonical.pretty(data).startswith(text)):
        return True
    try:
        return canonical.digest(canonical.encode(canonical.decode(text))) == object_id
    except InvalidValueError:
        return False


def _wait_for_its_writer(path: str) -> None:
    while time.time() - disk.lstat(path).st_mtime < _IN_USE_S:
        time.sleep(_PAUSE_S)
