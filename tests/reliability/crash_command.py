"""`crash-states`: record workloads, try the states that a crash may leave of them, and show what was found."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.metadata import version

import crash_table
import git_peer
import strace_log
from crash_checks import Expected, another_machine
from crash_runs import (
    Loss,
    Result,
    expected,
    in_processes,
    quick_place,
    run,
    sites,
    store_check,
    without_step,
    without_sync,
)
from file_events import Event
from planted_faults import FAULTS
from recording import record
from store_workloads import WORKLOADS

_TWO_COMMITS = "two-commits"

Recorded = dict[str, list[Event]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--workload", action="append", choices=sorted(WORKLOADS), help="only this one; may be repeated")
    parser.add_argument("--most", type=int, default=5000, help="about so many states of each workload")
    parser.add_argument("--seed", type=int, default=1, help="the same seed tries the same states")
    parser.add_argument("--jobs", type=int, default=2, help="processes that check states")
    parser.add_argument("--no-faults", action="store_true", help="take no protections away")
    parser.add_argument("--no-git", action="store_true", help="do not measure git beside")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/explanation/reliability.md")


def main(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Run it; tells by its result whether a state of Muniment was bad, or a loss was not found."""
    if reason := strace_log.why_not():
        sys.stderr.write(f"{reason}\n")
        return 2
    names = options.workload or list(WORKLOADS)
    recorded = record(names)
    failed = False
    with another_machine(), quick_place() as place:
        wanted = {name: expected(name, recorded[name], place) for name in names}
        results = list(_tried(recorded, wanted, options))
        failed = any(result.bad for result in results)
        _show(options, "workloads", crash_table.workloads(results))
        if not options.no_faults:
            found = list(_losses(recorded, wanted, options))
            failed = failed or any(loss.found is None and not loss.reason for loss in found)
            _show(options, "faults", crash_table.losses(found))
        if not options.no_git and _TWO_COMMITS in recorded:
            _show(options, "git", crash_table.peers(_peers(recorded, wanted, options)))
    versions = [f"Muniment {version('muniment')}", git_peer.version(), strace_log.version()]
    _show(options, "made", crash_table.made_on(arguments, versions))
    return int(failed)


def _show(options: argparse.Namespace, name: str, text: str) -> None:
    sys.stdout.write(f"{text}\n\n")
    if options.write:
        crash_table.put(name, text)


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _tried(recorded: Recorded, wanted: dict[str, Expected], options: argparse.Namespace) -> Iterator[Result]:
    for name, events in recorded.items():
        result = run(name, events, store_check(wanted[name]), options.most, options.seed, jobs=options.jobs)
        _tell(f"{name}: {result.bad} of {result.states} bad")
        for kind, seen in result.examples.items():
            _tell(f"  {kind}: {seen}")
        yield result


def _losses(recorded: Recorded, wanted: dict[str, Expected], options: argparse.Namespace) -> Iterator[Loss]:
    most, seed = options.most, options.seed
    planted = {name: fault for name, fault in FAULTS.items() if fault.where in recorded}
    lacking = record([f"{fault.where}/{name}" for name, fault in planted.items()]) if planted else {}
    tasks = [
        partial(without_sync, site, names, recorded, wanted, most, seed) for site, names in sites(recorded).items()
    ]
    tasks += [
        partial(without_step, fault, lacking[f"{fault.where}/{name}"], most, seed) for name, fault in planted.items()
    ]
    for loss in in_processes(tasks, options.jobs):
        _tell(f"{loss.protection}: {loss.found.kind if loss.found else 'nothing'}")
        yield loss


def _peers(
    recorded: Recorded, wanted: dict[str, Expected], options: argparse.Namespace
) -> Iterator[tuple[str, Result, Result]]:
    most = options.most
    events, check = recorded[_TWO_COMMITS], store_check(wanted[_TWO_COMMITS])
    yield (
        "Muniment",
        *(
            run(_TWO_COMMITS, events, check, most, options.seed, jobs=options.jobs, in_order=order)
            for order in (False, True)
        ),
    )
    for name, settings in git_peer.SETTINGS.items():
        events = git_peer.record(settings)
        check = git_peer.check(events)
        yield (
            name,
            *(
                run(name, events, check, most, options.seed, jobs=options.jobs, in_order=order)
                for order in (False, True)
            ),
        )
