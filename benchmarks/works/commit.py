"""A durable commit of one changed document: Muniment beside each peer, in pairs."""

import subprocess
import sys

import msgspec

from benchmarks.findings import MS, Finding, Table, Target, median, number, spread
from benchmarks.fleet import ROOT, environment
from benchmarks.options import Options
from benchmarks.pair import BLOCK, PairTimes
from benchmarks.peers import MEANING

PEERS = (
    "doltlite",
    "doltlite-one",
    "pygit2-fsync",
    "dulwich-fsync",
    "kvgit-full",
    "sqlite-per-call",
    "sqlite",
    "pygit2",
    "dulwich",
    "kvgit",
)
COLUMNS = ["beside", "how", "peer p50 ms", "p90", "mean", "Muniment p50 ms", "p90", "mean", "ratio of p50", "in blocks"]


class Pairs:
    """The subject beside each peer in turn: two fresh stores and a process of their own a pair."""

    def __init__(self, options: Options, subject: str) -> None:
        self.options, self.subject = options, subject
        self.rows: list[list[str]] = []
        self.ratios: dict[str, float] = {}
        self.in_blocks: dict[str, float] = {}
        self.samples: dict[str, list[int]] = {}
        self.missing: list[str] = []

    def run(self, peers: list[str]) -> None:
        """Measure the pairs; one that cannot be is named in `missing`."""
        for peer in peers:
            numbers = [str(self.options.documents), str(self.options.commits)]
            stores = [peer, str(self.options.fresh(peer)), self.subject, str(self.options.fresh(self.subject))]
            command = [sys.executable, "-m", "benchmarks.pair", *numbers, *stores]
            done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, check=False)
            if done.returncode:
                reason = done.stderr.decode(errors="replace").strip().splitlines() or ["it ended without a word"]
                self.missing.append(f"{self.subject} beside {peer}: {reason[-1].replace(str(ROOT), '.')}")
            else:
                self._note(peer, msgspec.json.decode(done.stdout, type=PairTimes))

    def _note(self, peer: str, times: PairTimes) -> None:
        ratio = median(times.subject) / median(times.peer)
        block_ratio = median(times.subject_in_blocks) / median(times.peer_in_blocks)
        self.ratios[peer], self.in_blocks[peer] = ratio, block_ratio
        self.samples[f"{self.subject} beside {peer}"] = times.subject
        self.samples[f"{peer} beside {self.subject}"] = times.peer
        cells = [*spread(times.peer, MS), *spread(times.subject, MS), number(ratio), number(block_ratio)]
        self.rows.append([peer, MEANING[peer], *cells])

    def target(self, peer: str, rule: str, limit: float) -> list[Target]:
        """Compare call by call, and say in the same breath what blocks gave."""
        if peer not in self.ratios:
            return []
        rule = f"durable commit, {rule} (in blocks of {BLOCK}: {number(self.in_blocks[peer])} x)"
        return [Target(rule, limit, self.ratios[peer], "x")]


def measure(options: Options) -> Finding:
    """Measure without working files beside every peer, and with them beside DoltLite."""
    plain, files = Pairs(options, "muniment"), Pairs(options, "muniment-files")
    plain.run(options.peers("muniment-os", *PEERS))
    if "muniment-files" in options.systems:
        files.run(options.peers("muniment", "doltlite", "doltlite-one"))
    targets = [
        *plain.target("doltlite", "no working file, beside DoltLite", 0.7),
        *plain.target("pygit2-fsync", "no working file, beside pygit2 with fsync", 0.4),
        *files.target("doltlite", "working file replaced, beside DoltLite", 1.1),
    ]
    what = f"of one changed 2 KB document of {options.documents:,}"
    return Finding(
        work="commit",
        title="Commit of one changed document",
        tables=[
            Table(f"A commit {what}, no working file", COLUMNS, plain.rows),
            Table(f"A durable commit {what}, its working file replaced (`muniment-files`)", COLUMNS, files.rows),
        ],
        targets=targets,
        samples={**plain.samples, **files.samples},
        missing=[*plain.missing, *files.missing],
        settings={"documents": options.documents, "commits": options.commits, "block": BLOCK},
    )
