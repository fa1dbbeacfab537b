"""Show what happens to a store as it happens, or run a command each time."""

import os
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from muniment.cli import changes, entries, output, reader_gone
from muniment.cli.command import verb
from muniment.cli.exit_code import ExitCode
from muniment.cli.session import Session
from muniment.values import canonical

if TYPE_CHECKING:
    from muniment.watch.changes import Change


@verb(
    "watch",
    example="muniment watch\nmuniment watch 'services/*' --exec 'systemctl reload web'\n"
    'muniment watch --since "$cursor" --json',
)
@click.argument("names", nargs=-1)
@click.option("--since", metavar="CURSOR", help="First what happened since then; each change tells a cursor in --json.")
@click.option("--branch", "branches", multiple=True, metavar="NAME", help="Only commits to that branch, or to several.")
@click.option("--exec", "command", metavar="COMMAND", help="Run it in a shell for each change, one after the other.")
@click.option("--debounce", "debounce_s", type=float, metavar="SECONDS", help="Gather changes first.  [default: 0.05]")
@click.option("--poll", "poll_s", type=float, metavar="SECONDS", help="Look that often in any case.  [default: 1]")
@click.option("--timeout", "timeout_s", type=float, metavar="SECONDS", help="End when nothing happened for so long.")
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
    between two looks, but several quick changes of one document may be told as one. With --json, one line for each.

    COMMAND finds the change in MUNIMENT_EVENT (document-changed, head-moved, ...), MUNIMENT_NAME (what changed) and
    MUNIMENT_CURSOR, and as JSON on its standard input. Where it fails, that is told, and the watch goes on.
    """
    with session.open() as store:
        chosen: Any = {name: value for name, value in seconds.items() if value is not None}
        watched = store.watch(list(names) or "**", since, list(branches) or None, **chosen)
        tell = _teller(session, store.path, command)
        is_gone = reader_gone.tell(watched.stop)
        is_interrupted = False
        try:
            with watched:
                for change in watched:
                    tell(change)
        except KeyboardInterrupt:
            is_interrupted = True
        if is_gone():
            raise BrokenPipeError
        if tells_cursor:
            entries.tell_cursor(watched.cursor, as_json=session.as_json)
    if is_interrupted:
        ctx.exit(ExitCode.INTERRUPTED)


def _teller(session: Session, folder: str, command: str | None) -> Callable[["Change"], None]:
    def tell(change: "Change") -> None:
        shape = changes.shape(change) if session.as_json or command is not None else {}
        if session.as_json:
            output.json_line(shape)
        else:
            click.echo(changes.line(change))
        if command is not None:
            _run(command, folder, shape)

    return tell


def _run(command: str, folder: str, shape: dict[str, Any]) -> None:
    about = shape.get("name") or shape.get("branch") or shape.get("ledger") or ""
    said = {"MUNIMENT_EVENT": shape["event"], "MUNIMENT_NAME": about, "MUNIMENT_CURSOR": shape["cursor"]}
    done = subprocess.run(  # noqa: S602 - the user's own words, for the user's own shell
        command, shell=True, cwd=folder, env=os.environ | said, input=canonical.encode(shape), check=False
    )
    if done.returncode:
        told = f"stopped by signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
        click.echo(f"muniment: {output.one_line(command)}: {told}; the watch goes on", err=True)
