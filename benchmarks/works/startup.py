"""Start-up of the command line, beside the interpreter alone."""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.findings import MS, Finding, Table, Target, median, spread
from benchmarks.fleet import ROOT, environment
from benchmarks.options import Options

ROUNDS = 30


def commands() -> dict[str, list[str]]:
    """Give what is started, by the name in the table: the installed script where there is one."""
    script = Path(sys.executable).with_name("muniment")
    muniment = [str(script)] if script.exists() else [sys.executable, "-m", "muniment"]
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import muniment'": [sys.executable, "-c", "import muniment"],
        "muniment --version": [*muniment, "--version"],
        "muniment --help": [*muniment, "--help"],
    }


def wall(command: list[str]) -> int:
    """Time a process from start to end, with compiled modules cached as an installation has them."""
    cached = {key: value for key, value in environment().items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter_ns()
    subprocess.run(command, env=cached, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter_ns() - start


def measure(_: Options) -> Finding:
    started = commands()
    samples: dict[str, list[int]] = {name: [] for name in started}
    try:
        for turn in range(ROUNDS + 2):
            for name, command in started.items():
                elapsed = wall(command)
                if turn >= 2:  # the first ones load the files into memory
                    samples[name].append(elapsed)
    except subprocess.CalledProcessError as error:
        reason = f"`muniment {error.cmd[-1]}` ended with {error.returncode}"
        return Finding("startup", "Start-up of the command line", [], missing=[reason])
    rows = [[f"`{name}`", *spread(values, MS)] for name, values in samples.items()]
    slowest = max(median(samples["muniment --version"]), median(samples["muniment --help"]))
    return Finding(
        "startup",
        "Start-up of the command line",
        [Table("Wall time of a process", ["command", "p50 ms", "p90", "mean"], rows)],
        [Target("start-up of the command line", 100, slowest / MS, "ms")],
        samples,
        settings={"rounds": ROUNDS},
    )
