"""Where repair puts what it takes away: nothing is ever deleted, so that a mistake of its can be taken back.

Each run has a folder of its own below `local/lost`, made with the first file that is put there. In it a file has the
path that it had below the control folder.

Format: docs/format/local.md, "Lost".
"""

import os
import time

from muniment.files import atomic, disk
from muniment.files.layout import Layout


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
        disk.rename(path, target)
        atomic.sync_names([target, path])

    def keep(self, path: str) -> None:
        """Give a file that is to be replaced or removed next, but not written over, a name there too."""
        target = self._place(path)
        try:
            disk.link(path, target)
        except OSError:  # no file can have two names here
            atomic.replace_file(target, disk.read_file(path), self._layout.temporary)
        else:
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
