"""Opening a store with a long history: nothing may be loaded that nobody asked for."""

from benchmarks.findings import MS, Finding, Table, Target, median, number
from benchmarks.fleet import System, SystemMissingError, filled, interleave, quiet
from benchmarks.options import Options

SYSTEMS = ("muniment", "doltlite", "kvgit", "pygit2", "sqlite")
COMMITS, ROUNDS = 10_000, 11
Times = dict[str, int]


def times(system: System) -> Times:
    """Open in a new process, where the libraries are loaded already; read once; open once more."""
    with System(system.system, system.folder) as fresh:
        opened = fresh.ask("open")
        read = fresh.ask("read_head", [4711 % 1000])[0]
        again = fresh.ask("close") and fresh.ask("open")
        fresh.ask("close")
    return {"open": opened, "first read": read, "open again": again}


def measure(options: Options) -> Finding:
    missing: list[str] = []
    systems: list[System] = []
    for name in options.peers(*SYSTEMS):
        try:
            with filled(name, options.fresh(name), options.documents) as store:
                store.ask("commit_many", options.documents, COMMITS, 1)
                store.ask("close")
                systems.append(store)
        except SystemMissingError as error:
            missing.append(str(error))
    quiet()
    answers = interleave(systems, ROUNDS, lambda system, _: times(system))
    samples: dict[str, list[int]] = {}
    rows = []
    for system, answer in zip(systems, answers, strict=True):
        columns = {key: [one[key] for one in answer] for key in answer[0]}
        samples |= {f"{system.system} {key}": values for key, values in columns.items()}
        rows.append([system.system, *(number(median(values) / MS) for values in columns.values())])
    targets = []
    if "muniment open" in samples:
        rule = f"open a store of {options.documents:,} documents and {COMMITS:,} commits"
        targets.append(Target(f"{rule}, first in a process", 2, median(samples["muniment open"]) / MS, "ms"))
        targets.append(Target(f"{rule}, again", 2, median(samples["muniment open again"]) / MS, "ms"))
    title = f"A store of {options.documents:,} documents and {COMMITS:,} commits, p50 ms of {ROUNDS} processes"
    tables = [Table(title, ["system", "open", "first read of a document", "open again"], rows)]
    settings: dict[str, int | float | str] = {"documents": options.documents, "commits": COMMITS}
    return Finding("open", "Opening a store", tables, targets, samples, missing, settings=settings)
