"""Which commit set each place of a document that 1,000 commits changed."""

from benchmarks.findings import MS, Finding, Table, Target, median, spread
from benchmarks.fleet import System, SystemMissingError, filled, quiet
from benchmarks.options import Options

SYSTEM, INDEX, CHANGES, ROUNDS, FIRST = "muniment-os", 7, 1_000, 15, 5


def first(store: System) -> int:
    """Ask a new process, once: nothing is in its memory yet."""
    with System(store.system, store.folder) as fresh:
        fresh.ask("open")
        elapsed: int = fresh.ask("blame", INDEX)
        fresh.ask("close")
    return elapsed


def measure(options: Options) -> Finding:
    if not options.peers(SYSTEM):
        return Finding("blaming", "Blame", [], missing=[f"{SYSTEM} was not asked for"])
    try:
        with filled(SYSTEM, options.fresh(SYSTEM), options.documents) as store:
            for revision in range(1, CHANGES + 1):
                store.ask("commit", INDEX, revision)
            quiet()
            again = [store.ask("blame", INDEX) for _ in range(ROUNDS + 1)][1:]
            store.ask("close")
            samples = {"first in a process": [first(store) for _ in range(FIRST)], "again": again}
    except SystemMissingError as error:
        return Finding("blaming", "Blame", [], missing=[str(error)])
    rule = f"blame of a document changed in {CHANGES:,} commits"
    targets = [Target(f"{rule}, {how}", 100, median(values) / MS, "ms") for how, values in samples.items()]
    rows = [[how, *spread(values, MS)] for how, values in samples.items()]
    table = Table(
        f"A document of {options.documents:,}, changed in {CHANGES:,} commits", ["", "p50 ms", "p90", "mean"], rows
    )
    settings: dict[str, int | float | str] = {"documents": options.documents, "commits": CHANGES}
    return Finding("blaming", "Blame", [table], targets, samples, settings=settings)
