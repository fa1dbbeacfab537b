"""What this copy keeps in `local/` because it belongs nowhere: for somebody to look at, and for `verify` to tell.

Format: docs/format/ledgers.md, "This copy".
"""

import time
from contextlib import suppress

import msgspec

from muniment.files import atomic, disk
from muniment.files.layout import LedgerLayout
from muniment.values.cursor import Reach

_SHORTENED = "-shortened.json"


class SetAside:
    """The folder of one ledger."""

    def __init__(self, layout: LedgerLayout, *, sync: bool) -> None:
        self._layout = layout
        self._sync = sync

    def put(self, segment: str, data: bytes) -> None:
        """Keep bytes that stood in a segment, or were to stand there."""
        name = f"{self._layout.set_aside}/{time.time_ns()}-{segment}.txt"
        atomic.replace_file(name, data, self._layout.temporary, sync=self._sync)

    def note_shortened(self, segment: str, reached: Reach) -> None:
        """Keep in mind that somebody cut a segment of this copy, which once reached so far."""
        path = f"{self._layout.set_aside}/{segment}{_SHORTENED}"
        atomic.replace_file(path, msgspec.json.encode(reached), self._layout.temporary, sync=self._sync)

    def shortened(self) -> dict[str, Reach]:
        """Give the segments that somebody cut, and how far each once reached."""
        found = {}
        for name in self._names():
            if name.endswith(_SHORTENED):
                with suppress(FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    data = disk.read_file(f"{self._layout.set_aside}/{name}")
                    found[name.removesuffix(_SHORTENED)] = msgspec.json.decode(data, type=Reach)
        return found

    def count(self) -> int:
        """Count what is kept there."""
        return len(self._names())

    def _names(self) -> list[str]:
        with suppress(FileNotFoundError):
            return disk.listdir(self._layout.set_aside)
        return []
