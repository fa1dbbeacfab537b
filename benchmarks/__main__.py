"""Run the benchmarks: `python -m benchmarks --help`."""

import importlib
import sys
from datetime import UTC, datetime

from benchmarks import machine, options, report
from benchmarks.findings import Finding
from benchmarks.fleet import SystemMissingError
from benchmarks.options import Options


def measure(work: str, chosen: Options) -> Finding:
    """Run one work; a work that its systems cannot do is a finding too."""
    try:
        finding: Finding = importlib.import_module(f"benchmarks.works.{work}").measure(chosen)
    except SystemMissingError as error:
        finding = Finding(work, work.capitalize(), [], missing=[str(error)])
    finding.date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return finding


def main(arguments: list[str] | None = None) -> int:
    """Measure what was asked for; results are written after each work, so that a stop loses one at most."""
    chosen = options.parse(arguments)
    described = machine.describe(chosen.run_folder)
    results = report.load(chosen.out)
    for work in chosen.only:
        print(f"measuring {work} ...", flush=True)
        finding = measure(work, chosen)
        results.findings[work], results.machines[work] = finding, described
        report.save(chosen.out, results)
        print(report.section(finding), end="\n\n", flush=True)
        print(report.targets([finding]), end="\n\n", flush=True)
    print(f"The stores of this run are still in {chosen.run_folder}; delete them when no more is to be measured.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
