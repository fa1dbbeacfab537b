"""Watching: how soon a change is delivered, what a burst loses, what waiting costs; beside watchdog's events alone."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.corpus import AUTHOR
from benchmarks.findings import MS, Finding, Table, Target, median, number, quantile
from benchmarks.fleet import ROOT, environment, quiet
from benchmarks.options import Options

SYSTEMS = ("muniment", "watchdog")
CHANGES, GAP_S = 500, 0.02
BURST, BURST_NAMES = 20_000, 200
IDLE_S = 20


def made(folder: Path, documents: int) -> Path:
    """Make a store whose documents are all committed."""
    from muniment import Store

    with Store.init(folder, author=AUTHOR, durability="os") as store, store.transaction("fill") as tx:
        for index in range(documents):
            tx.write(f"group-{index % 100}/d{index}", {"at": 0, "number": -1})
    return folder


def replaced(folder: Path, name: str, value: int) -> None:
    """Replace a document as an editor does: by renaming, from another folder of the same file system."""
    temporary = folder / ".muniment" / "local" / "tmp" / "benchmark"
    temporary.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_text(json.dumps({"at": time.monotonic_ns(), "number": value}))
    os.replace(temporary, folder / f"{name}.json")


def seen_by(system: str, folder: Path, act: Callable[[], None]) -> dict[str, Any]:
    """Let another process watch while something is done, and give what it saw."""
    command = [sys.executable, "-m", "benchmarks.watch_process", system, str(folder)]
    with subprocess.Popen(
        command, env=environment(), cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        act()
        reader.stdin.write("end\n")
        reader.stdin.flush()
        found: dict[str, Any] = json.loads(reader.stdout.readline())
    return found


def soon(options: Options) -> tuple[Table, list[Target], dict[str, list[int]]]:
    rows, targets, samples = [], [], {}
    for system in SYSTEMS:
        folder = made(options.fresh(f"{system}-soon"), options.documents)
        quiet()

        def change_now_and_then(folder: Path = folder) -> None:
            for index in range(CHANGES):
                time.sleep(GAP_S)
                replaced(folder, f"group-{index % 100}/d{index % 100}", index)

        delays = seen_by(system, folder, change_now_and_then)["delays"]
        middle, late = median(delays) / MS, quantile(delays, 0.99) / MS
        rows.append([system, f"{len(delays):,}", number(middle), number(late), number(max(delays) / MS)])
        samples[system] = delays
        if system == "muniment":
            rule = f"from `os.replace` to the delivered change, {options.documents:,} documents"
            targets += [Target(f"{rule}: p50", 5, middle, "ms"), Target(f"{rule}: p99", 50, late, "ms")]
            targets.append(Target("changes of an idle store that were not delivered", 0, CHANGES - len(delays)))
    title = f"{CHANGES} replacements, one each {GAP_S * 1000:.0f} ms, among {options.documents:,} documents"
    return Table(title, ["system", "delivered", "p50 ms", "p99", "longest"], rows), targets, samples


def burst(options: Options) -> tuple[Table, list[Target]]:
    rows, targets = [], []
    for system in SYSTEMS:
        folder = made(options.fresh(f"{system}-burst"), BURST_NAMES)
        quiet()
        times: list[float] = []

        def change_all_the_time(folder: Path = folder, times: list[float] = times) -> None:
            start = time.perf_counter()
            for index in range(BURST):
                name = index % BURST_NAMES
                replaced(folder, f"group-{name % 100}/d{name}", index)
            times.append(time.perf_counter() - start)

        found = seen_by(system, folder, change_all_the_time)
        wanted = {f"d{index % BURST_NAMES}": index for index in range(BURST - BURST_NAMES, BURST)}
        last = {name.rpartition("/")[2]: value for name, value in found["last"].items()}
        wrong = sum(last.get(name) != value for name, value in wanted.items())
        rows.append([system, number(times[0]), f"{len(found['delays']):,}", str(wrong), number(found["peak"] / 1e6)])
        if system == "muniment":
            targets.append(Target(f"{BURST:,} replacements: documents whose last state was not delivered", 0, wrong))
    title = f"{BURST:,} replacements of {BURST_NAMES} documents, one after the other"
    return Table(title, ["system", "took s", "delivered", "last states missing", "peak MB"], rows), targets


def idle(options: Options) -> tuple[Table, list[Target]]:
    rows, targets = [], []
    for system in SYSTEMS:
        folder = made(options.fresh(f"{system}-idle"), options.documents)
        quiet()
        share = seen_by(system, folder, lambda: time.sleep(IDLE_S))["cpu_s"] / IDLE_S * 100
        rows.append([system, number(share)])
        if system == "muniment":
            targets.append(Target(f"watching {options.documents:,} documents that rest: of a core", 1, share, "%"))
    return Table(
        f"{options.documents:,} documents, nothing happens for {IDLE_S} s", ["system", "% of a core"], rows
    ), targets


def measure(options: Options) -> Finding:
    first, targets, samples = soon(options)
    second, more = burst(options)
    third, most = idle(options)
    settings: dict[str, int | float | str] = {"documents": options.documents}
    return Finding("watching", "Watching", [first, second, third], [*targets, *more, *most], samples, settings=settings)
