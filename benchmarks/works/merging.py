"""Merging two branches, each of which changed 100 documents that the other left alone."""

from contextlib import ExitStack

from benchmarks.findings import MS, Finding, Table, Target, median, spread
from benchmarks.fleet import System, SystemMissingError, filled, interleave, quiet
from benchmarks.options import Options
from benchmarks.peers import MEANING

SYSTEMS = (
    "muniment",
    "muniment-os",
    "dulwich",
    "dulwich-fsync",
    "doltlite",
    "kvgit",
    "kvgit-full",
    "pygit2",
    "pygit2-fsync",
)
SIZE, ROUNDS, WARM_UP = 100, 15, 2
SHAPES = {"side by side": 1, "all over the store": 7919}
"""How far apart the changed documents are: neighbours, in one folder for each branch, or in all of the folders."""
TARGET = "side by side"
NOTE = """A merge begins with the names of two branches and ends with a merge commit and one branch moved to it. Each
round has a fork of its own, made in advance: two branches on the filled store, a commit of 100 documents on each, so
that nothing of a merge is there already. The branch that DoltLite and kvgit merge into was checked out before the clock
starts; the others check nothing out. Synced at each merge: `muniment`, `doltlite`, `kvgit-full`, `dulwich-fsync` and
`pygit2-fsync`, as at a commit; `dulwich` syncs the ref only."""


def forked(options: Options, stack: ExitStack, missing: list[str]) -> list[System]:
    """Start the systems, make the forks of both shapes in each, and merge the first few."""
    ready = []
    for system in options.peers(*SYSTEMS):
        try:
            started = stack.enter_context(filled(system, options.fresh(system), options.documents))
            for shape in SHAPES:
                for step in range(WARM_UP + ROUNDS):
                    started.ask("fork", *fork(options, shape, step))
                for step in range(WARM_UP):
                    started.ask("merge", *fork(options, shape, step))
            ready.append(started)
        except SystemMissingError as error:
            missing.append(str(error))
    quiet()
    return ready


def fork(options: Options, shape: str, step: int) -> tuple[int, ...]:
    """Give the number of a fork, which names its branches, and what says which documents it changes."""
    number = list(SHAPES).index(shape) * (WARM_UP + ROUNDS) + step
    return number, options.documents, SIZE, SHAPES[shape]


def measure(options: Options) -> Finding:
    missing: list[str] = []
    tables: list[Table] = []
    targets: list[Target] = []
    samples: dict[str, list[int]] = {}
    with ExitStack() as stack:
        systems = forked(options, stack, missing)
        for shape in SHAPES:
            asked = [fork(options, shape, WARM_UP + step) for step in range(ROUNDS)]
            answers = interleave(systems, ROUNDS, lambda system, step, asked=asked: system.ask("merge", *asked[step]))
            found = {system.system: answer for system, answer in zip(systems, answers, strict=True)}
            samples |= {f"{name}, {shape}": values for name, values in found.items()}
            rows = [[name, MEANING[name], *spread(values, MS)] for name, values in found.items()]
            title = f"Merge of {SIZE} + {SIZE} changed documents of {options.documents:,}, {shape}; no working files"
            tables.append(Table(title, ["system", "how", "p50 ms", "p90", "mean"], rows))
            if shape == TARGET and "muniment" in found:
                rule = f"durable merge of {SIZE} + {SIZE} changed documents, {shape}"
                targets.append(Target(rule, 5, median(found["muniment"]) / MS, "ms"))
    tables[-1].note = " ".join(NOTE.split())
    settings: dict[str, int | float | str] = {"documents": options.documents, "rounds": ROUNDS}
    return Finding("merging", "Merge", tables, targets, samples, missing, settings=settings)
