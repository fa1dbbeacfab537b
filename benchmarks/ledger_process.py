"""Ledgers in new processes: `ledger_process.py VERB SYSTEM FOLDER ...`, and the other end of it.

A process answers with one line of JSON; times are in nanoseconds, and importing is outside them.
"""

import resource
import subprocess
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import msgspec

from benchmarks import ledgers
from benchmarks.branch_requests import timed
from benchmarks.fleet import ROOT, environment

APART = 1_000_000_000
"""So far from each other are the entries of processes that append at once; and so far from those of a fill."""
NEEDED = {"muniment": ("muniment.repo.store", "muniment.repo.ledgers"), "sqlite-full": ("sqlite3",)}
"""Modules that opening imports, if nobody has."""


def first_looks(system: str, folder: str, key: str) -> list[int]:
    """Import what a ledger needs; then open, count, and find one entry by its key, both from the opening on."""
    imported = timed(lambda: [import_module(module) for module in NEEDED[system]])[0]
    start = time.perf_counter_ns()
    ledger = ledgers.opened(system, Path(folder))
    ledger.count()
    counted = time.perf_counter_ns() - start
    found = ledger.by_key(key)
    elapsed = time.perf_counter_ns() - start
    assert found, f"{system} has no entry {key}"
    return [imported, counted, elapsed]


def replay(system: str, folder: str) -> list[int]:
    """Give the time, the entries, and the most memory that the process had."""
    ledger = ledgers.opened(system, Path(folder))
    elapsed, count = timed(ledger.replay)
    return [elapsed, count, peak_bytes()]


def peak_bytes() -> int:
    """Give the most memory that this process had. What `getrusage` says, a new process inherits from its parent."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def contend(system: str, folder: str, number: str, seconds: str) -> dict[str, Any]:
    """Append entries of its own for some seconds, from a moment on that is told when all are ready; nothing is retried.

    Gives the ids of those that were acknowledged, and how often each error came.
    """
    ledger = ledgers.opened(system, Path(folder))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    acknowledged, errors = list[str](), Counter[str]()
    index = (int(number) + 1) * APART
    time.sleep(max(0.0, float(sys.stdin.readline()) - time.time()))
    end = time.perf_counter() + float(seconds)
    while time.perf_counter() < end:
        index += 1
        try:
            acknowledged.append(ledger.append(ledgers.entry(index)))
        except Exception as error:  # noqa: BLE001 - whatever a caller would be thrown is counted
            errors[type(error).__name__] += 1
    ledger.close()
    return {"acknowledged": acknowledged, "errors": errors}


VERBS = {"first_looks": first_looks, "replay": replay, "contend": contend}


def start(verb: str, system: str, folder: Path, *arguments: object) -> subprocess.Popen[bytes]:
    """Start a process, with compiled modules cached as an installation has them."""
    command = [sys.executable, "-m", "benchmarks.ledger_process", verb, system, str(folder), *map(str, arguments)]
    cached = {key: value for key, value in environment().items() if key != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(command, env=cached, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def ask(verb: str, system: str, folder: Path, *arguments: object) -> Any:
    """Let a new process do something, and give its answer."""
    return answer_of(start(verb, system, folder, *arguments))


def answer_of(process: subprocess.Popen[bytes]) -> Any:
    said, _ = process.communicate()
    assert process.returncode == 0, f"a process of a ledger ended with {process.returncode}"
    return msgspec.json.decode(said)


def appended_at_once(system: str, folder: Path, processes: int, seconds: float) -> list[dict[str, Any]]:
    """Let some processes append to one ledger for some seconds, and give the answer of each."""
    ledgers.opened(system, folder).close()
    started = [start("contend", system, folder, number, seconds) for number in range(processes)]
    for process in started:
        pipe(process.stdout).readline()
    moment = b"%f\n" % (time.time() + 0.3)
    for process in started:
        pipe(process.stdin).write(moment)
        pipe(process.stdin).flush()
    return [answer_of(process) for process in started]


def pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None, "started with pipes"
    return end


if __name__ == "__main__":
    verb_name, *texts = sys.argv[1:]
    sys.stdout.write(msgspec.json.encode(VERBS[verb_name](*texts)).decode() + "\n")
