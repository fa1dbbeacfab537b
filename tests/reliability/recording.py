"""Record workloads: run them under `strace`, and give the events of each."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import strace_log
from file_events import Event
from file_recorder import Recorder

import muniment

_PROGRAM = Path(__file__).with_name("traced_program.py")


def record(keys: Sequence[str]) -> dict[str, list[Event]]:
    """Run workloads, each by its key, and give their events."""
    with tempfile.TemporaryDirectory(dir=quick_folder()) as place:
        log = Path(place, "log")
        environment = {
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(Path(muniment.__file__).parents[1]),
        }
        strace_log.run([sys.executable, str(_PROGRAM), place, *keys], log, Path(place), environment)
        return split(log, place)


def quick_folder() -> str | None:
    """Give a folder in memory, where there is one."""
    memory = "/dev/shm"  # noqa: S108 - a folder with a name of its own is made in it
    return memory if os.access(memory, os.W_OK) else None


def split(log: Path, place: str) -> dict[str, list[Event]]:
    """Read from a log the events of each program that told its key; it works below `PLACE/KEY/store`."""
    found: dict[str, list[Event]] = {}
    recorder: Recorder | None = None
    for call in strace_log.calls(log):
        if isinstance(call, strace_log.Call) and call.name == "write" and call.strings[0].startswith(b"mark run "):
            key = call.strings[0].decode().removeprefix("mark run ").rstrip()
            recorder = Recorder(f"{place}/{key.replace('/', '+')}/store", place)
            found[key] = recorder.events
        elif recorder is not None:
            recorder.feed(call)
    return found
