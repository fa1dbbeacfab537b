"""What a measurement leaves behind: tables for people, targets to compare with, raw samples for the rest."""

import statistics
from collections.abc import Iterable, Sequence

import msgspec

MS, US = 1e6, 1e3
"""Nanoseconds to a millisecond, to a microsecond."""


class Target(msgspec.Struct):
    """One row of the table of targets. `limit` is the most allowed, or the least with `at_least`."""

    rule: str
    limit: float
    measured: float
    unit: str = ""
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


class Table(msgspec.Struct):
    """Cells as text, the first column naming the row."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    note: str = ""


class Finding(msgspec.Struct):
    """All that one work gave. `samples` are nanoseconds, by what was measured."""

    work: str
    title: str
    tables: list[Table]
    targets: list[Target] = []
    samples: dict[str, list[int]] = {}
    missing: list[str] = []
    date: str = ""
    settings: dict[str, int | float | str] = {}


def median(samples: Iterable[float]) -> float:
    return statistics.median(samples)


def quantile(samples: Sequence[float], share: float) -> float:
    """Give the sample that `share` of all do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(samples: Sequence[float], unit: float) -> list[str]:
    """Say p50, p90 and the mean, which alone shows work that is put off and done now and then."""
    return [number(value / unit) for value in (median(samples), quantile(samples, 0.9), statistics.fmean(samples))]


def number(value: float) -> str:
    """Write with three significant digits, as many as a measurement like these can bear."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
