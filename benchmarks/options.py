"""The command line of the benchmarks, and the places that a run may use."""

import argparse
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers import SYSTEMS

WORKS = (
    "commit", "scale", "syncs", "read", "log", "open", "contention", "startup", "typed",
    "diffing", "merging", "past", "blaming", "ledger", "watching", "packing",
)  # fmt: skip


@dataclass
class Options:
    """What to measure, how often, and where."""

    documents: int
    commits: int
    seconds: float
    sizes: list[int]
    entries: int
    only: list[str]
    systems: list[str]
    run_folder: Path
    out: Path
    history: Path | None = None
    made: list[Path] = field(default_factory=list)

    def fresh(self, label: str) -> Path:
        """Name a folder that does not exist yet, for one store. It stays when the run has ended."""
        folder = self.run_folder / f"{len(self.made):03d}-{label}"
        self.made.append(folder)
        return folder

    def peers(self, *wanted: str) -> list[str]:
        """Keep of `wanted` what `--systems` names."""
        return [system for system in wanted if system in self.systems]


def parse(arguments: list[str] | None = None) -> Options:
    """Read the command line and make the run's own folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000, help="documents in each store")
    parser.add_argument("--commits", type=int, default=300, help="measured commits a system and pair")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long processes commit, or append, at once")
    parser.add_argument("--sizes", default="1000,10000,100000,1000000", help="documents in the stores of `scale`")
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries in the long ledger of `ledger`")
    parser.add_argument("--only", default=",".join(WORKS), help="works to measure, with commas between")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="systems to measure, with commas between")
    parser.add_argument("--dir", type=Path, default=Path.cwd() / "benchmark-runs", help="where stores are made")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"), help="where results are written")
    parser.add_argument("--history", type=Path, help="a real history for `packing`, in the form that replay.py reads")
    given = parser.parse_args(arguments)
    only, systems = given.only.split(","), given.systems.split(",")
    for word in {*only} - {*WORKS} | {*systems} - {*SYSTEMS}:
        parser.error(f"{word!r} is neither of {', '.join(WORKS)} nor of {', '.join(SYSTEMS)}")
    run_folder = given.dir.resolve() / time.strftime(f"%Y%m%d-%H%M%S-{os.getpid()}")
    run_folder.mkdir(parents=True)
    sizes = [int(size) for size in given.sizes.split(",")]
    numbers = (given.documents, given.commits, given.seconds, sizes, given.entries)
    return Options(*numbers, only, systems, run_folder, given.out, given.history)
