"""Reading one document: at the head, at an old commit, and from its working file."""

from contextlib import ExitStack

from benchmarks.findings import US, Finding, Table, Target, median, number, spread
from benchmarks.fleet import System, SystemMissingError, filled, interleave, quiet
from benchmarks.options import Options

SYSTEMS = ("muniment", "doltlite", "kvgit-full", "pygit2-fsync", "dulwich-fsync", "sqlite", "sqlite-per-call")
BACK, ROUNDS, BATCH = 1_000, 10, 100
Samples = dict[str, list[int]]


def prepared(options: Options, systems: list[str], stack: ExitStack, missing: list[str]) -> list[System]:
    """Start the systems, each with its documents and a history that is long enough."""
    ready = []
    for system in systems:
        try:
            started = stack.enter_context(filled(system, options.fresh(system), options.documents))
            started.ask("commit_many", options.documents, BACK + BATCH, 1)
            ready.append(started)
        except SystemMissingError as error:
            missing.append(str(error))
    quiet()
    return ready


def batches(systems: list[System], verb: str, *more: object) -> list[list[int]]:
    """Ask for batches of reads in turn; the first one warms up and does not count."""
    size = max(BATCH, 1)
    indexes = [step * 37 % 1000 for step in range(size)]
    answers = interleave(systems, ROUNDS + 1, lambda system, _: system.ask(verb, indexes, *more))
    return [[one for batch in answer[1:] for one in batch] for answer in answers]


def table(title: str, systems: list[System], answers: list[list[int]], note: str = "") -> Table:
    rows = [[system.system, *spread(samples, US)] for system, samples in zip(systems, answers, strict=True)]
    return Table(title, ["system", "p50 us", "p90", "mean"], rows, note)


def of_muniment(muniment: System) -> tuple[Samples, list[Target]]:
    """What only Muniment has: a snapshot that is held, and working files."""
    indexes = [step * 37 % 1000 for step in range(BATCH)]
    held = batches([muniment], "read_snapshot")[0]
    with_files: list[tuple[list[int], list[int]]] = [muniment.ask("read_working", indexes) for _ in range(ROUNDS + 1)]
    through, bare = ([one for batch in with_files[1:] for one in batch[side]] for side in (0, 1))
    rule = "re-reading an unchanged working file against a bare open, read and msgspec decode"
    samples = {"held snapshot": held, "working file": through, "bare working file": bare}
    return samples, [Target(rule, 1.5, median(through) / median(bare), "x")]


def working_files(options: Options) -> tuple[Samples, list[Target]]:
    """Give a store of its own a thousand working files and read them."""
    with filled("muniment-files", options.fresh("muniment-files"), 1_000) as store:
        quiet()
        return of_muniment(store)


def measure(options: Options) -> Finding:
    missing: list[str] = []
    targets: list[Target] = []
    with ExitStack() as stack:
        systems = prepared(options, options.peers(*SYSTEMS), stack, missing)
        head, back = batches(systems, "read_head"), batches(systems, "read_back", BACK)
    samples = {f"{one.system} head": values for one, values in zip(systems, head, strict=True)}
    samples |= {f"{one.system} back": values for one, values in zip(systems, back, strict=True)}
    note = "kvgit gives back the object that it decoded the last time; the others decode anew."
    tables = [
        table("A document at the head, warm, typed", systems, head, note),
        table(f"A document at a commit {BACK:,} back, typed", systems, back),
    ]
    if "muniment head" in samples:
        targets.append(Target("read at the head, warm, typed", 10, median(samples["muniment head"]) / US, "us"))
        targets.append(Target("read at a commit 1,000 back", 0.12, median(samples["muniment back"]) / 1e6, "ms"))
        own, more = working_files(options)
        samples, targets = samples | own, targets + more
        rows = [[how, *spread(values, US), number(median(values) / US)] for how, values in own.items()]
        tables.append(Table("Muniment alone", ["read", "p50 us", "p90", "mean"], [row[:4] for row in rows]))
    settings: dict[str, int | float | str] = {"documents": options.documents, "reads": ROUNDS * BATCH}
    return Finding("read", "Reading one document", tables, targets, samples, missing, settings=settings)
