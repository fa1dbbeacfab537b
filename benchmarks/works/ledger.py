"""A ledger beside a table of SQLite: appending one by one and many at a time, at once, and in a long ledger."""

import gc
from collections import Counter
from typing import Any

from benchmarks import ledger_process, ledgers
from benchmarks.branch_requests import timed
from benchmarks.findings import US, Finding, Table, Target, median, number, spread
from benchmarks.fleet import interleave, quiet
from benchmarks.ledgers import ENTRY_BYTES, Ledger
from benchmarks.options import Options
from benchmarks.pair import BLOCK, WARM_UP
from benchmarks.works import ledger_long

BULK, BULK_ROUNDS = 100_000, 5
SINGLES, SINGLE_BLOCKS = 1000, 60
"""Calls that are timed as one, and how often: the index of a ledger is written once meanwhile."""
PROCESSES = 8
Found = tuple[list[Table], list[Target], dict[str, list[int]]]


def call_by_call(options: Options) -> Found:
    """Append durably in turn, and in blocks."""
    systems = ["sqlite-full", "muniment"]
    pair = [ledgers.opened(system, options.fresh(system)) for system in systems]
    count, rows, targets, samples = options.commits, [], [], {}

    def append(first: int, calls: int, block: int) -> list[list[int]]:
        quiet()
        given = ledgers.entries(first, calls)
        return interleave(pair, calls, lambda ledger, step: timed(ledger.append, given[step])[0], block=block)

    append(0, WARM_UP, 1)
    for how, first, block in (("call by call in turn", WARM_UP, 1), (f"in blocks of {BLOCK}", WARM_UP + count, BLOCK)):
        peer, ours = append(first, count, block)
        ratio = median(ours) / median(peer)
        rows.append([how, *spread(peer, US), *spread(ours, US), number(ratio)])
        targets.append(Target(f"durable append of {ENTRY_BYTES} B, {how}, beside SQLite", 0.9, ratio, "x"))
        samples |= {f"sqlite-full {how}": peer, f"muniment {how}": ours}
    for ledger in pair:
        ledger.close()
    columns = ["order", "SQLite p50 us", "p90", "mean", "Muniment p50 us", "p90", "mean", "ratio of p50"]
    return [Table(f"A durable append of {ENTRY_BYTES} B", columns, rows)], targets, samples


def unsynced(options: Options) -> Found:
    """Append one by one without waiting for the disk; many calls are timed as one."""
    systems = ["sqlite-normal", "sqlite-off", "muniment-os"]
    three = [ledgers.opened(system, options.fresh(system)) for system in systems]

    def append_block(ledger: Ledger, step: int) -> int:
        given = ledgers.entries(step * SINGLES, SINGLES)
        append = ledger.append
        return timed(lambda: [append(one) for one in given])[0] // SINGLES

    answers = interleave(three, min(SINGLE_BLOCKS, -(-options.entries // SINGLES)), append_block)
    for ledger in three:
        ledger.close()
    samples = {f"{system}, one by one": answer for system, answer in zip(systems, answers, strict=True)}
    rows = [[system, *spread(answer, US)] for system, answer in zip(systems, answers, strict=True)]
    title = f"An append that does not wait for the disk, as the mean of {SINGLES:,} calls"
    return [Table(title, ["system", "p50 us", "p90", "mean"], rows)], [], samples


def many(options: Options) -> Found:
    """Append many in one call, to a fresh ledger each time."""
    systems = ["sqlite-full", "sqlite-normal", "sqlite-off", "muniment", "muniment-os"]
    count = min(BULK, options.entries)
    given = ledgers.entries(0, count)

    def append_many(system: str, _: int) -> int:
        ledger = ledgers.opened(system, options.fresh(f"{system}-many"))
        quiet()
        gc.collect()  # of what others left
        elapsed: int = timed(ledger.append_many, given)[0]
        assert ledger.count() == count
        ledger.close()
        return elapsed

    answers = dict(zip(systems, interleave(systems, BULK_ROUNDS, append_many), strict=True))
    rates = {system: count * 1e9 / median(answer) for system, answer in answers.items()}
    rows = [
        [system, number(rates[system]), *spread([one // count for one in answer], US)]
        for system, answer in answers.items()
    ]
    rule, ours = f'append_many of {count:,} entries, `durability="os"`', rates["muniment-os"]
    beside = max(rates["sqlite-normal"], rates["sqlite-off"])
    targets = [
        Target(f"{rule}: entries a second", 200_000, ours, "/s", at_least=True),
        Target(f"{rule}: rate beside SQLite's better one of NORMAL and OFF", 1.5, ours / beside, "x", at_least=True),
    ]
    table = Table(
        f"Appending {count:,} entries in one call", ["system", "entries/s", "p50 us an entry", "p90", "mean"], rows
    )
    return [table], targets, {f"{system}, {count:,} in one call": answer for system, answer in answers.items()}


def at_once(options: Options) -> Found:
    """Let processes append durably at once, then look for each acknowledged entry."""
    rows, targets = [], []
    for system in ("sqlite-full", "muniment"):
        folder = options.fresh(f"{system}-at-once")
        quiet()
        reports = ledger_process.appended_at_once(system, folder, PROCESSES, options.seconds)
        cells, errors, wrong = counted(reports, ledgers.opened(system, folder).ids(), options.seconds)
        rows.append([system, *cells])
        if system == "muniment":
            what = f"{PROCESSES} processes on one ledger"
            targets.append(Target(f"{what}: errors thrown to the caller", 0, errors))
            targets.append(Target(f"{what}: acknowledged entries that are not there once", 0, wrong))
    columns = ["system", "entries/s together", "errors thrown", "lost or doubled", "fewest / most of one process"]
    title = f"{PROCESSES} processes, {options.seconds:g} seconds, each append durable"
    return [Table(title, columns, rows)], targets, {}


def counted(reports: list[dict[str, Any]], ids: list[str], seconds: float) -> tuple[list[str], int, int]:
    """Give the cells, and of them the errors and what is there not exactly once as numbers."""
    each = [len(report["acknowledged"]) for report in reports]
    errors: Counter[str] = sum((Counter(report["errors"]) for report in reports), Counter())
    there = Counter(ids)
    said = Counter(one for report in reports for one in report["acknowledged"])
    wrong = sum(there[one] != 1 or times != 1 for one, times in said.items())
    wrong += sum(times != 1 for one, times in there.items() if one not in said)
    told = ", ".join(f"{times:,} {kind}" for kind, times in sorted(errors.items())) or "0"
    rate = number(sum(each) / seconds)
    return [rate, told, str(wrong), f"{min(each):,} / {max(each):,}"], errors.total(), wrong


def measure(options: Options) -> Finding:
    settings: dict[str, int | float | str] = {
        "entries": options.entries,
        "calls": options.commits,
        "seconds": options.seconds,
    }
    finding = Finding("ledger", "Ledger", [], settings=settings)
    for part in (call_by_call, unsynced, many, ledger_long.measured, at_once):
        tables, targets, samples = part(options)
        finding.tables += tables
        finding.targets += targets
        finding.samples |= samples
    return finding
