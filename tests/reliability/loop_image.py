"""A file system of a real kernel in one file, mounted through a loop device, whose power can be cut.

`FS_IOC_SHUTDOWN` lets the file system forget at once what is only in memory, and refuse everything from then on: what
was handed to the device before is there after the next mount, which replays the journal, and nothing else.

Format: ioctl_fs(4) of Linux, `include/uapi/linux/fs.h`.
"""

import ctypes
import os
import shutil
import struct
import subprocess
import tempfile
from contextlib import suppress
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from recording import quick_folder

_SHUTDOWN = 0x8004587D
_NEW_MOUNTS = 0x20000  # CLONE_NEWNS
_SIZE_BYTES = 320 << 20
"""With holes: XFS makes none that are smaller."""
FILE_SYSTEMS = ("ext4", "xfs")


class Lost(IntEnum):
    """What is lost with the power."""

    DATA = 1
    """What was written and not synced; what changed of names and lengths reaches the journal in the last moment."""
    ALL = 2
    """All that is only in memory."""


class Image:
    """One file system; use it in a `with` block, which leaves nothing mounted."""

    def __init__(self, place: Path, file_system: str) -> None:
        self.path = place / f"{file_system}.img"
        self.mounted = place / file_system
        self._file_system = file_system
        self._is_mounted = False
        self.mounted.mkdir()

    def __enter__(self) -> Self:
        """Make it, empty, and mount it."""
        self.make()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Unmount it, whoever uses it."""
        if self._is_mounted:
            with suppress(subprocess.CalledProcessError):
                _run("umount", "--lazy", str(self.mounted))

    def make(self) -> None:
        """Make it anew, empty, and mount it."""
        self.unmount()
        with self.path.open("wb") as file:
            file.truncate(_SIZE_BYTES)
        _run(f"mkfs.{self._file_system}", "-q", str(self.path))
        self.mount()

    def mount(self) -> None:
        """Mount it, which replays its journal."""
        _run("mount", "-o", "loop", str(self.path), str(self.mounted))
        self._is_mounted = True

    def unmount(self) -> None:
        """Unmount it, if it is mounted; nobody may use it any more."""
        if self._is_mounted:
            _run("umount", str(self.mounted))
            self._is_mounted = False

    def cut(self, lost: Lost) -> None:
        """Cut the power."""
        import fcntl  # not on Windows

        fd = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, _SHUTDOWN, struct.pack("I", lost))
        finally:
            os.close(fd)

    def copy_to(self, path: Path) -> None:
        """Copy the file, holes and all."""
        _run("cp", "--sparse=always", str(self.path), str(path))


@cache
def why_not(file_system: str) -> str | None:
    """Tell why no power can be cut here; None where it can."""
    if not hasattr(os, "geteuid") or os.geteuid():
        return "only root may mount"
    if shutil.which(f"mkfs.{file_system}") is None:
        return f"mkfs.{file_system} is not installed"
    try:
        with tempfile.TemporaryDirectory(dir=quick_folder()) as place, Image(Path(place), file_system) as image:
            image.cut(Lost.ALL)
            image.unmount()
    except subprocess.CalledProcessError as error:
        return f"no {file_system} can be mounted here: {error.stderr.strip()}"
    except OSError as error:
        return f"the power of {file_system} cannot be cut here: {error.strerror}"
    return None


def keep_mounts_private() -> None:
    """Let what this process mounts be seen by nobody else, and be gone when it ends, however that comes."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_MOUNTS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    _run("mount", "--make-rprivate", "/")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
