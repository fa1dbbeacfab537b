"""Keep the findings of all runs in `results.json`, and write `results.md` and the plot from them."""

from pathlib import Path

import msgspec

from benchmarks import plot
from benchmarks.findings import Finding, Table, Target, number
from benchmarks.options import WORKS


class Results(msgspec.Struct):
    """The newest finding of each work, and the machine that it was measured on, by work."""

    findings: dict[str, Finding] = {}
    machines: dict[str, dict[str, str]] = {}


def load(out: Path) -> Results:
    try:
        return msgspec.json.decode((out / "results.json").read_bytes(), type=Results)
    except FileNotFoundError:
        return Results()


def save(out: Path, results: Results) -> None:
    """Write the raw numbers, the page and the plot."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_bytes(msgspec.json.encode(results, order="sorted") + b"\n")
    (out / "results.md").write_text(page(results), encoding="utf-8")
    if (commit := results.findings.get("commit")) and commit.samples:
        plot.draw(commit, out / "commit.svg")


def page(results: Results) -> str:
    """Write all as Markdown: the targets first, then each work."""
    found = [results.findings[work] for work in WORKS if work in results.findings]
    parts = [
        "# Results\n\nWritten by `python -m benchmarks`; [what is measured and how](README.md).",
        "## Targets\n\n" + targets(found),
        "![Commit latency by system](commit.svg)" if "commit" in results.findings else "",
        *(section(finding) for finding in found),
        "## Machine\n\n" + machines(results, found),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def targets(found: list[Finding]) -> str:
    rows = [target_row(target) for finding in found for target in finding.targets]
    return grid(["work", "to reach", "measured", ""], rows)


def target_row(target: Target) -> list[str]:
    limit = f"at {'least' if target.at_least else 'most'} {number(target.limit)} {target.unit}".strip()
    verdict = "reached" if target.reached else "**missed**"
    return [target.rule, limit, f"{number(target.measured)} {target.unit}".strip(), verdict]


def section(finding: Finding) -> str:
    settings = ", ".join(f"{key}: {value}" for key, value in finding.settings.items())
    said = [f"Measured {finding.date}" + (f" ({settings})." if settings else ".")]
    said += [f"Not measured: {reason}." for reason in finding.missing]
    return "\n\n".join([f"## {finding.title}", *(table(one) for one in finding.tables), *said])


def table(one: Table) -> str:
    return "\n\n".join(part for part in (f"**{one.title}**", grid(one.columns, one.rows), one.note) if part)


def grid(columns: list[str], rows: list[list[str]]) -> str:
    """Write a Markdown table, its numbers to the right."""
    rule = ["---:" if index and column not in {"how", ""} else "---" for index, column in enumerate(columns)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (columns, rule, *rows))


def machines(results: Results, found: list[Finding]) -> str:
    """Describe each machine and set of libraries once, with the works that it measured."""
    works: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for finding in found:
        works.setdefault(tuple(results.machines[finding.work].items()), []).append(finding.work)
    parts = []
    for described, measured in works.items():
        rows = [[key, value.replace("|", "/")] for key, value in described]
        parts.append(f"Of {', '.join(measured)}:\n\n" + grid(["", ""], rows))
    return "\n\n".join(parts)
