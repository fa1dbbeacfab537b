"""The program that is traced: takes the steps of workloads, each in a process of its own, and tells the recorder.

`traced_program.py PLACE KEY...`; a key is the name of a workload, or `WORKLOAD/FAULT` to take it without one
protection.
"""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from unittest.mock import patch

from planted_faults import FAULTS
from store_workloads import WORKLOADS, Workload, prepared

from muniment.files import disk

_PACKAGE = "muniment."


def main(place: str, keys: list[str]) -> None:
    """Run each key in a process of its own, one after the other."""
    for key in keys:
        process = os.fork()
        if not process:
            _tell(f"run {key}")
            name, _, fault = key.partition("/")
            _run(WORKLOADS[name], f"{place}/{key.replace('/', '+')}/store", fault)
            os._exit(0)
        if os.waitpid(process, 0)[1]:
            raise RuntimeError(f"{key} failed")


def _run(workload: Workload, root: str, fault: str) -> None:
    with prepared(workload, root) as session, ExitStack() as settings:
        for name in ("fsync", "fdatasync", "sync_file_system"):
            settings.enter_context(patch.object(disk, name, _telling(getattr(disk, name))))
        if fault:
            settings.enter_context(FAULTS[fault].planted())
        _tell("begin")
        for nth, step in enumerate(workload.steps, 1):
            step(session)
            _tell(f"ack {nth}")


def _tell(line: str) -> None:
    os.write(1, f"mark {line}\n".encode())


def _telling(sync: Callable[..., object]) -> Callable[..., object]:
    """Tell before each sync where in the program it is made."""

    def told(target: int | str) -> object:
        kind = "file system" if isinstance(target, str) else _kind(target)
        _tell(f"sync {_site()}, {kind}")
        return sync(target)

    return told


def _kind(fd: int) -> str:
    return "folder" if os.path.isdir(f"/proc/self/fd/{fd}") else "file"


def _site() -> str:
    """Name the function that syncs, and the one that had it do so: the first that knows what is stored."""
    names: list[str] = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and len(names) < 2:
        module, function = frame.f_globals["__name__"], frame.f_code.co_name
        is_mechanism = module == "muniment.files.disk" or not module.startswith(_PACKAGE) or function.startswith("<")
        is_inner = module.startswith("muniment.files.")
        if not is_mechanism and (not names or not is_inner):
            names.append(f"{module.removeprefix(_PACKAGE)}.{function}")
            if not is_inner:
                break
        frame = frame.f_back
    return " in ".join(names)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
