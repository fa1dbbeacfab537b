"""Run functions in forked processes, and hear what they tell."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn

Tell = Callable[[object], None]

PATIENCE_S = 60.0

_started: list["Child"] = []


class _Failed(str):
    """The traceback of a child's error."""

    __slots__ = ()


class Child:
    """A forked process that runs `work(tell)` and ends without cleaning up, as if it were killed.

    What it passed to `tell` is here even if it was killed the moment after.
    """

    def __init__(self, work: Callable[[Tell], object]) -> None:
        self._inbox, outbox = Pipe(duplex=False)
        self.status: int | None = None
        self.pid = os.fork()
        if not self.pid:
            _run(work, outbox)
        outbox.close()
        _started.append(self)

    def hear(self) -> Any:
        """Wait for the next thing told."""
        assert self.has_told(PATIENCE_S), "the child told nothing"
        return self._inbox.recv()

    def has_told(self, patience_s: float = 0.0) -> bool:
        """Tell whether there is something to hear, or the end, within so many seconds."""
        return self._inbox.poll(patience_s)

    def told(self) -> list[Any]:
        """Wait for the end, and give all that was told; an error in the child is one here."""
        messages = []
        try:
            while True:
                messages.append(self.hear())
        except (EOFError, ConnectionResetError):
            self._reap()
        except AssertionError:
            self.kill()
            raise
        if messages and isinstance(messages[-1], _Failed):
            raise AssertionError(f"in the child:\n{messages[-1]}")
        return messages

    def kill(self) -> None:
        """End it by SIGKILL, if it has not ended yet."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self._reap()

    def _reap(self) -> None:
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def kill_all() -> None:
    """End every child that has not ended yet."""
    while _started:
        _started.pop().kill()


def _run(work: Callable[[Tell], object], outbox: Connection) -> NoReturn:
    status = 1
    try:
        work(outbox.send)
        status = 0
    except BaseException:  # noqa: BLE001 - all that goes wrong is told
        outbox.send(_Failed(traceback.format_exc()))
    finally:
        sys.stdout.flush()
        os._exit(status)


class Gate:
    """Something that children made after it wait at, until their parent lets so many of them pass."""

    def __init__(self) -> None:
        self._entrance, self._key = os.pipe()

    def wait(self) -> None:
        """Wait for leave to pass."""
        os.read(self._entrance, 1)

    def let_pass(self, count: int = 1) -> None:
        """Let `count` children pass, now or when they come."""
        os.write(self._key, bytes(count))

    def close(self) -> None:
        """Give the descriptors back."""
        os.close(self._entrance)
        os.close(self._key)


def run_all(*works: Callable[[Tell], object]) -> list[list[Any]]:
    """Run each in a process of its own, all at once; give what each told."""
    children = [Child(work) for work in works]
    return [child.told() for child in children]


def for_seconds(seconds: float, step: Callable[[], object]) -> int:
    """Repeat `step` for so long; give how often."""
    turns = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        step()
        turns += 1
    return turns
