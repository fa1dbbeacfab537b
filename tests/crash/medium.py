"""What would be left of a folder if the power failed: only what was synced.

A model of a strict file system. A file holds what its last sync saw, a folder the names that its
last sync saw; a new folder is as good as missing until the one above it was synced.
"""

import os
from pathlib import Path
from typing import Any

from disk_calls import CHANGES, SYNCS, Call

_SYNCS_OF_ONE = frozenset({"fdatasync", "fsync"})


class Medium:
    """Watches the calls on everything below `top`; decides each by letting it go on.

    `contents` tells for a file what is durable of it, `names` for a folder, by inode. An inode that
    is noted is held open, so that its number is not given to another.
    """

    def __init__(self, top: Path) -> None:
        self.top = top
        self._contents: dict[int, bytes] = {}
        self._names: dict[int, dict[str, int]] = {}
        self._held: list[int] = []
        self._sync_everything()

    def __call__(self, call: Call) -> Any:
        """Let a call go on, and note what it made durable."""
        result = call.go_on()
        if call.name in _SYNCS_OF_ONE:
            self._sync(Path(os.readlink(f"/proc/self/fd/{call.arguments[0]}")))
        elif call.name == "sync_file_system":
            self._sync_everything()
        return result

    def close(self) -> None:
        """Let go of the inodes."""
        while self._held:
            os.close(self._held.pop())

    def _sync_everything(self) -> None:
        for path in [self.top, *self.top.rglob("*")]:
            self._sync(path)

    def _sync(self, path: Path) -> None:
        if not path.exists():  # unlinked since, or never below `top`
            return
        inode = self._noted(path)
        if path.is_dir():
            self._names[inode] = {name: self._noted(path / name) for name in os.listdir(path)}
        else:
            self._contents[inode] = path.read_bytes()

    def _noted(self, path: Path) -> int:
        """Give the inode of a path, of which nothing is durable yet if it is a new one."""
        inode = path.stat().st_ino
        if inode not in self._contents and inode not in self._names:
            self._held.append(os.open(path, os.O_RDONLY))
            if path.is_dir():
                self._names[inode] = {}
            else:
                self._contents[inode] = b""
        return inode

    def left_in(self, target: Path, *, all_names: bool = False) -> None:
        """Lay out below `target` what is durable; with `all_names` also the names that are not, as empty files."""
        if all_names:
            for path in self.top.rglob("*"):
                copy = target / path.relative_to(self.top)
                if path.is_dir():
                    copy.mkdir(parents=True, exist_ok=True)
                else:
                    copy.write_bytes(self._contents.get(path.stat().st_ino, b""))
        else:
            self._lay_out(self.top.stat().st_ino, target)

    def _lay_out(self, inode: int, target: Path) -> None:
        target.mkdir(exist_ok=True)
        for name, below in self._names[inode].items():
            if below in self._names:
                self._lay_out(below, target / name)
            else:
                (target / name).write_bytes(self._contents[below])


class Cuts:
    """Looks at what a power cut would leave of `top`, at each call that changes the disk."""

    def __init__(self, top: Path, left: Path, *, all_names: bool) -> None:
        self._medium = Medium(top)
        self._left = left
        self._all_names = all_names
        self.acknowledged: list[object] = []
        self.moments: list[tuple[Path, int]] = []

    def __call__(self, call: Call) -> object:
        """Look before a call, and let it go on."""
        if self.acknowledged and call.name in (CHANGES if self._all_names else SYNCS):
            self.look()
        return self._medium(call)

    def look(self) -> None:
        """Lay out what would be left now."""
        place = self._left / str(len(self.moments))
        place.mkdir(parents=True)
        self._medium.left_in(place, all_names=self._all_names)
        self.moments.append((place, len(self.acknowledged)))

    def close(self) -> None:
        """Let go of the files."""
        self._medium.close()
