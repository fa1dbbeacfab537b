"""A word of the command line that stands for a cursor: the cursor itself, or where it is kept."""

import sys

import click

_STANDARD_INPUT = "-"
_FILE = "@"
_REMEDY = "keep there what `--cursor` told, or leave this out to begin now"


def read(_: click.Context, parameter: click.Parameter, word: str | None) -> str | None:
    """Give the cursor: of `@FILE` and `-` what stands there, for it may be longer than an argument can be.

    Raises:
        click.BadParameter: It cannot be read, or is no text.
    """
    if word is None or not (word == _STANDARD_INPUT or word.startswith(_FILE)):  # no cursor begins with that
        return word
    path = word.removeprefix(_FILE)
    where = "standard input" if path == _STANDARD_INPUT else path
    try:
        text = _content(path).decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{where}: it is no text; {_REMEDY}", param=parameter) from error
    except OSError as error:
        raise click.BadParameter(f"{where}: {error.strerror or error}; {_REMEDY}", param=parameter) from error
    if not text:
        raise click.BadParameter(f"{where}: there is no cursor in it; {_REMEDY}", param=parameter)
    return text


def _content(path: str) -> bytes:
    if path != _STANDARD_INPUT:
        with open(path, "rb") as file:
            return file.read()
    return b"" if sys.stdin is None else sys.stdin.buffer.read()  # None where it is closed
