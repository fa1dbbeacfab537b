"""Tables of what was tried, in Markdown; and where they stand in the page that tells of it."""

import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from crash_runs import Loss, Result

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "reliability.md"
_BEGIN, _END = "<!-- {name}: begin -->", "<!-- {name}: end -->"
_UNDER = {
    "lost": "acknowledged, and lost",
    "half": "half there",
    "verify": "not verified",
    "refused": "refused to open",
    "next": "refused the next change",
    "kept": "erased, and kept",
    "untrusted": "rests on a failed sync",
    "untyped": "another error than Muniment's",
    "wrong": "a wrong answer",
}


def workloads(results: Iterable[Result]) -> str:
    """Show the workloads of Muniment, and what was found in each."""
    rows = [
        [
            result.name,
            str(result.steps),
            str(result.syncs),
            f"{result.tally.exhausted} of {result.tally.moments}",
            f"{result.states:,}",
            f"{result.bad:,}",
            kinds(result.kinds),
        ]
        for result in results
    ]
    states, bad = (sum(numbers) for numbers in zip(*((one.states, one.bad) for one in results), strict=True))
    rows.append(["**all**", "", "", "", f"**{states:,}**", f"**{bad:,}**", ""])
    return table(["workload", "steps", "syncs", "moments exhausted", "states", "bad", "what was wrong"], rows)


def peers(results: Iterable[tuple[str, Result, Result]]) -> str:
    """Show two commits by several programs side by side, in the weakest file system and in one that keeps an order."""
    rows = []
    for name, weakest, in_order in results:
        cells = [
            f"{result.bad:,} of {result.states:,}" + (f" (+ {result.held_up:,} held up)" if result.held_up else "")
            for result in (weakest, in_order)
        ]
        rows.append([name, str(weakest.syncs), *cells, kinds(weakest.kinds)])
    return table(
        ["two commits by", "syncs", "bad, names in any order", "bad, names in one order", "what was wrong"], rows
    )


def losses(found: Iterable[Loss]) -> str:
    """Show the protections that were taken away, and what showed it."""
    rows = []
    for loss in found:
        nothing = f"nothing, in {loss.states:,} states: {loss.reason or '**why?**'}"
        shown = f"{_UNDER.get(loss.found.kind)}, at state {loss.states:,}" if loss.found else nothing
        rows.append([loss.protection, loss.where, shown])
    return table(["taken away", "workload", "found"], rows)


def made_on(arguments: Sequence[str], versions: Iterable[str]) -> str:
    """Tell when and on what machine the tables were made, and by what command."""
    release = platform.release().split("-", 1)[0]
    machine = f"{platform.system()} {release}, {os.cpu_count()} cores, Python {platform.python_version()}"
    day = datetime.now(UTC).date().isoformat()
    command = " ".join(["python tests/reliability", *arguments])
    return f"Made on {day} by `{command}`: {', '.join([machine, *versions])}."


def put(name: str, text: str) -> None:
    """Put a table between its marks in the page."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = _BEGIN.format(name=name), _END.format(name=name)
    if begin not in page or end not in page:
        sys.exit(f"{PAGE} has no marks of {name}")
    before, after = page.split(begin)[0], page.split(end)[1]
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def kinds(found: Mapping[str, int]) -> str:
    """Show how often what was wrong."""
    return ", ".join(f"{_UNDER.get(kind, kind)}: {number:,}" for kind, number in sorted(found.items()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Show rows under their heads."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
