"""Arguments that several commands take, and checks of them."""

import re
from datetime import timedelta

import click

from muniment import InvalidValueError
from muniment.cli.session import Session
from muniment.schema.version import schema_version
from muniment.values import pointer as pointers

AUTHOR = click.option("--author", metavar="'NAME <MAIL>'", help="Who does it, if not MUNIMENT_AUTHOR nor git's user.")

_AGE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?P<unit>[dhm]?)")
_DAYS = {"": 1.0, "d": 1.0, "h": 1 / 24, "m": 1 / 1440}
_MOST_DAYS = 1_000_000


def _note_sign(ctx: click.Context, _: click.Parameter, value: bool | None) -> None:  # noqa: FBT001 - click calls it so
    ctx.ensure_object(Session).sign = value


def _note_key(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    ctx.ensure_object(Session).signing_key = value


SIGN = click.option(
    "--sign/--no-sign",
    default=None,
    expose_value=False,
    callback=_note_sign,
    help="Sign it, with git's key if no other is named; or do not, whatever MUNIMENT_SIGNING_KEY says.",
)
SIGNING_KEY = click.option(
    "--signing-key",
    metavar="PATH",
    type=click.Path(),
    expose_value=False,
    callback=_note_key,
    help="The SSH key to sign with, if not MUNIMENT_SIGNING_KEY.",
)
SHOW_SIGNATURE = click.option("--show-signature", is_flag=True, help="Tell who signed, and whether they may.")

DRY_RUN = click.option("--dry-run", is_flag=True, help="Tell what would come of it, and change nothing.")
PREFER = click.option("--prefer", type=click.Choice(["ours", "theirs"]), help="Whose value counts in a conflict.")

KINDS = click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only of that kind, or of several.")
ACTORS = click.option("--actor", "actors", multiple=True, metavar="ACTOR", help="Only of that actor, or of several.")
STREAMS = click.option("--stream", "streams", multiple=True, metavar="STREAM", help="Only of that stream, or several.")


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


def age(_: click.Context, parameter: click.Parameter, value: str) -> timedelta:
    """Give the length of time that a number of days is, or a number with a letter behind it for what it counts."""
    found = _AGE.fullmatch(value)
    days = float(found["number"]) * _DAYS[found["unit"]] if found else _MOST_DAYS + 1
    if days > _MOST_DAYS:
        message = f"{value!r} is no age: give a number of days, such as 14 or 0.5, or one with a letter: 14d, 2h, 30m"
        raise click.BadParameter(message, param=parameter)
    return timedelta(days=days)


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


def after(word: str) -> int | str:
    """Give the offset that a word is, or else the word, for a cursor."""
    return int(word) if word.isascii() and word.isdigit() else word
