"""Stand between the package and the disk, to stop a program at one call or to let calls fail.

Every system call that changes a file goes through a name of `muniment.files.disk`: these are
replaced for the length of a `with` block, and each call is first shown to a function that decides.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from muniment.files import disk

WRITES = frozenset({"pwrite", "write"})
SYNCS = frozenset({"fdatasync", "fsync", "sync_file_system"})
CHANGES = WRITES | SYNCS | {"chmod", "create", "link", "mkdir", "rename", "replace", "rmdir", "truncate", "unlink"}
READS = frozenset({"fstat", "listdir", "lstat", "open", "pread", "read", "scandir", "stat"})

_FUNCTIONS = (CHANGES | READS) - {"create", "open"}


class Call(NamedTuple):
    """One call under way: `name` is what it is for, `create` for an `open_fd` that may make a file."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def go_on(self) -> Any:
        """Do what the program asked for."""
        return self.function(*self.arguments)

    def write_part(self, part: Callable[[int], int]) -> None:
        """Write only the first `part(size)` bytes of a write."""
        fd, data, *offset = self.arguments
        self.function(fd, bytes(data)[: part(len(data))], *offset)


Decide = Callable[[Call], Any]


@contextmanager
def intercepted(decide: Decide) -> Iterator[None]:
    """Let `decide` answer each call in place of the disk; most often by `call.go_on()`."""

    def shown(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: decide(Call(name, function, arguments))

    def opening(*arguments: Any) -> Any:
        name = "create" if arguments[1] & os.O_CREAT else "open"
        return decide(Call(name, open_fd, arguments))

    open_fd = disk.open_fd
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "open_fd", opening)
        for name in _FUNCTIONS:
            patch.setattr(disk, name, shown(name, getattr(disk, name)))
        yield


class At:
    """Decide by `act` on call number `nth`, from 1, of those in `names`; `ever_after` on all that follow too.

    `reached` is that call, None if there were not so many.
    """

    def __init__(self, nth: int, act: Decide, names: frozenset[str] = CHANGES, *, ever_after: bool = False) -> None:
        self._left = nth
        self._act = act
        self._names = names
        self._ever_after = ever_after
        self.reached: Call | None = None

    def __call__(self, call: Call) -> Any:
        """Count a call and decide it."""
        if call.name not in self._names:
            return call.go_on()
        self._left -= 1
        if self._left == 0:
            self.reached = call
        acts = self._left == 0 or (self._ever_after and self._left < 0)
        return self._act(call) if acts else call.go_on()


def die(_: Call) -> None:
    """End the process as SIGKILL does: nothing is cleaned up or flushed."""
    os._exit(KILLED)


def die_after(part: Callable[[int], int]) -> Decide:
    """Make a decision to write a part of the data and die."""

    def write_and_die(call: Call) -> None:
        call.write_part(part)
        os._exit(KILLED)

    return write_and_die


def fail(number: int) -> Decide:
    """Make a decision to let a call fail with the system's error `number`."""

    def raise_it(call: Call) -> None:
        path = call.arguments[0] if call.arguments and isinstance(call.arguments[0], str) else None
        raise OSError(number, os.strerror(number), path)

    return raise_it


KILLED = 137
