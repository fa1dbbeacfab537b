"""The same commit in stores of growing size: what a commit costs must hardly depend on what is there."""

from contextlib import ExitStack

from benchmarks.findings import MS, Finding, Table, Target, median, number, spread
from benchmarks.fleet import System, SystemMissingError, filled, interleave, quiet
from benchmarks.options import Options

PEERS = ("doltlite", "kvgit-full", "pygit2-fsync", "dulwich-fsync", "sqlite")
PEER_LIMIT = 100_000
"""Documents to the largest store of a peer; filling a million takes most of them too long."""
WARM_UP = 20


def commits(systems: list[System], sizes: list[int], count: int) -> list[list[int]]:
    """Commit in every store in turn, to documents all over it."""
    size_of = dict(zip(systems, sizes, strict=True))

    def commit(system: System, step: int) -> int:
        elapsed: int = system.ask("commit", (step + 1) * 7919 % size_of[system], step + 1)
        return elapsed

    return [answer[WARM_UP:] for answer in interleave(systems, WARM_UP + count, commit)]


def one_system(options: Options, system: str, sizes: list[int]) -> tuple[list[list[str]], dict[int, list[int]]]:
    """Fill a store of each size, then measure them interleaved."""
    with ExitStack() as stack:
        stores = [stack.enter_context(filled(system, options.fresh(f"{system}-{size}"), size)) for size in sizes]
        quiet()
        answers = commits(stores, sizes, options.commits)
        spaces = [store.ask("size") for store in stores]
    rows = [
        [system, f"{size:,}", *spread(samples, MS), number(median(samples) / median(answers[0])),
         number(store.filling_ns / 1e9), f"{files:,}", number(size_bytes / 1e6)]
        for size, samples, store, (files, size_bytes) in zip(sizes, answers, stores, spaces, strict=True)
    ]  # fmt: skip
    return rows, dict(zip(sizes, answers, strict=True))


def measure(options: Options) -> Finding:
    rows: list[list[str]] = []
    samples: dict[str, list[int]] = {}
    missing: list[str] = []
    targets: list[Target] = []
    for system in options.peers("muniment", *PEERS):
        sizes = [size for size in options.sizes if system == "muniment" or size <= PEER_LIMIT]
        try:
            more, by_size = one_system(options, system, sizes)
        except SystemMissingError as error:
            missing.append(str(error))
            continue
        rows += more
        samples |= {f"{system} at {size}": values for size, values in by_size.items()}
        if system == "muniment" and sizes[-1] > sizes[0]:
            rule = f"durable commit, no working file, at {sizes[-1]:,} documents against at {sizes[0]:,}"
            targets.append(Target(rule, 1.6, median(by_size[sizes[-1]]) / median(by_size[sizes[0]]), "x"))
    columns = ["system", "documents", "p50 ms", "p90", "mean", "to the smallest", "filled in s", "files", "MB"]
    note = "Muniment is filled by transactions of 10,000 documents each, `worktree=False`; the others in one."
    return Finding(
        work="scale",
        title="Commit in stores of growing size",
        tables=[Table("A commit of one changed 2 KB document", columns, rows, note)],
        targets=targets,
        samples=samples,
        missing=missing,
        settings={"commits": options.commits, "sizes": ", ".join(f"{size:,}" for size in options.sizes)},
    )
