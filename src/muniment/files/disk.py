"""Every system call that touches a store's files, behind one small module.

The rest of the package calls these names, and never `os` itself, where a file is changed or
read, so that a test can stop a program at each of them in turn, or let one fail. They raise
`OSError` as the system does; the public surface turns that into `StorageError`.

Assumed of the file system: a rename replaces atomically, `O_EXCL` excludes, `fsync` of a file or
folder reaches the medium, advisory locks work between processes. NFS promises too little.
"""

import errno
import os
import stat as stat_module
import sys
import time
from collections.abc import Callable
from contextlib import suppress

BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0)
"""A pipe that somebody put in place of a file is opened at once, and is empty; for files this changes nothing."""
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_OWN = BINARY | WITHOUT_WAITING | NO_FOLLOW
"""How the store's own files are opened: none of them is a symbolic link, which could lead out of the store."""

CREATE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OWN
CREATE_OR_OPEN = os.O_RDWR | os.O_CREAT | _OWN
READ_ONLY = os.O_RDONLY | _OWN
READ_WRITE = os.O_RDWR | _OWN
APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _OWN
READ_LINKED = os.O_RDONLY | BINARY
"""For folders, and for files that the user names, which may be links."""

open_fd = os.open
close = os.close
read = os.read
write = os.write
stat = os.stat
lstat = os.lstat
fstat = os.fstat
unlink = os.unlink
rename = os.rename
link = os.link
mkdir = os.mkdir
rmdir = os.rmdir
scandir = os.scandir
listdir = os.listdir
chmod = os.chmod
utime = os.utime
truncate = os.ftruncate

if sys.platform == "win32":

    def pread(fd: int, size: int, offset: int) -> bytes:
        """Read at `offset`; moves the position, which is safe because the callers hold a lock."""
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, size)

    def pwrite(fd: int, data: bytes, offset: int) -> int:
        """Write at `offset`; moves the position, which is safe because the callers hold a lock."""
        os.lseek(fd, offset, os.SEEK_SET)
        return os.write(fd, data)
else:
    pread = os.pread
    pwrite = os.pwrite

if sys.platform == "darwin":
    import fcntl

    def fsync(fd: int) -> None:
        """Reach the medium: plain fsync stops at the drive's own cache there."""
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)

    fdatasync = fsync
else:
    fsync = os.fsync
    fdatasync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)

_SHARING_VIOLATIONS = frozenset({5, 32, 33})
_REPLACE_TRIES = 100
_REPLACE_PAUSE_S = 0.02
_CHUNK = 1 << 16
_MOST_BYTES = 1 << 31
"""A larger file is not read whole: one full of holes costs whoever made it nothing."""


def replace(source: str, target: str) -> None:
    """Rename `source` to `target`, replacing it; on Windows wait up to 2 s for readers to let go."""
    tries_left = _REPLACE_TRIES
    while True:
        try:
            os.replace(source, target)
        except OSError as error:
            if getattr(error, "winerror", None) not in _SHARING_VIOLATIONS or not tries_left:
                raise
            tries_left -= 1
            time.sleep(_REPLACE_PAUSE_S)
        else:
            return


def exists(path: str) -> bool:
    """Tell whether there is something; where the system will not say, that is no answer, but an error."""
    try:
        stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def is_folder(path: str) -> bool:
    """Tell whether there is a folder; errors as for `exists`."""
    try:
        return stat_module.S_ISDIR(stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def read_start(path: str, size: int, flags: int = READ_ONLY) -> bytes:
    """Read the first `size` bytes of a file, or all there is."""
    fd = open_fd(path, flags)
    try:
        return read(fd, size)
    finally:
        close(fd)


def read_at(path: str, size: int, offset: int) -> bytes:
    """Read `size` bytes of a file from `offset` on, or as many as there are."""
    fd = open_fd(path, READ_ONLY)
    try:
        return pread(fd, size, offset)
    finally:
        close(fd)


def read_file(path: str, flags: int = READ_ONLY) -> bytes:
    """Read a whole file as it is at one moment: a replacement meanwhile does not show."""
    fd = open_fd(path, flags)
    try:
        data = read(fd, _CHUNK)
        if len(data) < _CHUNK:
            return data
        if flags != READ_LINKED:
            _refuse_endless(fd, path)
        chunks = [data]
        while data := read(fd, _CHUNK):
            chunks.append(data)
        return b"".join(chunks)
    finally:
        close(fd)


def _refuse_endless(fd: int, path: str) -> None:
    state = fstat(fd)
    if not stat_module.S_ISREG(state.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", path)
    if state.st_size > _MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)


def write_all(fd: int, data: bytes) -> None:
    """Write all of `data`, however little the system takes at a time."""
    written = write(fd, data)
    if written == len(data):
        return
    rest = memoryview(data)[written:]
    while rest:
        rest = rest[write(fd, rest) :]


def pwrite_all(fd: int, data: bytes, position: int) -> None:
    """Write all of `data` at `position`, however little the system takes at a time."""
    rest = memoryview(data)
    while rest:
        written = pwrite(fd, rest, position)
        rest, position = rest[written:], position + written


def make_folders(path: str) -> list[str]:
    """Make a folder and those above it, where they are missing; give those that were made, outermost first."""
    try:
        mkdir(path)
    except FileExistsError:
        return []
    except FileNotFoundError:
        return [*make_folders(os.path.dirname(path)), *make_folders(path)]
    return [path]


def remove_empty_folders(path: str, root: str) -> None:
    """Remove a folder, and those above it up to `root`, as long as they are empty."""
    with suppress(OSError):
        while path != root:
            rmdir(path)
            path = os.path.dirname(path)


def sync_folder(path: str) -> None:
    """Make the names in a folder durable; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    fd = open_fd(path, READ_LINKED)
    try:
        fsync(fd)
    finally:
        close(fd)


def sync_file(path: str) -> None:
    """Make the contents of a file durable that was written through another descriptor."""
    fd = open_fd(path, os.O_RDWR | BINARY if sys.platform == "win32" else READ_LINKED | WITHOUT_WAITING)
    try:
        fsync(fd)
    finally:
        close(fd)


def sync_file_system(path: str) -> bool:
    """Make everything durable on the file system that holds `path`; False where there is no such call.

    Linux alone has `syncfs`. See docs/decisions/0002-checkpoint-by-syncfs.md.
    """
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415 - 5 ms at start-up that most programs never need

    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        return False
    fd = open_fd(path, READ_LINKED)
    try:
        if libc.syncfs(fd):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    finally:
        close(fd)
    return True
