"""The newest 1,000 commits, each with its author, time and message; and what the history takes on disk."""

from contextlib import ExitStack

from benchmarks.findings import MS, Finding, Table, Target, median, number, spread
from benchmarks.fleet import System, interleave
from benchmarks.options import Options
from benchmarks.works.read import SYSTEMS, prepared

COUNT, ROUNDS = 1_000, 30


def first_log(system: System) -> int:
    """Ask a new process for the log, once: nothing is in its memory yet."""
    with System(system.system, system.folder) as fresh:
        fresh.ask("open")
        elapsed: int = fresh.ask("log", COUNT)
        fresh.ask("close")
    return elapsed


def measure(options: Options) -> Finding:
    missing: list[str] = []
    with ExitStack() as stack:
        systems = prepared(options, options.peers(*SYSTEMS), stack, missing)
        answers = interleave(systems, ROUNDS, lambda system, _: system.ask("log", COUNT))
        spaces = [system.ask("size") for system in systems]
        for system in systems:
            system.ask("close")
        first = interleave(systems, 5, lambda system, _: first_log(system))
    by_name = {system.system: samples for system, samples in zip(systems, answers, strict=True)}
    rows = [
        [one.system, *spread(samples, MS), number(median(fresh) / MS), f"{files:,}", number(size_bytes / 1e6)]
        for one, samples, fresh, (files, size_bytes) in zip(systems, answers, first, spaces, strict=True)
    ]
    columns = ["system", "p50 ms", "p90", "mean", "first in a process", "files", "MB"]
    what = f"Log of {COUNT:,} commits; size after {options.documents:,} documents and 1,100 commits"
    targets = []
    if {"muniment", "doltlite"} <= by_name.keys():
        ratio = median(by_name["muniment"]) / median(by_name["doltlite"])
        targets.append(Target("log of 1,000 commits, beside DoltLite", 2, ratio, "x"))
    note = "DoltLite gives its query's plain rows, the least that it can do; the others give an object a commit."
    return Finding(
        "log", "Log", [Table(what, columns, rows, note)], targets, by_name, missing,
        settings={"documents": options.documents, "rounds": ROUNDS},
    )  # fmt: skip
