"""The part of `ledger` that needs a long one: filling, opening, replaying it, and appending at its end."""

from pathlib import Path
from typing import NamedTuple

from benchmarks import ledger_process, ledgers
from benchmarks.branch_requests import timed
from benchmarks.findings import MS, US, Table, Target, median, number, spread
from benchmarks.fleet import interleave, quiet
from benchmarks.ledger_process import APART
from benchmarks.options import Options
from benchmarks.pair import WARM_UP

BATCH = 100_000
PEER_LIMIT = 1_000_000
"""Entries in the longest ledger of SQLite: its index of ids gets slow to fill where it is larger than the memory."""
OPENINGS, REPLAYS = 11, 5
LOOKS = ("importing", "opening to the first `len`", "opening to the first `by_key`")
Found = tuple[list[Table], list[Target], dict[str, list[int]]]


class Long(NamedTuple):
    """A ledger that was filled, and how it is called when it is filled and when it is used."""

    system: str
    folder: Path
    entries: int
    batches: tuple[float, float]
    """Entries a second of the first batch, and of the last."""

    @property
    def label(self) -> str:
        return f"{self.system} of {self.entries:,}"


def filled(options: Options, system: str, filler: str, count: int) -> Long:
    """Fill a ledger in batches, without waiting for the disk, and close it."""
    folder = options.fresh(f"{system}-{count}")
    ledger, batches = ledgers.opened(filler, folder), []
    for first in range(0, count, BATCH):
        given = ledgers.entries(first, min(BATCH, count - first))
        batches.append(len(given) * 1e9 / timed(ledger.append_many, given)[0])
    ledger.close()
    return Long(system, folder, count, (batches[0], batches[-1]))


def size(folder: Path) -> int:
    """Add up the bytes of all files, each once however many names it has."""
    states = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return sum({state.st_ino: state.st_size for state in states}.values())


def filling(longs: list[Long]) -> Table:
    rows = [
        [
            one.system,
            f"{one.entries:,}",
            number(one.batches[0]),
            number(one.batches[-1]),
            number(size(one.folder) / 1e6),
        ]
        for one in longs
    ]
    columns = ["system", "entries", "first batch entries/s", "last batch entries/s", "MB"]
    return Table(f"Filling in batches of at most {BATCH:,}, without waiting for the disk", columns, rows)


def opening(longs: list[Long]) -> Found:
    """Open in new processes, each asked for another key."""

    def look(long: Long, step: int) -> list[int]:
        key = ledgers.key((step + 1) * 7919 * 97 % long.entries)
        answer: list[int] = ledger_process.ask("first_looks", long.system, long.folder, key)
        return answer

    rows, targets, samples = [], [], {}
    for long, answers in zip(longs, interleave(longs, OPENINGS, look), strict=True):
        for what, times in zip(LOOKS, zip(*answers, strict=True), strict=True):
            if long.system != "muniment" and what == LOOKS[0]:
                continue  # Python's own, and Muniment needs it too: it was imported before
            samples[f"{long.label}, {what}"] = [*times]
            rows.append([long.system, f"{long.entries:,}", what, *spread(times, MS)])
            if long.system == "muniment" and what != LOOKS[0]:
                rule = f"a ledger of {long.entries:,} entries in a new process, {what}"
                targets.append(Target(rule, 20, median(times) / MS, "ms"))
    columns = ["system", "entries", "what", "p50 ms", "p90", "mean"]
    note = "`by_key` is asked after `len`, in the same process. SQLite's `len` is its last offset."
    return [Table("Opening in a new process", columns, rows, note)], targets, samples


def replaying(shorts: list[Long], longs: list[Long]) -> Found:
    """Replay in new processes, so that each tells its own peak of memory."""
    all_of_them = [*shorts, *longs]
    answers = interleave(all_of_them, REPLAYS, lambda one, _: ledger_process.ask("replay", one.system, one.folder))
    rows, samples, rates, peaks = [], {}, {}, {}
    for one, answer in zip(all_of_them, answers, strict=True):
        assert all(count == one.entries for _, count, _ in answer), f"{one.label} replayed {answer}"
        samples[f"{one.label}, replayed"] = times = [elapsed for elapsed, _, _ in answer]
        rates[one], peaks[one] = one.entries * 1e9 / median(times), median(peak for _, _, peak in answer)
        cells = [number(rates[one]), *spread(times, MS), number(peaks[one] / 1e6)]
        rows.append([one.system, f"{one.entries:,}", *cells])
    (short, _), (long, peer) = shorts, longs
    rule = f"replay of {long.entries:,} entries, payloads decoded"
    ratio, growth = rates[long] / rates[peer], peaks[long] / peaks[short]
    targets = [
        Target(f"{rule}: entries a second", 1_200_000, rates[long], "/s", at_least=True),
        Target(f"{rule}: rate beside SQLite's over {peer.entries:,}", 2.5, ratio, "x", at_least=True),
        Target(f"{rule}: peak memory against {short.entries:,}", 1.2, growth, "x"),
    ]
    columns = ["system", "entries", "entries/s", "p50 ms", "p90", "mean", "peak MB"]
    return [Table("Replaying all entries in a new process", columns, rows)], targets, samples


def appending(options: Options, longs: list[Long]) -> Found:
    """Append durably to fresh ledgers and to long ones, in turn."""
    fresh = [Long(long.system, options.fresh(f"{long.system}-fresh"), 0, (0.0, 0.0)) for long in longs]
    four = [*fresh, *longs]
    opened = [ledgers.opened(one.system, one.folder) for one in four]
    given = ledgers.entries(APART, WARM_UP + options.commits)
    quiet()
    answers = interleave(opened, len(given), lambda ledger, step: timed(ledger.append, given[step])[0])
    for ledger in opened:
        ledger.close()
    samples = {one: answer[WARM_UP:] for one, answer in zip(four, answers, strict=True)}
    medians = {one: median(times) for one, times in samples.items()}
    rows, targets = [], []
    for empty, long in zip(fresh, longs, strict=True):
        ratio = medians[long] / medians[empty]
        rows.append([empty.system, "0", *spread(samples[empty], US), "1"])
        rows.append([long.system, f"{long.entries:,}", *spread(samples[long], US), number(ratio)])
        if long.system == "muniment":
            rule = f"durable append at {long.entries:,} entries against at the first ones"
            targets.append(Target(rule, 1.2, ratio, "x"))
    columns = ["system", "entries before", "p50 us", "p90", "mean", "to the first ones"]
    table = Table("A durable append at the end of a long ledger", columns, rows)
    return [table], targets, {f"append to {one.label}": times for one, times in samples.items()}


def measured(options: Options) -> Found:
    """Fill a short and a long ledger of both, and measure them; appending comes last, since it makes them longer."""
    short, limited = min(BATCH, options.entries), min(PEER_LIMIT, options.entries)
    ours, peers = ("muniment", "muniment-os"), ("sqlite-full", "sqlite-normal")
    shorts = [filled(options, *ours, short), filled(options, *peers, short)]
    longs = [filled(options, *ours, options.entries), filled(options, *peers, limited)]
    quiet()
    found = [opening(longs), replaying(shorts, longs), appending(options, longs)]
    tables = [filling(longs), *(table for tables, _, _ in found for table in tables)]
    targets = [target for _, targets, _ in found for target in targets]
    return tables, targets, {name: times for _, _, samples in found for name, times in samples.items()}
