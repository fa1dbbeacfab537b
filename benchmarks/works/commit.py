"""A durable commit of one changed document: Muniment beside each peer, in pairs."""

from benchmarks.findings import MS, Finding, Table, Target, median, number, spread
from benchmarks.fleet import System, SystemMissingError, filled, interleave, quiet
from benchmarks.options import Options
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
BLOCK = 50
COLUMNS = ["beside", "how", "peer p50 ms", "p90", "mean", "Muniment p50 ms", "p90", "mean", "ratio of p50", "in blocks"]


class Pairs:
    """One Muniment store, held open, and a fresh store of each peer in turn."""

    def __init__(self, options: Options, subject: str) -> None:
        self.options, self.subject = options, subject
        self.rows: list[list[str]] = []
        self.ratios: dict[str, float] = {}
        self.in_blocks: dict[str, float] = {}
        self.samples: dict[str, list[int]] = {}
        self.missing: list[str] = []
        self.revision = 1

    def run(self, peers: list[str]) -> None:
        with filled(self.subject, self.options.fresh(self.subject), self.options.documents) as subject:
            for peer in peers:
                try:
                    with filled(peer, self.options.fresh(peer), self.options.documents) as other:
                        self._pair(subject, other)
                except SystemMissingError as error:
                    self.missing.append(str(error))

    def _pair(self, subject: System, other: System) -> None:
        quiet()
        self._commits(subject, other, 20, 1)  # warm both up
        single = self._commits(subject, other, self.options.commits, 1)
        blocks = self._commits(subject, other, self.options.commits, BLOCK)
        ours, theirs = single
        ratio = median(ours) / median(theirs)
        block_ratio = median(blocks[0]) / median(blocks[1])
        self.ratios[other.system], self.in_blocks[other.system] = ratio, block_ratio
        self.samples[f"{subject.system} beside {other.system}"] = ours
        self.samples[f"{other.system} beside {subject.system}"] = theirs
        cells = [*spread(theirs, MS), *spread(ours, MS), number(ratio), number(block_ratio)]
        self.rows.append([other.system, MEANING[other.system], *cells])

    def _commits(self, subject: System, other: System, count: int, block: int) -> list[list[int]]:
        first = self.revision
        self.revision += count

        def commit(system: System, step: int) -> int:
            revision = first + step
            elapsed: int = system.ask("commit", revision * 7919 % self.options.documents, revision)
            return elapsed

        return interleave([subject, other], count, commit, block=block)

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
