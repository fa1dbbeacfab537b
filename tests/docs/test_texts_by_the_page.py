"""A second implementation of merging texts, by the words of docs/format/merging.md and with nothing of the package."""

from itertools import pairwise
from typing import NamedTuple

from hypothesis import example, given

from muniment.values import text_merge
from test_text_merge_laws import TEXTS  # type: ignore[import-not-found]


class Run(NamedTuple):
    """Lines that stayed: where they begin in base and in the side, and how many they are."""

    base: int
    side: int
    length: int


def stayed(base: list[str], side: list[str]) -> list[Run]:
    """The longest run, then the same before it and behind it."""
    runs = [
        Run(i, j, next((n for n in range(len(base) - i) if side[j + n : j + n + 1] != [base[i + n]]), len(base) - i))
        for i in range(len(base))
        for j in range(len(side))
    ]
    longest = max(runs, key=lambda run: (run.length, -run.base, -run.side), default=Run(0, 0, 0))
    if not longest.length:
        return []
    i, j = longest.base + longest.length, longest.side + longest.length
    before = stayed(base[: longest.base], side[: longest.side])
    behind = stayed(base[i:], side[j:])
    return [*before, longest, *(Run(i + run.base, j + run.side, run.length) for run in behind)]


def edits(base: list[str], side: list[str]) -> list[tuple[int, int, list[str]]]:
    """What lies between lines that stayed, those at the ends among them."""
    head = tail = 0
    while head < min(len(base), len(side)) and base[head] == side[head]:
        head += 1
    while tail < min(len(base), len(side)) - head and base[-1 - tail] == side[-1 - tail]:
        tail += 1
    b, s = len(base) - tail, len(side) - tail
    inner = [Run(head + run.base, head + run.side, run.length) for run in stayed(base[head:b], side[head:s])]
    runs = [Run(0, 0, head), *inner, Run(b, s, tail)]
    gaps = [(one.base + one.length, two.base, side[one.side + one.length : two.side]) for one, two in pairwise(runs)]
    return [gap for gap in gaps if gap[0] < gap[1] or gap[2]]


def merged_text(base: str, ours: str, theirs: str) -> str | None:
    """Texts: None where edits touch."""
    lines = base.split("\n")
    found = edits(lines, ours.split("\n"))
    found += [edit for edit in edits(lines, theirs.split("\n")) if edit not in found]
    found.sort(key=lambda edit: edit[:2])
    if any(two[0] <= one[1] for one, two in pairwise(found)):
        return None
    for start, stop, instead in reversed(found):
        lines[start:stop] = instead
    return "\n".join(lines)


@given(TEXTS, TEXTS, TEXTS)
@example("a\nb\nc", "a\nx\nb\nc", "a\nb\nc\ny")
@example("a\nb\na\nb", "b\na\nb\na", "a\nb")
def test_texts_are_merged_as_the_page_says(base, ours, theirs):
    """Line by line: the same text, or edits that touch in both."""
    assert text_merge.merge(base, ours, theirs) == merged_text(base, ours, theirs)
