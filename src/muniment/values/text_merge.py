"""Merging a text line by line: what each of two sides did to its lines, done to the third.

Limits: edits of lines that touch each other are not told apart, as in git, unless they are the same edit. Between the
first edited line of a side and its last, finding the edits may take the square of the number of lines, or more, where
most lines are alike.

Source: S. Khanna, K. Kunal, B. Pierce, "A Formal Investigation of Diff3", FSTTCS 2007.
"""

from difflib import SequenceMatcher
from typing import TypeAlias

_Edit: TypeAlias = tuple[int, int, tuple[str, ...]]
"""Lines of the base, from one to before another, and what stands there instead."""


def merge(base: str, ours: str, theirs: str) -> str | None:
    """Give `base` with the edits of both sides, or None where they overlap or touch.

    Lines end at a line feed; a carriage return before it belongs to the line. An edit that both sides made alike is
    made once.
    """
    lines = base.split("\n")
    edits = sorted(_edits(lines, ours.split("\n")) | _edits(lines, theirs.split("\n")))
    merged: list[str] = []
    done, reached = 0, -1
    for start, stop, instead in edits:
        if start <= reached:
            return None
        merged += lines[done:start]
        merged += instead
        done = reached = stop
    return "\n".join(merged + lines[done:])


def _edits(base: list[str], side: list[str]) -> set[_Edit]:
    """Give what makes `side` of `base`; between two of one side's edits there is always a line that stayed."""
    shorter = min(len(base), len(side))
    head = next((n for n in range(shorter) if base[n] != side[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if base[-1 - n] != side[-1 - n]), rest)
    old, new = base[head : len(base) - tail], side[head : len(side) - tail]
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return {(head + i, head + j, tuple(new[k:m])) for kind, i, j, k, m in steps if kind != "equal"}
