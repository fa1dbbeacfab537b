"""The events of Linux, asked for without a thread: one queue for any number of folders.

The queue is the kernel's, so a reader that stands still takes no memory of its own; when the queue is full, the kernel
says that something was lost.

Source: inotify(7).
"""

import ctypes
import errno
import os
import select
import struct
import sys
import threading

from muniment.files.hints import Hints

_MODIFY, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x40, 0x80, 0x100, 0x200
_DELETE_SELF, _MOVE_SELF, _UNMOUNT, _OVERFLOW, _IGNORED = 0x400, 0x800, 0x2000, 0x4000, 0x8000
_ONLY_FOLDERS, _IS_FOLDER = 0x01000000, 0x40000000
_WANTED = _MODIFY | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _DELETE_SELF | _MOVE_SELF | _ONLY_FOLDERS
_GONE = _DELETE_SELF | _MOVE_SELF | _UNMOUNT
_AWAY = _MOVED_FROM | _DELETE

_EVENT = struct.Struct("iIII")  # watch, mask, cookie, length of the name
_READ_BYTES = 1 << 16
_MOST_READS = 64
_REFUSALS = frozenset({errno.ENOSPC, errno.ENOMEM, errno.EMFILE})


class Inotify:
    """The folders that are watched, and the queue of what happened in them."""

    is_told = True

    def __init__(self) -> None:
        if sys.platform != "linux":
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd: int = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "inotify")
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._closing = threading.RLock()  # no bell is rung whose number is another file's by then
        self._folder_of: dict[int, str] = {}
        self._watch_of: dict[str, int] = {}
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)
        self._poll.register(self._bell, select.POLLIN)

    def watch(self, folder: str) -> bool:
        """Tell what changes in a folder from now on; False where a limit is reached."""
        watch = self._libc.inotify_add_watch(self._fd, os.fsencode(folder), _WANTED)
        if watch < 0:
            return ctypes.get_errno() not in _REFUSALS  # else it is gone, or may not be read
        before = self._watch_of.get(folder)
        if before is not None and before != watch:  # another folder of that name
            self._folder_of.pop(before, None)
        self._folder_of[watch] = folder
        self._watch_of[folder] = watch
        return True

    def forget(self, folder: str) -> None:
        """Tell nothing more of a folder, nor of those below it."""
        below = f"{folder}/"
        for path in [path for path in self._watch_of if path == folder or path.startswith(below)]:
            watch = self._watch_of.pop(path)
            if self._folder_of.get(watch) == path:
                del self._folder_of[watch]
                self._libc.inotify_rm_watch(self._fd, watch)

    def wait(self, timeout_s: float) -> Hints:
        """Wait for hints, a wake-up or the end of the time, and give what came since the last wait."""
        hints = Hints(set(), set())
        ready = self._poll.poll(max(0.0, timeout_s) * 1000)
        if any(fd == self._bell for fd, _ in ready):
            os.eventfd_read(self._bell)
        is_lost = False
        for _ in range(_MOST_READS):  # a storm must not keep the reader from looking
            try:
                data = os.read(self._fd, _READ_BYTES)
            except BlockingIOError:
                break
            is_lost = self._take(data, hints) or is_lost
        return hints._replace(is_lost=True) if is_lost else hints

    def _take(self, data: bytes, hints: Hints) -> bool:
        at, is_lost = 0, False
        while at < len(data):
            watch, mask, _, size = _EVENT.unpack_from(data, at)
            at += _EVENT.size
            name = data[at : at + size].rstrip(b"\0")
            at += size
            is_lost = is_lost or bool(mask & _OVERFLOW)
            folder = self._folder_of.get(watch)
            if folder is not None:
                self._note(watch, folder, mask, os.fsdecode(name), hints)
        return is_lost

    def _note(self, watch: int, folder: str, mask: int, name: str, hints: Hints) -> None:
        if mask & _IGNORED:
            self._folder_of.pop(watch, None)
            if self._watch_of.get(folder) == watch:
                del self._watch_of[folder]
        elif mask & _GONE:
            hints.folders.add(folder)
            self.forget(folder)
        elif mask & _IS_FOLDER:
            hints.folders.add(f"{folder}/{name}")
            if mask & _AWAY:  # a folder that was renamed would be told of by its old name
                self.forget(f"{folder}/{name}")
        elif name:
            hints.files.add(f"{folder}/{name}")

    def wake(self) -> None:
        """End the wait, or the next one if there is none."""
        with self._closing:
            if self._bell >= 0:
                os.eventfd_write(self._bell, 1)

    def close(self) -> None:
        """Watch no more."""
        with self._closing:
            fds, self._fd, self._bell = (self._fd, self._bell), -1, -1
            for fd in fds:
                if fd >= 0:
                    os.close(fd)
