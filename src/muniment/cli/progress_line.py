"""One line on a terminal that tells how far something is, and is gone when it is done."""

import sys
import time
from types import TracebackType
from typing import Self

import click

_WIDTH = 30
_PAUSE_S = 0.1
_PATIENCE_S = 0.5
"""What is done sooner than this shows nothing."""


class ProgressLine:
    """The line, on standard error: nothing, unless that is a terminal."""

    def __init__(self) -> None:
        self.is_shown = sys.stderr.isatty()
        self._next_s = time.monotonic() + _PATIENCE_S
        self._is_drawn = False

    def show(self, done: int, total: int) -> None:
        """Draw the line anew, unless it was drawn a moment ago."""
        now_s = time.monotonic()
        if self.is_shown and total and now_s >= self._next_s:
            self._next_s, self._is_drawn = now_s + _PAUSE_S, True
            filled = _WIDTH * done // total
            bar = "#" * filled + "-" * (_WIDTH - filled)
            click.echo(f"\r[{bar}] {100 * done // total:3d} %", nl=False, err=True)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Wipe the line."""
        if self._is_drawn:
            click.echo("\r\033[K", nl=False, err=True)
