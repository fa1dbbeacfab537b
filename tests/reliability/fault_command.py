"""`faults`: let each system call of workloads fail in turn, and see what becomes of the store."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial

import crash_table
import failed_syncs
import failing_calls
import fault_runs
import strace_log
from crash_runs import in_processes
from crash_table import kinds, table
from failed_syncs import Syncs
from fault_runs import WORKLOADS_TO_FAIL, Faults


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--workload", action="append", choices=WORKLOADS_TO_FAIL, help="only this one; may be repeated")
    parser.add_argument("--most", type=int, default=300, help="about so many calls of each workload")
    parser.add_argument("--every", type=int, help="in place of that, each so-manieth call; 1 for all")
    parser.add_argument("--seed", type=int, default=1, help="the same seed chooses the same calls")
    parser.add_argument("--jobs", type=int, default=2, help="processes that try calls")
    parser.add_argument("--write", action="store_true", help="put the table into docs/explanation/reliability.md")


def main(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Run it; tells by its result whether something was wrong."""
    if reason := failing_calls.why_not():
        sys.stderr.write(f"{reason}\n")
        return 2
    names = options.workload or WORKLOADS_TO_FAIL
    tasks = [partial(_both, name, options) for name in names]
    found = []
    for faults, syncs in in_processes(tasks, options.jobs):
        _tell(faults, syncs)
        found.append((faults, syncs))
    text = f"{crash_table.made_on(arguments, [strace_log.version()])}\n\n{_shown(found)}"
    sys.stdout.write(f"{text}\n")
    if options.write:
        crash_table.put("system-calls", text)
    return int(any(faults.bad or syncs.bad for faults, syncs in found))


def _both(name: str, options: argparse.Namespace) -> tuple[Faults, Syncs]:
    most = None if options.every else options.most
    faults = fault_runs.run(name, most, options.seed, every=options.every or 1)
    return faults, failed_syncs.run(name, None if options.every == 1 else options.most, options.seed)


def _tell(faults: Faults, syncs: Syncs) -> None:
    sys.stderr.write(
        f"{faults.name}: {faults.bad} of {faults.tried} bad, and of failed syncs {syncs.bad} of {syncs.tried}\n"
    )
    for call, seen in [*faults.examples.items(), *syncs.examples.items()]:
        sys.stderr.write(f"  {call}\n    {seen}\n")


def _shown(found: Sequence[tuple[Faults, Syncs]]) -> str:
    rows = [
        [
            faults.name,
            f"{faults.calls:,}",
            f"{faults.tried:,} of {faults.possible:,}",
            f"{faults.refused:,}",
            f"{syncs.tried:,}",
            f"{faults.bad + syncs.bad:,}",
            kinds(faults.kinds + syncs.kinds),
        ]
        for faults, syncs in found
    ]
    numbers = [(faults.tried, faults.refused, syncs.tried, faults.bad + syncs.bad) for faults, syncs in found]
    tried, refused, syncs_tried, bad = (f"**{sum(column):,}**" for column in zip(*numbers, strict=True))
    rows.append(["**all**", "", tried, refused, syncs_tried, bad, ""])
    return table(
        [
            "workload",
            "calls",
            "failures tried",
            "told by an error",
            "failed syncs, and a crash",
            "bad",
            "what was wrong",
        ],
        rows,
    )
