"""A command that has commands of its own: finds them, lists them, and guesses the one that was meant.

A command's module is imported when the command is called, so that no command pays for another.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from muniment.cli.command import shared_options, write_example

Places = Mapping[str, Mapping[str, str]]


class Group(click.Group):
    """A command whose `places` tell where its own commands live, by headings and in the order of its help.

    A place is `module:function` under `muniment.cli.verbs`. Called without a command it shows its help.
    """

    def __init__(self, *args: Any, places: Places, example: str = "", **attributes: Any) -> None:
        attributes = {"callback": _tell_help, "invoke_without_command": True, **attributes}
        super().__init__(*args, **attributes)
        self.params.extend(shared_options())
        self.example = example
        self._headings = places
        self._places = {name: place for commands in places.values() for name, place in commands.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """List all commands, in the order of the help."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None if there is none of that name."""
        place = self._places.get(cmd_name)
        if place is None:
            return None
        module, _, function = place.partition(":")
        command: click.Command = getattr(import_module(f"muniment.cli.verbs.{module}"), function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, or say which one is spelled like it."""
        if not ctx.resilient_parsing and args[0] not in self._places and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = " or ".join(map(repr, get_close_matches(args[0], self._places, n=2)))
            ctx.fail(f"no command {args[0]!r}" + (f"; did you mean {near}" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the commands under headings, by what they are for."""
        for heading, group in self._headings.items():
            with formatter.section(heading):
                commands = [(name, self.get_command(ctx, name)) for name in group]
                formatter.write_dl([(name, command.get_short_help_str(70)) for name, command in commands if command])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Show the examples as they would be typed."""
        write_example(formatter, self.example)


@click.pass_context
def _tell_help(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
