"""Put whole files in place, so that a reader sees the old bytes or the new, and never a mixture.

Temporary files have random names in a folder of their own: in the target's folder they would
flood its watchers, and names made of process ids recur in containers.

Format: docs/format/store.md, "Replacing a document".
"""

import errno
import os
import stat
import time
from contextlib import suppress

from muniment.files import disk

_SWEEP_AGE_S = 3600.0
_NEW_FILE_MODE = 0o666
_FOLDER_TRIES = 5


def stage(folder: str, data: bytes, *, mode: int | None = None, sync: bool = True) -> str:
    """Write `data` to a new temporary file in `folder` and give its path; nothing else shows yet.

    `mode` is the permissions to give it; None leaves them to the umask. With `sync` the bytes are
    durable on return. Where it fails, the temporary file is gone again.
    """
    path = f"{folder}/{os.urandom(16).hex()}.tmp"
    try:
        fd = disk.open_fd(path, disk.CREATE_NEW, _NEW_FILE_MODE)
    except FileNotFoundError:
        disk.make_folders(folder)
        fd = disk.open_fd(path, disk.CREATE_NEW, _NEW_FILE_MODE)
    try:
        try:
            disk.write_all(fd, data)
            if mode is not None and stat.S_IMODE(disk.fstat(fd).st_mode) != mode:
                disk.chmod(path, mode)
            if sync:
                disk.fsync(fd)
        finally:
            disk.close(fd)
    except BaseException:
        discard(path)
        raise
    return path


def discard(path: str) -> None:
    """Remove a temporary file that is not wanted after all; the sweep takes what this leaves."""
    with suppress(OSError):
        disk.unlink(path)


def publish(temporary: str, target: str, data: bytes) -> list[str]:
    """Move a staged file over `target`, making its folders where they are missing; gives those it made.

    Where the two are on different file systems, which a rename cannot cross, `data` is staged
    anew beside the target under a hidden name.
    """
    folder = os.path.dirname(target)
    made = disk.make_folders(folder)
    for tries_left in range(_FOLDER_TRIES, -1, -1):
        try:
            disk.replace(temporary, target)
            break
        except FileNotFoundError:  # another program removed the folder when it became empty
            if not tries_left:
                raise
            made = disk.make_folders(folder) or made
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            discard(temporary)
            _publish_beside(target, data)
            break
    return made


def _publish_beside(target: str, data: bytes) -> None:
    folder, name = os.path.split(target)
    staged = stage(folder, data, mode=mode_of(target))
    beside = f"{folder}/.{name}.{os.urandom(8).hex()}.tmp"
    try:
        disk.rename(staged, beside)
        disk.replace(beside, target)
    except BaseException:
        discard(staged)
        discard(beside)
        raise


def replace_file(target: str, data: bytes, temporary_folder: str, *, sync: bool = True) -> None:
    """Replace `target`, or make it with its folders, atomically and durably; keeps its permissions.

    Steps: temporary file, fsync, rename, fsync of the folder. `sync=False` leaves out both fsyncs.
    """
    temporary = stage(temporary_folder, data, mode=mode_of(target), sync=sync)
    try:
        made = publish(temporary, target, data)
    except BaseException:
        discard(temporary)
        raise
    if sync:
        sync_names([target, *made])


def sync_names(paths: list[str]) -> None:
    """Make the names of files or folders durable that were just made or replaced."""
    for folder in sorted({os.path.dirname(path) for path in paths}, reverse=True):
        with suppress(FileNotFoundError):  # removed meanwhile, by whoever answers for that
            disk.sync_folder(folder)


def create_file(path: str, data: bytes) -> bool:
    """Write a new file in place, unsynced; False if one of that name exists already.

    Not for names that a reader may be waiting for: it can be seen half written.
    """
    try:
        fd = disk.open_fd(path, disk.CREATE_NEW, 0o444)
    except FileExistsError:
        return False
    except FileNotFoundError:
        disk.make_folders(os.path.dirname(path))
        return create_file(path, data)
    try:
        disk.write_all(fd, data)
    finally:
        disk.close(fd)
    return True


def mode_of(path: str) -> int | None:
    """Give the permissions of the file at `path`, None where there is none."""
    try:
        return stat.S_IMODE(disk.stat(path).st_mode)
    except FileNotFoundError:
        return None


def sweep(folder: str) -> int:
    """Remove temporary files that crashed programs left more than an hour ago; counts them."""
    swept = 0
    with suppress(FileNotFoundError):
        for name in disk.listdir(folder):
            if not name.endswith(".tmp"):
                continue
            path = f"{folder}/{name}"
            with suppress(OSError):
                if time.time() - disk.lstat(path).st_mtime > _SWEEP_AGE_S:
                    disk.unlink(path)
                    swept += 1
    return swept
