"""The note of a merge that waits for its conflicts: one file of this copy, written and removed by changes alone.

Format: docs/format/local.md, "An unfinished merge".
"""

from contextlib import suppress

from muniment.files import atomic, disk
from muniment.files.layout import Layout


class UnfinishedMergeFile:
    """Whether a merge is under way in this copy, and the bytes that tell which."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def get(self) -> bytes | None:
        """Give what is noted; None where no merge is under way."""
        try:
            return disk.read_file(self._layout.merge)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def apply(self, noted: bytes) -> None:
        """Note a merge, or with no bytes that none is under way; where that is so already, nothing happens."""
        if noted:
            atomic.replace_file(self._layout.merge, noted, self._layout.temporary, sync=False)
            return
        with suppress(FileNotFoundError):
            disk.unlink(self._layout.merge)
