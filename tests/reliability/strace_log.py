"""Run a program under `strace`, and read what it logged: each system call that may change a file.

Of every process and thread that the program starts (`-f`), with all bytes of every string in hexadecimal (`-xx`).
Format: strace(1).
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

_CHANGING = (
    "open openat creat write pwrite64 writev pwritev pwritev2 truncate ftruncate fallocate rename renameat renameat2 "
    "link linkat symlink symlinkat unlink unlinkat mkdir mkdirat rmdir fsync fdatasync sync syncfs sync_file_range "
    "copy_file_range sendfile splice mmap"
)
_FOLLOWED = "read readv lseek close dup dup2 dup3 fcntl chdir fchdir clone clone3 fork vfork execve"
"""Change no file, but tell which file a descriptor means, and where the next write goes."""
_LONGEST_BYTES = 1 << 26

_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_CALL = re.compile(r"(\d+) +(\w+)\((.*)\) += (0x[0-9a-f]+|-?\d+|\?)( .*)?")
_BEGUN = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")


class Call(NamedTuple):
    """A system call: the texts of its arguments, where each string stands as `""`, and the strings apart."""

    process: int
    name: str
    arguments: tuple[str, ...]
    strings: tuple[bytes, ...]
    result: int
    """-1 if it failed."""


class Forking(NamedTuple):
    """A process is about to start another, whose calls may come before this one's result."""

    process: int
    shares_descriptors: bool


@cache
def why_not() -> str | None:
    """Tell why no program can be traced here; None where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    probe = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return f"strace may not trace here: {probe.stderr.strip()}" if probe.returncode else None


def version() -> str:
    """Name the strace that is installed."""
    told = subprocess.run(["strace", "--version"], capture_output=True, text=True, check=True)
    return told.stdout.split("\n", 1)[0].replace(" -- version", "")


def _options(log: Path) -> list[str]:
    traced = f"trace={','.join([*_CHANGING.split(), *_FOLLOWED.split()])}"
    form = ["-f", "-xx", "-s", str(_LONGEST_BYTES), "-e", traced, "-e", "raw=read,readv", "-e", "signal=none"]
    return ["strace", *form, "-o", str(log)]


def run(command: Sequence[str], log: Path, folder: Path, environment: Mapping[str, str]) -> None:
    """Run a command in `folder` to its end and log its calls; it must succeed."""
    ended = subprocess.run(
        [*_options(log), "--seccomp-bpf", "-qq", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"the traced program failed:\n{ended.stdout}\n{ended.stderr}")


@contextmanager
def attached(process: int, log: Path, expressions: Sequence[str] = ()) -> Iterator[None]:
    """Log the calls of a process that is there already, and is to end within the block."""
    more = [word for expression in expressions for word in ("-e", expression)]
    with attaching([*_options(log), *more], process):
        yield


@contextmanager
def attaching(command: Sequence[str], process: int) -> Iterator[None]:
    """Let a command of `strace` attach to a process, which is to end within the block.

    Raises:
        OSError: It may not.
    """
    with subprocess.Popen([*command, "-p", str(process)], stderr=subprocess.PIPE, text=True) as strace:
        told = strace.stderr.readline() if strace.stderr else ""
        if "attached" not in told:
            strace.kill()
            raise OSError(f"strace may not attach here: {told.strip()}")
        yield


def calls(log: Path) -> Iterator[Call | Forking]:
    """Read the log; a call that was interrupted by another process's stands where it ended."""
    begun: dict[int, str] = {}
    with log.open(encoding="ascii") as lines:
        for line in lines:
            if match := _BEGUN.match(line):
                process, name, arguments = match.groups()
                begun[int(process)] = arguments
                if name in {"clone", "clone3", "fork", "vfork"}:
                    yield Forking(int(process), "CLONE_FILES" in arguments)
                continue
            if match := _RESUMED.match(line):
                process, name, rest = match.groups()
                line = f"{process} {name}({begun.pop(int(process))}{rest}"  # noqa: PLW2901 - the line as it should be
            if match := _CALL.match(line):
                yield _call(*match.groups())


def _call(process: str, name: str, arguments: str, result: str, _: str | None) -> Call:
    strings = []
    for match in _STRING.finditer(arguments):
        if match[2] and name != "execve":
            raise ValueError(f"strace cut a string of {name}")
        strings.append(bytes.fromhex(match[1].replace("\\x", "")))
    plain = _STRING.sub('""', arguments)
    number = -1 if result == "?" else int(result, 0)
    return Call(int(process), name, tuple(plain.split(", ")), tuple(strings), number)
