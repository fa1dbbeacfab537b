"""Checks of arguments that several commands take."""

import click

from muniment import InvalidValueError
from muniment.values import pointer as pointers


def pointer(_: click.Context, parameter: click.Parameter, value: str) -> str:
    """Check that a JSON Pointer is written like one."""
    try:
        pointers.parse(value)
    except InvalidValueError as error:
        raise click.BadParameter(error.reason, param=parameter) from error
    return value


def reason(_: click.Context, parameter: click.Parameter, value: str) -> str:
    """Check that a message says something."""
    if not value.strip():
        raise click.BadParameter("it is empty: say why, for those who read the history", param=parameter)
    return value
