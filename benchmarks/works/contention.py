"""Four processes commit to one branch for some seconds, each to a document of its own, none retrying."""

import time
from contextlib import ExitStack
from typing import Any

from benchmarks.findings import Finding, Table, Target
from benchmarks.fleet import System, SystemMissingError, filled, quiet
from benchmarks.options import Options

SYSTEMS = ("muniment", "muniment-files", "doltlite", "doltlite-one", "kvgit-full", "pygit2-fsync", "sqlite")
PROCESSES = 4


def contend(options: Options, system: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Give what each process reports, and the ids that the log holds afterwards."""
    folder = options.fresh(f"contention-{system}")
    with filled(system, folder, options.documents) as first:
        first.ask("close")
    quiet()
    with ExitStack() as stack:
        writers = [stack.enter_context(System(system, folder)) for _ in range(PROCESSES)]
        for writer in writers:
            writer.ask("open")
        start_at = time.time() + 0.3
        for index, writer in enumerate(writers):
            writer.send("contend", index * 101, start_at, options.seconds)
        reports = [writer.receive() for writer in writers]
        for writer in writers:
            writer.ask("close")
    with System(system, folder) as reader:
        reader.ask("open")
        acknowledged = sum(len(report["acknowledged"]) for report in reports)
        ids = reader.ask("log_ids", acknowledged + 100)
        reader.ask("close")
    return reports, ids


def row(options: Options, system: str) -> tuple[list[str], float, int, int]:
    """Give the cells, and of them the rate, the errors and the losses as numbers."""
    reports, ids = contend(options, system)
    each = [len(report["acknowledged"]) for report in reports]
    lost = len({one for report in reports for one in report["acknowledged"]} - {*ids})
    errors: dict[str, int] = {}
    for report in reports:
        for kind, times in report["errors"].items():
            errors[kind] = errors.get(kind, 0) + times
    rate = sum(each) / options.seconds
    said = ", ".join(f"{times:,} {kind}" for kind, times in sorted(errors.items())) or "0"
    return [system, f"{rate:,.0f}", said, str(lost), f"{min(each):,} / {max(each):,}"], rate, sum(errors.values()), lost


def measure(options: Options) -> Finding:
    rows, missing, targets = [], [], []
    for system in options.peers(*SYSTEMS):
        try:
            cells, rate, errors, lost = row(options, system)
        except SystemMissingError as error:
            missing.append(str(error))
            continue
        rows.append(cells)
        if system == "muniment":
            what = f"{PROCESSES} processes on one branch"
            targets.append(Target(f"{what}: commits a second together", 700, rate, "/s", at_least=True))
            targets.append(Target(f"{what}: errors thrown to the caller", 0, errors))
            targets.append(Target(f"{what}: acknowledged commits lost", 0, lost))
    columns = ["system", "commits/s together", "errors thrown", "lost", "fewest / most of one process"]
    note = "A merge commit that a system makes by itself (kvgit) is not counted as a commit."
    title = f"{PROCESSES} processes, {options.seconds:g} seconds, {options.documents:,} documents"
    settings: dict[str, int | float | str] = {"seconds": options.seconds, "documents": options.documents}
    return Finding(
        "contention", "Four processes on one branch", [Table(title, columns, rows, note)], targets, {}, missing,
        settings=settings,
    )  # fmt: skip
