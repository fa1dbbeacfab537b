"""Arguments that several commands take, and checks of them."""

import click

from muniment import InvalidValueError
from muniment.schema.version import schema_version
from muniment.values import pointer as pointers

AUTHOR = click.option("--author", metavar="'NAME <MAIL>'", help="Who does it, if not MUNIMENT_AUTHOR nor git's user.")

DRY_RUN = click.option("--dry-run", is_flag=True, help="Tell what would come of it, and change nothing.")
PREFER = click.option("--prefer", type=click.Choice(["ours", "theirs"]), help="Whose value counts in a conflict.")


def pointer(_: click.Context, parameter: click.Parameter, value: str) -> str:
    """Check that a JSON Pointer is written like one."""
    try:
        pointers.parse(value)
    except InvalidValueError as error:
        raise click.BadParameter(error.reason, param=parameter) from error
    return value


def optional_pointer(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check that a JSON Pointer, where there is one, is written like one."""
    return None if value is None else pointer(ctx, parameter, value)


def version(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check that a schema version is written like one."""
    try:
        return None if value is None else str(schema_version(value))
    except InvalidValueError as error:
        raise click.BadParameter(error.reason, param=parameter) from error


def reason(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check that a message, where there is one, says something."""
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty: say why, for those who read the history", param=parameter)
    return value
