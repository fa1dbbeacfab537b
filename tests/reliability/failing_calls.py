"""Which system calls may fail in which way; and how `strace` is told to let one fail.

A call is named by what it is and which of these it is, in a program whose calls are the same each time. Format:
strace(1), `-e inject`.
"""

import ctypes
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import strace_log

_CHANGES_NAMES = ("EIO", "ENOSPC", "EACCES", "EROFS")
FITTING: dict[str, tuple[str, ...]] = {
    "openat": ("EIO", "ENOSPC", "EMFILE", "EACCES", "EROFS", "EINTR"),
    "read": ("EIO", "EINTR"),
    "pread64": ("EIO", "EINTR"),
    "write": ("EIO", "ENOSPC", "EINTR"),
    "pwrite64": ("EIO", "ENOSPC", "EINTR"),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "syncfs": ("EIO",),
    "ftruncate": ("EIO", "EINTR"),
    "fallocate": ("EIO", "ENOSPC"),
    "rename": _CHANGES_NAMES,
    "renameat2": _CHANGES_NAMES,
    "link": _CHANGES_NAMES,
    "mkdir": _CHANGES_NAMES,
    "unlink": ("EIO", "EACCES", "EROFS"),
    "rmdir": ("EIO", "EACCES", "EROFS"),
    "chmod": ("EIO", "EACCES", "EROFS"),
    "utimensat": ("EIO", "EACCES", "EROFS"),
    "stat": ("EIO", "EACCES"),
    "lstat": ("EIO", "EACCES"),
    "newfstatat": ("EIO", "EACCES"),
    "fstat": ("EIO",),
    "access": ("EIO", "EACCES"),
    "readlink": ("EIO", "EACCES"),
    "getdents64": ("EIO",),
    "lseek": ("EIO",),
    "flock": ("EINTR", "ENOLCK"),
    "fcntl": ("EIO", "ENOLCK"),
    "mmap": ("ENOMEM", "EACCES"),
    "close": ("EIO", "EINTR"),
}
"""What each call may be refused with, as far as that can happen to a store's files."""
_LASTING = {"ENOSPC", "EROFS"}
_ONCE = {"openat"}
"""Python itself opens files when it loads what it needs."""
SYNCS = {"fsync", "fdatasync", "syncfs"}

_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
_ANY_TRACER = (0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER, PR_SET_PTRACER_ANY
_INJECTED = "(INJECTED)"


class Failing(NamedTuple):
    """A call that is to fail: the `nth` of its name, from 1."""

    name: str
    nth: int
    error: str

    @property
    def lasts(self) -> bool:
        """Whether the same call fails from then on."""
        return self.error in _LASTING and self.name not in _ONCE

    def option(self) -> str:
        """Tell strace."""
        return f"inject={self.name}:error={self.error}:when={self.nth}{'+' if self.lasts else ''}"


def allow_tracing() -> None:
    """Let `strace` attach to this process, also where that is not root's."""
    ctypes.CDLL(None).prctl(*_ANY_TRACER, 0, 0, 0)


@contextmanager
def traced(process: int, log: Path, failing: Failing | None = None) -> Iterator[None]:
    """Trace a process, which is to end within the block; log its calls, and let one fail."""
    options = ["-y", "-e", f"trace={','.join(f'?{name}' for name in FITTING)}", "-e", "signal=none", "-o", str(log)]
    fault = [] if failing is None else ["-e", failing.option()]
    with strace_log.attaching(["strace", "-f", *options, *fault], process):
        yield


@cache
def why_not() -> str | None:
    """Tell why no calls can be let fail here; None where they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    entrance, key = os.pipe()
    process = os.fork()
    if not process:
        allow_tracing()
        os.read(entrance, 1)
        os._exit(0)
    try:
        with traced(process, Path(os.devnull)):
            os.write(key, b"!")
            os.waitpid(process, 0)
    except OSError as error:
        os.write(key, b"!")
        os.waitpid(process, 0)
        return str(error)
    finally:
        os.close(entrance)
        os.close(key)
    return None


def of_log(log: Path, root: str) -> Iterator[Failing]:
    """Give each call of a log that has to do with files below `root`, with each error that fits."""
    seen: Counter[str] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        if match := _CALL.match(line):
            _, name, arguments = match.groups()
            seen[name] += 1
            if root in arguments:
                errors = (error for error in FITTING[name] if _fits(name, arguments, error))
                yield from (Failing(name, seen[name], error) for error in errors)


def _fits(name: str, arguments: str, error: str) -> bool:
    if name == "openat":
        return {"ENOSPC": "O_CREAT" in arguments, "EROFS": "O_RDONLY" not in arguments}.get(error, True)
    if name == "fcntl":
        return "F_SETLK" in arguments
    return True


def injected(log: Path, root: str) -> str | None:
    """Give the first call that failed on purpose, as it stands in the log, if it is one on files below `root`."""
    for line in log.read_text(errors="replace").splitlines():
        if line.rstrip().endswith(_INJECTED):
            return line.split(" ", 1)[1].strip().removesuffix(_INJECTED) if root in line else None
    return None
