"""Where repair puts what it takes away: nothing is ever deleted, so that a mistake of its can be taken back.

Each run has a folder of its own below `local/lost`, made with the first file that is put there. In it a file has the
path that it had below the control folder.

Format: docs/format/local.md, "Lost".
"""

import errno
import os
import time

from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.storage.pack_file import read_chunks


class Lost:
    """The folder of one run; whatever it keeps is durable when a method returns."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._name = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.urandom(4).hex()}"
        self.folder: str | None = None
        """Absolute; None as long as nothing was taken away."""

    def move(self, path: str) -> None:
        """Move a file there."""
        target = self._place(path)
        try:
            disk.rename(path, target)
        except OSError as error:
            if error.errno != errno.EXDEV:  # `local` is on another file system
                raise
            _copy(path, target)
            disk.unlink(path)
        atomic.sync_names([target, path])

    def keep(self, path: str) -> None:
        """Give a file that is to be replaced or removed next, but not written over, a name there too."""
        target = self._place(path)
        try:
            disk.link(path, target)
        except OSError:  # no file can have two names here
            _copy(path, target)
        atomic.sync_names([target])

    def put(self, path: str, data: bytes) -> None:
        """Keep bytes of the file at `path` that are to be cut off or written over next, under the name of the file."""
        atomic.replace_file(self._place(path), data, self._layout.temporary)

    def _place(self, path: str) -> str:
        folder = f"{self._layout.lost}/{self._name}"
        target = f"{folder}/{self._layout.inside(path)}"
        number = 1
        while os.path.lexists(target):
            number += 1
            target = f"{folder}/{self._layout.inside(path)}.{number}"
        made = disk.make_folders(os.path.dirname(target))
        atomic.sync_names(made)
        self.folder = folder
        return target


def _copy(path: str, target: str) -> None:
    """Copy a file of any size to a name that nobody else has, durably."""
    fd = disk.open_fd(target, disk.CREATE_NEW, 0o666)
    try:
        for chunk in read_chunks(path):
            disk.write_all(fd, chunk)
        disk.fsync(fd)
    finally:
        disk.close(fd)
    atomic.sync_names([target])
