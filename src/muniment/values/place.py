"""Find a place in JSON text: where the value at a pointer begins, and which line and column an offset is.

People mend a text in an editor, which knows lines and columns; what reads the text knows pointers or bytes.

Limits: the text is searched from its beginning, which takes some tens of milliseconds a megabyte. So this is
asked when a fault is told, never while a valid document is read.

Source: RFC 6901; RFC 8259.
"""

import re
from collections.abc import Iterator
from itertools import islice

from muniment.errors import DocumentInvalidError, InvalidValueError, MigrationFailedError
from muniment.values import canonical, pointer

_ESCAPE = re.compile(rb"\\.")
_BLANKED_ESCAPE = b".."  # as long as what it stands for, so that every offset stays
_SPACE = re.compile(rb"[ \t\n\r]*")
_OPENING = re.compile(rb"[\[{] [ \t\n\r]*", re.VERBOSE)
_PART = re.compile(
    rb"""
      "[^"]*" [ \t\n\r]* (?P<colon> : [ \t\n\r]* )?
    | (?P<comma> , [ \t\n\r]* )
    | [\[{] [^"\[\]{}]*+ (?: "[^"]*" [^"\[\]{}]*+ )* [\]}]  # a container that holds no other, at the speed of C
    | (?P<open> [\[{] )
    | (?P<close> [\]}] )
    """,
    re.VERBOSE,
)
_INDEX = re.compile("0|[1-9][0-9]{0,17}")


def offset_of(text: bytes, place: str) -> int:
    """Give the byte where the value at the pointer `place` begins; of a member, that of its value, not its name.

    Where the pointer leads to nothing, it is the innermost value on the way that is there: for a missing field, the
    object that lacks it. `text` has passed `canonical.decode`.

    Raises:
        InvalidValueError: `place` is not a pointer.
    """
    # With its escapes blanked, each string of a text ends at the next quotation mark.
    plain = _ESCAPE.sub(_BLANKED_ESCAPE, text) if b"\\" in text else text
    at = _end(_SPACE, text, 0)
    for token in pointer.parse(place):
        child = _item(plain, at, token) if plain.startswith(b"[", at) else _member(text, plain, at, token)
        if child is None:
            break
        at = child
    return at


def line_and_column(text: bytes, offset: int) -> tuple[int, int]:
    r"""Give the line and the column of a byte, both from 1, as an editor shows them.

    Lines end with `\n`, `\r\n` or `\r`. Columns count characters (code points), and each run of bytes that is no
    UTF-8 as the replacement character that is shown for it. The end of the text is a place too.
    """
    before = text[:offset]
    if before.endswith(b"\r") and text.startswith(b"\n", offset):
        before = before[:-1]  # nothing can stand between the two halves of one line end
    line = 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
    start = 1 + max(before.rfind(b"\n"), before.rfind(b"\r"))
    return line, 1 + len(before[start:].decode(errors="replace"))


def migration_failed(text: bytes, error: MigrationFailedError, *, path: str) -> MigrationFailedError:
    """Tell the line of a document's file in an error about a step that begins at the version of that file."""
    line, column = line_and_column(text, offset_of(text, error.pointer or ""))
    return MigrationFailedError(
        error.name,
        error.cause,
        error.kind,
        error.from_version,
        error.to_version,
        pointer=error.pointer,
        path=path,
        line=line,
        column=column,
    )


def document_invalid(
    name: str, text: bytes, error: InvalidValueError, *, path: str | None = None
) -> DocumentInvalidError:
    """Make of a fault in a document's text the error that tells it by pointer, offset, line and column.

    A fault that has a pointer alone was found after `text` had passed `canonical.decode`.
    """
    offset, line, column = error.offset, None, None
    if offset is None and error.pointer is not None:
        offset = offset_of(text, error.pointer)
    if offset is not None:
        line, column = line_and_column(text, offset)
    return DocumentInvalidError(
        name, error.reason, path=path, pointer=error.pointer, offset=offset, line=line, column=column
    )


def _member(text: bytes, plain: bytes, at: int, name: str) -> int | None:
    """Give the offset of the value that has this name in what begins at `at`; None if that is no such object."""
    if not plain.startswith(b"{", at):
        return None
    for part in _own_parts(plain, _end(_OPENING, plain, at)):
        colon = part.start("colon")
        if colon > 0 and canonical.decode_trusted(text[part.start() : colon]) == name:
            return part.end()
    return None


def _item(plain: bytes, at: int, index: str) -> int | None:
    """Give the offset of the item with this index in the list that begins at `at`; None if it is too short."""
    first = _end(_OPENING, plain, at)
    if not _INDEX.fullmatch(index) or plain.startswith(b"]", first):
        return None
    if index == "0":
        return first
    comma = next(islice(_own_parts(plain, first), int(index) - 1, None), None)
    return None if comma is None else comma.end()


def _own_parts(plain: bytes, inside: int) -> Iterator[re.Match[bytes]]:
    """Give the commas of the container whose content begins at `inside`, and its names with their colons."""
    depth = 0
    for part in _PART.finditer(plain, inside):
        kind = part.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth < 0:
                return
        elif kind is not None and depth == 0:
            yield part


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
