"""Draw how commits follow from each other, beside the lines of a log."""

from collections.abc import Iterable, Iterator, Sequence

_Row = tuple[str, str]


def draw(commits: Iterable[tuple[str, Sequence[str]]]) -> Iterator[_Row]:
    """Give rows of picture and commit id, the id empty in rows that only join or part lines.

    Takes ids with their parents, children before parents, as a log lists them. Each column is a line that
    waits for the commit it leads to; a parent that is not listed ends its line at the bottom.
    """
    waiting: list[str] = []
    for commit_id, parents in commits:
        if commit_id not in waiting:
            waiting.append(commit_id)
        yield from _join(waiting, commit_id)
        column = waiting.index(commit_id)
        yield _bars(len(waiting), {column: "*"}), commit_id
        waiting[column : column + 1] = parents[:1]
        yield from _part(waiting, column, parents[1:])


def _join(waiting: list[str], commit_id: str) -> Iterator[_Row]:
    """Bring the lines that lead to one commit together, the rightmost first."""
    first = waiting.index(commit_id)
    for column in range(len(waiting) - 1, first, -1):
        if waiting[column] == commit_id:
            crossed, right = column - first - 1, len(waiting) - column - 1
            yield "| " * first + "|" + "_|" * crossed + "/" + " /" * right, ""
            del waiting[column]


def _part(waiting: list[str], column: int, parents: Sequence[str]) -> Iterator[_Row]:
    """Begin a line for each parent but the first, to the right of the child."""
    for parent in reversed(parents):
        right = len(waiting) - column - 1
        waiting.insert(column + 1, parent)
        yield "| " * column + "|\\" + " \\" * right, ""


def _bars(count: int, marks: dict[int, str]) -> str:
    return "".join(marks.get(column, "|") + " " for column in range(count))
