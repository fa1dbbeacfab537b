"""Show what happens to a store as it happens, or run a command each time."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from muniment.cli import changes, cursor_word, entries, output, reader_gone, warning
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.session import Session
from muniment.values import canonical

if TYPE_CHECKING:
    from muniment.watch.changes import Change
    from muniment.watch.watch import Watch

_LONGEST_S = 1_000_000
_LEAST_POLL_S = 0.01
_LONGEST_VARIABLE = 16_384
"""So long a cursor fits into the environment on any system, beside what else is there."""


def _seconds(
    option: str, name: str, text: str, *, least_s: float = 0
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make an option that is a time."""

    def check(_: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
        if value is None or least_s <= value < _LONGEST_S:  # so it is not `nan` either
            return value
        raise click.BadParameter(f"{value} is not from {least_s} to less than {_LONGEST_S:,} seconds", param=parameter)

    return click.option(option, name, type=float, callback=check, metavar="SECONDS", help=text)


@verb(
    "watch",
    example="muniment watch\nmuniment watch 'services/*' --exec 'systemctl reload web'\n"
    "muniment watch --since @seen --json",
)
@click.argument("names", nargs=-1)
@click.option(
    "--since",
    metavar="CURSOR",
    callback=cursor_word.read,
    help="First what happened since then; @FILE or - reads the cursor from a file or from standard input.",
)
@click.option("--branch", "branches", multiple=True, metavar="NAME", help="Only commits to that branch, or to several.")
@click.option("--exec", "command", metavar="COMMAND", help="Run it in a shell for each change, one after the other.")
@_seconds("--debounce", "debounce_s", "Gather changes first.  [default: 0.05]")
@_seconds("--poll", "poll_s", "Look that often in any case.  [default: 1]", least_s=_LEAST_POLL_S)
@_seconds("--timeout", "timeout_s", "End when nothing happened for so long.")
@click.option("--cursor", "tells_cursor", is_flag=True, help="At the end, tell on standard error where to resume.")
@click.pass_context
def watch(
    ctx: click.Context,
    session: Session,
    /,
    *,
    names: tuple[str, ...],
    since: str | None,
    branches: tuple[str, ...],
    command: str | None,
    tells_cursor: bool,
    **seconds: float | None,
) -> None:
    """Show every change of documents, heads of branches, tags and ledgers, until Ctrl-C.

    NAMES are those of documents, or patterns such as 'services/*'; without, all. Nothing is missed, even what happens
    between two looks, but several quick changes of one document may be told as one. With --json, one line for each,
    with the cursor behind it.

    COMMAND finds the change as JSON on its standard input, and in MUNIMENT_EVENT (document-changed, head-moved, ...),
    MUNIMENT_NAME (what changed) and, where it is not too long for that, MUNIMENT_CURSOR. Where it fails, that is told,
    and the watch goes on.
    """
    is_interrupted = False
    with session.open() as store:
        chosen: Any = {name: value for name, value in seconds.items() if value is not None}
        watched = store.watch(list(names) or "**", since, list(branches) or None, **chosen)
        following = _Following(watched, _teller(session, store.path, command))
        try:
            following.run()
        except KeyboardInterrupt:
            is_interrupted = True
        finally:
            if tells_cursor:
                entries.tell_cursor(following.cursor, as_json=session.as_json)
    if is_interrupted:
        ctx.exit(ExitCode.INTERRUPTED)


class _Following:
    """Tells one change after the other; `cursor` is where to resume, behind the last that was told to its end."""

    def __init__(self, watched: "Watch", tell: Callable[["Change"], None]) -> None:
        self._watched = watched
        self._tell = tell
        self.cursor = watched.cursor

    def run(self) -> None:
        """Go on until the watch ends.

        Raises:
            BrokenPipeError: Nobody reads the output any more.
        """
        is_gone = reader_gone.tell(self._watched.stop)
        with self._watched:
            for change in self._watched:
                self._tell(change)
                self.cursor = change.cursor  # that of the watch counts a change before it is told
        if is_gone():
            raise BrokenPipeError
        self.cursor = self._watched.cursor  # counts what is told without a word, too


def _teller(session: Session, folder: str, command: str | None) -> Callable[["Change"], None]:
    def tell(change: "Change") -> None:
        shape = changes.shape(change) if session.as_json or command is not None else {}
        if session.as_json:
            output.json_line(shape)
        else:
            click.echo(changes.line(change))
        if command is not None:
            _run(session, command, folder, shape)

    return tell


def _run(session: Session, command: str, folder: str, shape: dict[str, Any]) -> None:
    """Run the command for a change; whatever comes of it, a word at the most."""
    about = shape.get("name") or shape.get("branch") or shape.get("ledger") or ""
    try:
        code = subprocess.run(  # noqa: S602 - the user's own words, for the user's own shell
            command,
            shell=True,
            cwd=folder,
            env=_environment(shape, about),
            input=canonical.encode(shape),
            stdout=_errors() if session.as_json else None,
            check=False,
        ).returncode
    except OSError as error:
        came = f"cannot be run: {error.strerror or error}"
    else:
        if not code:
            return
        came = f"stopped by signal {-code}" if code < 0 else f"exit code {code}"
    warning.tell(session, f"{command}: {came}; the watch goes on", event=shape["event"], name=about)


def _environment(shape: dict[str, Any], about: str) -> dict[str, str]:
    """Give the environment with the change in it, and with no cursor where that is too long, nor that of another."""
    said = {"MUNIMENT_EVENT": shape["event"], "MUNIMENT_NAME": about, "MUNIMENT_CURSOR": shape["cursor"]}
    if len(shape["cursor"]) > _LONGEST_VARIABLE:
        del said["MUNIMENT_CURSOR"]
    return {name: value for name, value in os.environ.items() if name != "MUNIMENT_CURSOR"} | said


def _errors() -> int:
    """Give where a command's output goes that must not stand between lines of JSON: to standard error, if any."""
    return subprocess.DEVNULL if sys.stderr is None else 2
