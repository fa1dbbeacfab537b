"""What branches are for: immutable records beside them, of which the newest counts.

Format: docs/format/heads.md, "Descriptions".
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.values import canonical
from muniment.values.names import BranchName
from muniment.values.objects import encode_in_order, format_time


class _Description(msgspec.Struct, frozen=True, tag_field="type", tag="branch"):
    author: str
    branch: str
    description: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]


_MOMENT = timedelta(microseconds=1)

_decoder = msgspec.json.Decoder(_Description)


class Descriptions:
    """The descriptions of the branches of one store."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def get(self, branch: BranchName) -> str:
        """Give a branch's description; empty where it has none. A record that is damaged counts for nothing."""
        newest = self._newest(branch)
        return newest.description if newest else ""

    def put(self, branch: BranchName, description: str, author: str, time: datetime) -> None:
        """Describe a branch anew, durably; the same description again writes nothing.

        It counts from now on even where the clock went back: its time is then a moment after that of the last one.
        """
        newest = self._newest(branch)
        if description == (newest.description if newest else ""):
            return
        body = {
            "author": author,
            "branch": branch,
            "description": description,
            "time": format_time(max(time, _after(newest.time)) if newest else time),
            "type": "branch",
        }
        data = encode_in_order(body)
        path = f"{self._layout.descriptions(branch)}/{canonical.digest(data)}.json"
        atomic.replace_file(path, data, self._layout.temporary)

    def _newest(self, branch: BranchName) -> _Description | None:
        found: list[tuple[datetime, str, _Description]] = []
        with suppress(FileNotFoundError, NotADirectoryError):
            for file in disk.listdir(self._layout.descriptions(branch)):
                with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    data = disk.read_file(f"{self._layout.descriptions(branch)}/{file}")
                    if file == f"{canonical.digest(data)}.json":
                        read = _decoder.decode(data)
                        found.append((read.time, file, read))
        return max(found)[2] if found else None


def _after(time: datetime) -> datetime:
    """Give the moment after another; the last there is has none."""
    try:
        return time + _MOMENT
    except OverflowError:
        return time
