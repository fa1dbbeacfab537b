"""Remove objects that nothing needs: all of them or none, whoever is stopped.

Which they are is written down, durably, before the first goes, and struck out, durably, when the last is gone. Whoever
takes the store's lock in between finishes it. So who holds that lock and finds a commit, finds all that it needs.

What the system refuses to delete stays written down, and counts as gone: see `LocalObjects.doomed`.

Format: docs/format/local.md, "Removal".
"""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress

from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage import doomed as notes
from muniment.storage import written
from muniment.storage.doomed import Doomed
from muniment.storage.objects import LocalObjects

_REFUSED = {errno.EPERM, errno.EACCES, errno.EBUSY}
"""What a system says of one file that somebody made immutable, or holds open: no fault of the disk."""


def remove(layout: Layout, objects: LocalObjects, doomed: Doomed) -> None:
    """Remove objects durably. Needs the store's lock, and an empty journal, or a recovery might ask for one.

    Raises:
        OSError: The disk refused. Where some are gone already, the next who takes the store's lock goes on.
    """
    objects.doom(doomed.union(objects.doomed))
    refused = finish(layout, objects)
    if refused is not None:
        raise refused


def finish(layout: Layout, objects: LocalObjects) -> OSError | None:
    """Remove what is written down, if anything is; needs the store's lock. Gives why some could not be, if any.

    Raises:
        MalformedError: What is written down cannot be read.
        OSError: As for `remove`.
    """
    doomed = written_down(layout)
    paths = {**{one: layout.object(one) for one in doomed.objects}, **{one: layout.pack(one) for one in doomed.packs}}
    refused: dict[str, OSError] = {}
    for one, path in paths.items():
        try:
            disk.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno not in _REFUSED:
                raise
            refused[one] = error
    left = doomed.only(set(refused))
    if left != doomed:
        _make_durable(layout, doomed.objects)
        objects.forget()
    objects.doom(left, is_written=left == doomed)
    return next(iter(refused.values()), None)


def refuse_leftovers(layout: Layout, objects: LocalObjects) -> None:
    """Check that nothing is left that the system refused to delete: who copies what lies there would bring it back.

    Raises:
        OSError: Something is.
    """
    for one in objects.doomed.names():
        path = layout.object(one) if one in objects.doomed.objects else layout.pack(one)
        raise PermissionError(errno.EPERM, "it is to be removed, and cannot be deleted", path)


def _make_durable(layout: Layout, ids: Iterable[str]) -> None:
    shards = {os.path.dirname(layout.object(one)) for one in ids}
    for shard in sorted(shards):
        with suppress(OSError):  # not empty
            disk.rmdir(shard)
    if not disk.sync_file_system(layout.root):
        written.sync_folders([*shards, layout.packs], layout.control)


def written_down(layout: Layout) -> Doomed:
    """Read what is still to be removed.

    Raises:
        MalformedError: It cannot be read.
    """
    try:
        return notes.decode(layout.removal, disk.read_file(layout.removal))
    except (FileNotFoundError, NotADirectoryError):
        return Doomed()
