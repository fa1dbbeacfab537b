"""What differs between two commits 1,000 apart."""

from contextlib import ExitStack

from benchmarks.findings import MS, Finding, Table, Target, median, number, spread
from benchmarks.fleet import System, interleave
from benchmarks.options import Options
from benchmarks.works.read import prepared

SYSTEMS = ("muniment", "pygit2", "doltlite", "kvgit", "dulwich")
APART, ROUNDS, FIRST = 1_000, 31, 5


def first(system: System, before: str, after: str) -> int:
    """Ask a new process, once: nothing is in its memory yet."""
    with System(system.system, system.folder) as fresh:
        fresh.ask("open")
        elapsed: int = fresh.ask("diff", before, after, APART)
        fresh.ask("close")
    return elapsed


def measure(options: Options) -> Finding:
    missing: list[str] = []
    with ExitStack() as stack:
        systems = prepared(options, options.peers(*SYSTEMS), stack, missing)
        ends = {
            system: (commits[-1 - APART], commits[-1]) for system in systems if (commits := system.ask("commits_made"))
        }
        answers = interleave(systems, ROUNDS, lambda system, _: system.ask("diff", *ends[system], APART))
        for system in systems:
            system.ask("close")
        cold = interleave(systems, FIRST, lambda system, _: first(system, *ends[system]))
    samples = {system.system: answer[1:] for system, answer in zip(systems, answers, strict=True)}
    samples |= {f"{system.system} first": answer for system, answer in zip(systems, cold, strict=True)}
    rows = [
        [system.system, *spread(samples[system.system], MS), number(median(samples[f"{system.system} first"]) / MS)]
        for system in systems
    ]
    targets = []
    if "muniment" in samples:
        rule = f"diff of two commits {APART:,} apart, again"
        targets.append(Target(rule, 5, median(samples["muniment"]) / MS, "ms"))
    title = f"Which of {options.documents:,} documents differ between two commits {APART:,} apart: {APART:,} do"
    note = "Each gives a list of the names, as its interface has it, and reads no document. First: in a new process."
    table = Table(title, ["system", "p50 ms", "p90", "mean", "first in a process"], rows, note)
    settings: dict[str, int | float | str] = {"documents": options.documents, "rounds": ROUNDS - 1}
    return Finding("diffing", "Diff of two commits", [table], targets, samples, missing, settings=settings)
