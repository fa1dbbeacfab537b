"""Let each sync of a workload fail in turn, and the machine stop behind it: nothing acknowledged rests on that sync.

What is left is computed by the model of crash states, in which a sync that failed made nothing durable, and no later
one of the same file does: of all that is not durable nothing is there.
"""

import os
import random
import socket
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import failing_calls
import strace_log
from crash_checks import Problem, another_machine, lay_out, observed, unsound
from crash_runs import quick_place
from crash_states import least
from failing_calls import SYNCS, Failing
from fault_runs import Expected, Planted, difference, expected, form, is_allowed, repeat
from file_events import Acknowledged, Event
from file_recorder import Recorder
from store_workloads import WORKLOADS, Workload, prepared

from muniment import MunimentError


@dataclass
class Syncs:
    """What was found of one workload."""

    name: str
    tried: int = 0
    bad: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, failing: Failing, problems: Sequence[Problem]) -> None:
        """Count one run."""
        self.tried += 1
        self.bad += bool(problems)
        self.kinds.update({problem.kind for problem in problems})
        for problem in problems:
            self.examples.setdefault(f"{problem.kind}: {failing.name} {failing.nth} failed, and a crash", problem.seen)


def run(name: str, most: int | None, seed: int, planted: Planted = nullcontext) -> Syncs:
    """Let syncs of one workload fail: all, or about so many; the same ones for the same seed."""
    found, workload = Syncs(name), WORKLOADS[name]
    with quick_place() as place:
        wanted = expected(workload, place)
        _, counts = _recorded(workload, place / "none", None, planted)
        failing = [
            Failing(call, nth, "EIO") for call, (before, all_) in counts.items() for nth in range(before + 1, all_ + 1)
        ]
        if most is not None and len(failing) > most:
            failing = sorted(random.Random(f"{seed} {name}").sample(failing, most))
        for number, one in enumerate(failing):
            events, _ = _recorded(workload, place / str(number), one, planted)
            found.add(one, _problems(workload, wanted, events, place / f"{number}-left"))
    return found


def _problems(workload: Workload, wanted: Expected, events: Sequence[Event], folder: Path) -> list[Problem]:
    """Lay out the least that is left, and look at it as the next program."""
    acknowledged = sum(isinstance(event, Acknowledged) for event in events)
    lay_out(least(events), folder)
    try:
        with another_machine():
            repeat(workload, str(folder))
            seen = observed(folder)
            left, allowed = form(seen, str(folder)), wanted.plain[acknowledged : acknowledged + 2]
            if not is_allowed(left, allowed, but_files=False):
                return [Problem("untrusted", f"after {acknowledged}: {difference(left, allowed[0])}")]
            return list(unsound(folder, workload, seen))
    except Exception as error:  # noqa: BLE001 - whatever a program meets in a state that a crash left is a problem
        return [Problem("refused", f"{type(error).__name__}: {error}")]


def _recorded(
    workload: Workload, place: Path, failing: Failing | None, planted: Planted
) -> tuple[list[Event], dict[str, tuple[int, int]]]:
    """Run a workload in a process of its own, traced all the time; give its events, and how often it called each sync.

    First before the first step, then in all.
    """
    place.mkdir()
    root, log = f"{place}/store", place / "log"
    ours, theirs = socket.socketpair()
    process = os.fork()
    if not process:
        ours.close()
        _work(workload, root, theirs, planted)
    theirs.close()
    with ours:
        ours.recv(1)
        with strace_log.attached(process, log, [failing.option()] if failing else []):
            ours.send(b"!")
            os.waitpid(process, 0)
    recorder = Recorder(root, str(place))
    counts: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for call in strace_log.calls(log):
        recorder.feed(call)
        if isinstance(call, strace_log.Call):
            counts[call.name] += 1
            if call.name == "write" and call.strings[0] == b"mark begin\n":
                before = counts.copy()
    return recorder.events, {name: (before[name], counts[name]) for name in SYNCS}


def _work(workload: Workload, root: str, channel: socket.socket, planted: Planted) -> NoReturn:
    """Take the steps, and tell the recorder of each; an error of ours ends it, as it may."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        failing_calls.allow_tracing()
        channel.send(b"?")
        channel.recv(1)
        with prepared(workload, root) as session, planted():
            os.write(1, b"mark begin\n")
            with suppress(MunimentError):
                for nth, step in enumerate(workload.steps, 1):
                    step(session)
                    os.write(1, f"mark ack {nth}\n".encode())
    finally:
        os._exit(0)
