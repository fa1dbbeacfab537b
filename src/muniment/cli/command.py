"""A command of the program: what it takes besides its own arguments, and how its help looks."""

from collections.abc import Callable
from typing import Any

import click

from muniment.cli.session import Session


class Verb(click.Command):
    """A command that takes `--store` and `--json` too, and whose help ends with examples."""

    def __init__(self, *args: Any, example: str = "", **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.extend(shared_options())
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Show the examples as they would be typed."""
        write_example(formatter, self.example)


def verb(
    name: str, *, example: str, cls: type[Verb] = Verb, **attributes: Any
) -> Callable[[Callable[..., None]], Verb]:
    """Make a command of a function that takes the `Session`; its docstring is the help."""

    def decorate(function: Callable[..., None]) -> Verb:
        return click.command(name, cls=cls, example=example, **attributes)(click.pass_obj(function))

    return decorate


def write_example(formatter: click.HelpFormatter, example: str) -> None:
    """End a help page with its examples; nothing where there are none."""
    if not example:
        return
    with formatter.section("Example"):
        for line in example.splitlines():
            formatter.write(f"  {line}\n")


def shared_options() -> list[click.Option]:
    """Make the options that may stand before a command's name as well as after it."""
    store = click.Option(
        ["--store"],
        metavar="DIR",
        type=click.Path(),
        expose_value=False,
        callback=_note_store,
        help="The folder of the store.  [default: found upwards from here]",
    )
    as_json = click.Option(
        ["--json"], is_flag=True, expose_value=False, callback=_note_json, help="Answer in JSON, for programs."
    )
    return [store, as_json]


def _note_store(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).store_path = value


def _note_json(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click calls it so
    if value:
        ctx.ensure_object(Session).as_json = True
