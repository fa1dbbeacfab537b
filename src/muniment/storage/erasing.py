"""Remove one object for good, wherever this copy keeps its bytes.

The object itself goes last: while it is there, whoever repeats what was interrupted finds all that is left to do.

Format: docs/format/objects.md, "Erased blobs".
"""

import time
from collections.abc import Iterator
from contextlib import suppress

from muniment.errors import InvalidValueError, ObjectNotFoundError
from muniment.files import disk
from muniment.files.journal import Journal
from muniment.files.layout import Layout
from muniment.storage.objects import LocalObjects
from muniment.storage.pack_layout import MAGIC
from muniment.values import canonical

_IN_USE_S = 2.0
"""A temporary file may be another program's that is about to show it: then it is gone before it is so old."""
_PAUSE_S = 0.05


def erase(layout: Layout, journal: Journal, objects: LocalObjects, object_id: str) -> None:
    """Remove an object durably; what is not there is removed already.

    Needs the store's lock, an empty journal, and a durable record of who wanted it.

    Raises:
        CorruptionError: It is damaged, or a pack is that has it: restore that from a copy, and do it again.
    """
    journal.wipe()
    _clean(layout, object_id, _stored(objects, object_id))
    objects.tell_of_removal()
    objects.packs.remove(object_id, layout.temporary)
    objects.loose.remove(object_id)
    objects.forget()


def _stored(objects: LocalObjects, object_id: str) -> bytes | None:
    with suppress(ObjectNotFoundError):
        return objects.find(object_id)
    return None


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
