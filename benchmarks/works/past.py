"""Far back in a long history: the state at a time, what became of one document, where two branches parted."""

from contextlib import ExitStack
from datetime import datetime

from benchmarks.findings import MS, Finding, Table, Target, median, spread
from benchmarks.fleet import System, SystemMissingError, filled, interleave, quiet
from benchmarks.options import Options

OURS, PEERS = "muniment-os", ("pygit2", "dulwich")
LONG = 10
"""Commits to each document asked for: 100,000 in the long history."""
SMALL = 100
"""Documents in it; what they are does not matter to who goes back."""
SHAPES = {"a few commits apart": 3, "100 commits apart": 100}
AGAIN, FIRST = 30, 5
Samples = dict[str, list[int]]


def first(store: System, verb: str, *arguments: object) -> list[int]:
    """Ask new processes, each once: nothing is in their memory yet."""
    elapsed = []
    for _ in range(FIRST):
        with System(store.system, store.folder) as fresh:
            fresh.ask("open")
            elapsed.append(fresh.ask(verb, *arguments))
            fresh.ask("close")
    return elapsed


def at_times(store: System, length: int) -> Samples:
    """Ask for moments all over the history, and for one near each end of it in new processes."""
    begin, end = (datetime.fromisoformat(store.ask("time_of", one)) for one in (f"main~{length}", "main"))

    def moment(share: float) -> str:
        return f"main@{{{(begin + (end - begin) * share).isoformat()}}}"

    again = [store.ask("at", moment(step * 37 % AGAIN / AGAIN)) for step in range(AGAIN + 1)][1:]
    return {
        "again, all over the history": again,
        "first in a process, after 99.9 % of it": first(store, "at", moment(0.999)),
        "first in a process, after 10 % of it": first(store, "at", moment(0.1)),
    }


def histories(options: Options, store: System) -> Samples:
    """Ask for the history of a document, and then of others, in a store where each commit changed one."""
    commits = options.documents
    store.ask("commit_many", options.documents, commits, 1)
    quiet()
    store.ask("history", 7, 2)
    again = [store.ask("history", 7, 2) for _ in range(AGAIN)]
    others = [store.ask("history", step * 37 % options.documents, 2) for step in range(1, AGAIN + 1)]
    return {
        "again, of one document": again,
        "of others, one after another": others,
        "first in a process": first(store, "history", 7, 2),
    }


def bases(systems: list[System], base: dict[System, str]) -> tuple[list[list[str]], Samples]:
    """Let two branches part at the head, and look for where they did; again and first."""
    rows: list[list[str]] = []
    samples: Samples = {}
    for shape, apart in SHAPES.items():
        asked = {}
        for system in systems:
            side = system.ask("extend", f"side-{apart}", apart)
            asked[system] = (system.ask("extend", "main", apart), side, base[system])
            base[system] = asked[system][0]
        quiet()
        answers = interleave(
            systems, AGAIN + 1, lambda system, _, asked=asked: system.ask("merge_base", *asked[system])
        )
        for system, answer in zip(systems, answers, strict=True):
            samples[f"{system.system}, {shape}, again"] = answer[1:]
            samples[f"{system.system}, {shape}, first"] = cold = first(system, "merge_base", *asked[system])
            rows.append([system.system, shape, *spread(answer[1:], MS), f"{median(cold) / MS:.3g}"])
    return rows, samples


def lines(
    options: Options, length: int, stack: ExitStack, missing: list[str]
) -> tuple[list[System], dict[System, str]]:
    """Start the systems, each with a long line of commits; give the heads too."""
    heads: dict[System, str] = {}
    for name in options.peers(OURS, *PEERS):
        try:
            system = stack.enter_context(filled(name, options.fresh(name), SMALL))
            heads[system] = system.ask("extend", "main", length)
        except SystemMissingError as error:
            missing.append(str(error))
    quiet()
    return list(heads), heads


def table_of(title: str, samples: Samples) -> Table:
    return Table(title, ["asked", "p50 ms", "p90", "mean"], [[how, *spread(one, MS)] for how, one in samples.items()])


def measure(options: Options) -> Finding:
    length, missing, tables, targets = LONG * options.documents, list[str](), list[Table](), list[Target]()
    samples: Samples = {}

    def note(title: str, rule: str, limit: float, found: Samples) -> None:
        tables.append(table_of(title, found))
        samples.update({f"{rule}, {how}": values for how, values in found.items()})
        warm = {how: values for how, values in found.items() if not how.startswith("first")}
        targets.extend(Target(f"{rule}, {how}", limit, median(values) / MS, "ms") for how, values in warm.items())

    with ExitStack() as stack:
        systems, heads = lines(options, length, stack, missing)
        if systems and systems[0].system == OURS:
            found = at_times(systems[0], length)
            note("`at` a time", f"`at` a time over {length:,} commits", 1, found)
        rows, of_bases = bases(systems, heads)
    samples |= of_bases
    columns = ["system", "how", "p50 ms", "p90", "mean", "first in a process"]
    told = f"Muniment's {length:,} commits each change a small document; those of pygit2 and dulwich have one tree."
    tables.append(Table(f"Merge base in a history of {length:,} commits", columns, rows, told))
    targets += [
        Target(f"merge base in {length:,} commits, {shape}", 5, median(of_bases[key]) / MS, "ms")
        for shape in SHAPES
        if (key := f"{OURS}, {shape}, again") in of_bases
    ]
    if options.peers(OURS):
        with filled(OURS, options.fresh(OURS), options.documents) as store:
            rule = f"`history` of a document over {options.documents:,} commits"
            title = f"`history` in a store of {options.documents:,} documents, each commit changing one"
            note(title, rule, 50, histories(options, store))
    settings: dict[str, int | float | str] = {"documents": options.documents, "commits": length}
    return Finding("past", "Far back", tables, targets, samples, missing, settings=settings)
