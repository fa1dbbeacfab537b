"""A group of commands that are all about one thing, whose name stands before the command."""

import click

from muniment.cli.group import Group

_TAKES_A_WORD = "--store"


class LedgerGroup(Group):
    """The commands on a ledger: `muniment ledger NAME COMMAND`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the name first, and the options that follow it as if they stood before it."""
        if args and not args[0].startswith("-"):
            args = self._named(ctx, args)
        return super().parse_args(ctx, args)

    def _named(self, ctx: click.Context, args: list[str]) -> list[str]:
        name, *rest = args
        if name in self.list_commands(ctx) and not (rest and rest[0] in self.list_commands(ctx)):
            if set(rest) & set(ctx.help_option_names):
                return ["NAME", *args]
            ctx.fail(f"name the ledger first: `muniment ledger NAME {name}`")
        count = 0
        while count < len(rest) and rest[count].startswith("-"):
            count += 2 if rest[count] == _TAKES_A_WORD else 1
        return [*rest[:count], name, *rest[count:]]


def name_of(ctx: click.Context) -> str:
    """Give the name of the ledger that a command of this group was called for."""
    name: str = ctx.parent.params["name"] if ctx.parent is not None else ""
    return name
