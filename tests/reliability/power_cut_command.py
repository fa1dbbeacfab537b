"""`power-cuts`: cut the power of file systems of the real kernel while a program works on a store, and look."""

import argparse
import signal
import sys
from collections.abc import Sequence

import crash_table
import loop_image
import power_cut_runs
from crash_table import kinds, table
from power_cut_runs import PLANTED, Cuts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    systems = loop_image.FILE_SYSTEMS
    parser.add_argument("--file-system", action="append", choices=systems, help="only this one; may be repeated")
    parser.add_argument("--cuts", type=int, default=1000, help="so many of each file system")
    parser.add_argument("--seed", type=int, default=1, help="the same seed chooses the same changes and delays")
    parser.add_argument("--planted", choices=sorted(PLANTED), help="take a protection away: is it noticed?")
    parser.add_argument("--write", action="store_true", help="put the table into docs/explanation/reliability.md")


def main(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Run it; tells by its result whether something was wrong, or a loss that was planted was not noticed."""
    systems = options.file_system or loop_image.FILE_SYSTEMS
    if reasons := [reason for name in systems if (reason := loop_image.why_not(name))]:
        sys.stderr.write("\n".join([*reasons, ""]))
        return 2
    loop_image.keep_mounts_private()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C does: the images are removed
    if options.planted:
        noticed = [_is_noticed(name, options) for name in systems]
        return int(not all(noticed))
    found = [power_cut_runs.run(name, options.cuts, options.seed, told=_tell) for name in systems]
    text = f"{crash_table.made_on(arguments, [])}\n\n{_shown(found)}"
    sys.stdout.write(f"{text}\n")
    if options.write:
        crash_table.put("power-cuts", text)
    return int(any(one.bad for one in found))


def _is_noticed(file_system: str, options: argparse.Namespace) -> bool:
    planted = PLANTED[options.planted]
    found = power_cut_runs.run(
        file_system, options.cuts, options.seed, planted=planted, enough=lambda cuts: cuts.bad > 0
    )
    for path in found.kept:
        path.unlink()
    noticed = f"noticed at cut {found.cuts}: {kinds(found.kinds)}" if found.bad else f"not noticed in {found.cuts} cuts"
    sys.stdout.write(f"{options.planted}, {file_system}: {noticed}\n")
    return bool(found.bad)


def _tell(found: Cuts) -> None:
    sys.stderr.write(f"{found.file_system}: {found.cuts} cuts, {found.acknowledged} changes, {found.bad} bad\n")
    for kind, seen in found.examples.items():
        sys.stderr.write(f"  {kind}: {seen}\n")
    for path in found.kept:
        sys.stderr.write(f"  as the cut left it: {path}\n")


def _shown(found: Sequence[Cuts]) -> str:
    rows = [
        [
            one.file_system,
            f"{one.cuts:,}",
            f"{one.acknowledged:,}",
            f"{one.interrupted:,}",
            f"{one.finished:,}",
            f"{one.bad:,}",
            kinds(one.kinds),
        ]
        for one in found
    ]
    return table(
        ["file system", "cuts", "acknowledged changes", "cut short", "there all the same", "bad", "what was wrong"],
        rows,
    )
