"""A word of the command line that stands for a JSON value."""

import sys

from muniment import DocumentInvalidError, InvalidValueError
from muniment.cli.faults import RefusedError
from muniment.values import canonical, place
from muniment.values.json_value import JsonValue

_LOOKS_LIKE_JSON = ("{", "[", '"')
_STANDARD_INPUT = "-"


def read(name: str, word: str, *, remedy: str) -> JsonValue:
    """Take a word for JSON if it parses as JSON, else for text; `-` reads JSON from standard input.

    Raises:
        RefusedError: It looks like JSON that somebody mistyped; the message names the document, and ends with `remedy`.
    """
    if word == _STANDARD_INPUT or word.lstrip().startswith(_LOOKS_LIKE_JSON):
        return read_json(name, word, remedy=remedy)
    try:
        return canonical.decode(_bytes_of(word))
    except InvalidValueError:
        return word


def read_json(name: str, word: str, *, remedy: str) -> JsonValue:
    """Take a word for JSON, whatever it looks like; `-` and errors as for `read`."""
    data = sys.stdin.buffer.read() if word == _STANDARD_INPUT else _bytes_of(word)
    try:
        return canonical.decode(data)
    except InvalidValueError as error:
        invalid = place.document_invalid(name, data, error)
        message = f"{name}: the value is not JSON: {invalid.fault}; {remedy}"
        raise RefusedError(DocumentInvalidError, message, **vars(invalid)) from error


def _bytes_of(word: str) -> bytes:
    return word.encode("utf-8", "surrogateescape")
