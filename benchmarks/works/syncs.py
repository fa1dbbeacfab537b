"""Syncs per commit, counted by the kernel: N commits under strace and 2N, so that all else cancels out."""

import re
import shutil
import subprocess
import sys

from benchmarks.findings import Finding, Table, Target, number
from benchmarks.fleet import ROOT, environment
from benchmarks.options import Options

SYSTEMS = (
    "muniment", "muniment-files", "muniment-os", "doltlite", "doltlite-one", "kvgit", "kvgit-full",
    "pygit2", "pygit2-fsync", "dulwich", "dulwich-fsync", "sqlite", "sqlite-per-call",
)  # fmt: skip
CALLS = ("fsync", "fdatasync", "syncfs", "sync", "sync_file_range")
DOCUMENTS, COMMITS = 1_000, 100
NOTE = "Hundredths are work for many commits at once: a journal that grows, a checkpoint."


def count(options: Options, system: str, commits: int) -> dict[str, int]:
    """Run the target under strace and read its table: calls by name."""
    folder = options.fresh(f"syncs-{system}")
    summary = folder.with_name(folder.name + ".strace")
    target = [sys.executable, "-m", "benchmarks.syncs_target", system, str(folder), str(DOCUMENTS), str(commits)]
    tracer = ["strace", "-f", "-c", "-U", "name,calls", "-o", str(summary), "-e", f"trace={','.join(CALLS)}"]
    done = subprocess.run([*tracer, *target], env=environment(), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["failed"])[-1])
    counted = re.findall(r"^(\w+)\s+(\d+)", summary.read_text(), re.MULTILINE)
    return {name: int(calls) for name, calls in counted if name in CALLS}


def per_commit(options: Options, system: str) -> dict[str, float]:
    few, many = count(options, system, COMMITS), count(options, system, 2 * COMMITS)
    return {call: (many.get(call, 0) - few.get(call, 0)) / COMMITS for call in CALLS}


def measure(options: Options) -> Finding:
    rows, missing, totals = [], [], {}
    for system in options.peers(*SYSTEMS) if shutil.which("strace") else ():
        try:
            calls = per_commit(options, system)
        except RuntimeError as error:
            missing.append(f"{system}: {error}")
            continue
        totals[system] = sum(calls.values())
        rows.append([system, number(totals[system]), *(number(calls[call]) for call in CALLS)])
    if not shutil.which("strace"):
        missing.append("strace is not installed")
    wanted = (("muniment", "without a working file", 1), ("muniment-files", "with a working file", 3))
    return Finding(
        work="syncs",
        title="Syncs per commit",
        tables=[Table("System calls per commit", ["system", "all", *CALLS], rows, NOTE)],
        targets=[
            Target(f"syncs per commit {how}, to one decimal", most, round(totals[one], 1))
            for one, how, most in wanted
            if one in totals
        ],
        missing=missing,
        settings={"documents": DOCUMENTS, "commits": f"{COMMITS} and {2 * COMMITS}"},
    )
