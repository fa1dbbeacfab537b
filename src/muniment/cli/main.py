"""The program `muniment`: finds the command, runs it, and turns whatever happens into an exit code.

Start-up must stay under 100 ms, so a command's module is imported when the command is called; see `group`.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from muniment.cli import faults, output
from muniment.cli.exit_code import ExitCode
from muniment.cli.group import Group
from muniment.cli.session import Session
from muniment.cli.version import VERSION

NAME = "muniment"
COMPLETE = "_MUNIMENT_COMPLETE"

VERBS = {
    "Begin": {
        "tour": "tour:tour",
        "init": "beginning:init",
        "completion": "beginning:completion",
    },
    "Work on documents": {
        "names": "reading:names",
        "get": "reading:get",
        "explain": "reading:explain",
        "set": "documents:set_value",
        "edit": "editing:edit",
        "delete": "documents:delete",
    },
    "Record": {
        "status": "recording:status",
        "commit": "recording:commit",
        "rollback": "recording:rollback",
        "restore": "recording:restore",
    },
    "Look back": {
        "diff": "comparing:diff",
        "show": "comparing:show",
        "log": "looking_back:log",
        "history": "looking_back:history",
        "blame": "looking_back:blame",
    },
    "Look on": {
        "watch": "watching:watch",
    },
    "Branch and name": {
        "branch": "branching:branch",
        "switch": "branching:switch",
        "compare": "branching:compare",
        "tag": "naming:tag",
        "note": "naming:note",
    },
    "Merge": {
        "merge-rules": "merge_rules:merge_rules",
        "merge": "merging:merge",
        "conflicts": "settling:conflicts",
        "resolve": "settling:resolve",
        "revert": "picking:revert",
        "cherry-pick": "picking:cherry_pick",
        "reconcile": "merging:reconcile",
    },
    "Undo": {
        "operations": "undoing:operations",
        "undo": "undoing:undo",
        "redo": "undoing:redo",
    },
    "Keep to schemas": {
        "schema": "schema:schema",
    },
    "Keep a ledger": {
        "ledger": "ledger:ledger",
    },
    "Live in a git repository": {
        "git": "git:git",
    },
    "Trust": {
        "policy": "policy:policy",
    },
    "Take care": {
        "verify": "care:verify",
        "repair": "mending:repair",
        "stats": "care:stats",
        "pack": "care:pack",
        "collect": "care:collect",
        "erase": "erasing:erase",
        "backup": "mending:backup",
        "restore-backup": "mending:restore_backup",
    },
}
"""Where each command lives: `module:function` under `muniment.cli.verbs`, in the order of the help."""


class Program(Group):
    """The top command: what runs it tells every error and gives an exit code."""

    def main(self, args: Sequence[str] | None = None, *_: Any, prog_name: str = NAME, **extra: Any) -> NoReturn:  # type: ignore[override]  # noqa: ARG002
        """Run the program on `args`, else on those of the process, and exit: always by the name `muniment`."""
        arguments = list(sys.argv[1:] if args is None else args)
        output.prepare_streams()
        sys.exit(self.run(arguments, **extra))

    def run(self, arguments: list[str], session: Session | None = None, **extra: Any) -> int:
        """Run the program, tell errors on standard error, and give the exit code."""
        try:
            return self._run(arguments.copy(), obj=session or Session(), **{"color": _color(), **extra})
        except click.exceptions.Exit as done:
            return done.exit_code
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - nobody shall see a traceback
            return faults.report(error, as_json="--json" in arguments)

    def _run(self, arguments: list[str], **context: Any) -> int:
        if instruction := os.environ.get(COMPLETE):
            from click.shell_completion import shell_complete

            return shell_complete(self, context, NAME, COMPLETE, instruction)
        with self.make_context(NAME, arguments, **context) as ctx:
            self.invoke(ctx)
        return ExitCode.DONE


def _color() -> bool | None:
    """Tell whether to colour: never where the user said so, else (None) on terminals alone."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


@click.group(NAME, cls=Program, places=VERBS)
@click.option("--version", is_flag=True, help="Show the version and exit.")
@click.pass_context
def program(ctx: click.Context, version: bool) -> None:  # noqa: FBT001
    """Keep JSON documents as ordinary files, with their whole history beside them.

    A folder becomes a store by `muniment init`. Its documents are its JSON files, named by their paths without
    `.json`: change them with any editor or program, and commit. `muniment tour` shows it all in a minute.
    """
    if version and ctx.ensure_object(Session).as_json:
        output.json_document({"version": VERSION})
    elif version:
        click.echo(f"muniment {VERSION}")
    elif ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    else:
        return
    ctx.exit()


def main() -> None:
    """Run the program: the entry point of the script `muniment`."""
    program.main()
