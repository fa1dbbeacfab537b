"""Start the processes of the systems, ask them for work, and interleave their calls."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]


class SystemMissingError(Exception):
    """The process of a system ended: not installed, or it failed. The message is its last line."""


def environment() -> dict[str, str]:
    """Give the environment of a worker: this checkout first on the path."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)}


def command(system: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.worker", system, str(folder)]


class System:
    """One worker process, its store open. Its methods are the requests of `Worker`."""

    def __init__(self, system: str, folder: Path) -> None:
        self.system, self.folder = system, folder
        self.filling_ns = 0
        self.errors = folder.with_name(folder.name + ".err")
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                command(system, folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment(),
                cwd=ROOT,
            )

    def send(self, verb: str, *arguments: Any) -> None:
        """Ask without waiting for the answer."""
        assert self.process.stdin
        try:
            self.process.stdin.write(msgspec.json.encode([verb, *arguments]) + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self._fail()

    def receive(self) -> Any:
        """Wait for the answer to what was sent."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        return msgspec.json.decode(line) if line else self._fail()

    def ask(self, verb: str, *arguments: Any) -> Any:
        """Send and receive."""
        self.send(verb, *arguments)
        return self.receive()

    def _fail(self) -> None:
        self.process.wait()
        lines = self.errors.read_text(errors="replace").strip().splitlines() or ["it ended without a word"]
        raise SystemMissingError(f"{self.system}: {lines[-1].replace(str(ROOT), '.')}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError):  # it ended before this, and `receive` told why
            self.process.stdin.close()
        self.process.wait()


def filled(system: str, folder: Path, documents: int) -> System:
    """Start a system on a fresh folder and fill it."""
    started = System(system, folder)
    started.ask("open")
    started.filling_ns = started.ask("fill", documents)
    return started


def interleave(systems: Sequence[T], rounds: int, ask: Callable[[T, int], Any], *, block: int = 1) -> list[list[Any]]:
    """Ask every system in turn, `block` rounds at a time, and give the answers of each.

    With a block of 1 the systems take turns call by call, so that they share each second of the machine's
    moods; but a sync then also writes what the others left unsynced. Longer blocks show that share.
    """
    answers: list[list[Any]] = [[] for _ in systems]
    for start in range(0, rounds, block):
        # The order is turned round each time: nobody is always first after the other.
        order = list(enumerate(systems))
        for position, system in order if start // block % 2 == 0 else reversed(order):
            answers[position].extend(ask(system, step) for step in range(start, min(start + block, rounds)))
    return answers


def quiet() -> None:
    """Let the disk settle: write out what earlier measurements left."""
    os.sync()
    time.sleep(0.2)
