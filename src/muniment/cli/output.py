"""What the program writes: text that is safe on any terminal, and JSON."""

import codecs
import re
import sys
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from io import TextIOWrapper

import click

from muniment import InvalidValueError
from muniment.values import canonical

_PLAINER = str.maketrans("→●│├└─…", "+*||`-.") | {ord("→"): "->", ord("…"): "..."}
_CONTROL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_CONTROL_IN_JSON = re.compile("[\x7f-\x9f]")
_JOINERS = frozenset("\u200c\u200d")  # half of many an emoji and of Persian spelling; they hide nothing


def prepare_streams() -> None:
    """Let standard output and error take every character: what they cannot show is written plainer."""
    codecs.register_error("muniment.plainer", _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="muniment.plainer")


def _plainer(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_PLAINER)
    return text.encode("ascii", "backslashreplace").decode(), error.end


def one_line(text: str) -> str:
    """Make text of one line that cannot move the cursor, ring or recolour: control characters are written out."""
    return "".join(map(_shown, " ".join(filter(None, map(str.strip, text.splitlines())))))


def paragraph(text: str) -> str:
    """Do to each line what `one_line` does, and keep the lines."""
    return "\n".join("".join(map(_shown, line.expandtabs())) for line in text.splitlines())


def _shown(character: str) -> str:
    if character.isprintable() or character in _JOINERS or unicodedata.category(character) not in _CONTROL:
        return character
    return character.encode("unicode_escape").decode()


def local_time(moment: datetime) -> datetime:
    """Give a moment as clocks here show it; the first and the last there are have no such form everywhere."""
    try:
        return moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return moment


def compact(value: object) -> str:
    """Write a value as JSON on one line, fit for a terminal."""
    return "".join(map(_shown, _encoded(value).decode()))


def pretty(value: object) -> str:
    """Write a value as JSON on many lines, without the last line feed, fit for a terminal."""
    return paragraph(canonical.pretty(_encoded(value)).decode())


def json_document(value: object) -> None:
    """Print one JSON document."""
    click.echo(_escaped(canonical.pretty(_encoded(value))), nl=False)


def json_line(value: object, *, err: bool = False) -> None:
    """Print one line of JSON Lines."""
    click.echo(_escaped(_encoded(value)), err=err)


def one_text(text: str) -> None:
    """Print one text alone: just as it is, colour codes of its own included, but on a terminal fit for it."""
    click.echo(paragraph(text) if sys.stdout.isatty() else text, color=True)


def _escaped(data: bytes) -> str:
    """Write out in JSON the control characters that it need not write out: some terminals obey them."""
    return _CONTROL_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", data.decode())


def _encoded(value: object) -> bytes:
    try:
        return canonical.encode(value)
    except InvalidValueError:  # a file name, or an argument, that is not UTF-8
        return canonical.encode(_written_out(value))


def _written_out(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_written_out(name): _written_out(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written_out(item) for item in value]
    return value
