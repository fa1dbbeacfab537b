"""Tell a file that a merge in the host's git made from one that somebody edited.

Git merges the files of documents line by line. Where it can, the result is the one that this can make too. Where it
cannot, it puts both sides between marks, such as `<<<<<<<`; then whatever is in the file is a piece that one of the
versions had, a member or a value; and no piece is missing that git would not have dropped. A piece too many, or one too
few, is somebody's doing. Looking at pieces and not at lines, it does not matter how a file was laid out.

Limits: who moves pieces about between the marks, without adding or dropping any, is not told from git.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from muniment.errors import InvalidValueError
from muniment.values import canonical, text_merge

_MARKER = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?\r?$|^={7}\r?$", re.MULTILINE)
_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\\n]|\\.)*")(?P<member>\s*:)?|(?P<bracket>[\[\]{}])|(?P<word>[^\s\[\]{},:"]+)|(?P<stray>[":])'
)

Piece: TypeAlias = tuple[str, ...]
"""A scalar as canonical text; behind the name of a member, where it is the value of one."""


def has_markers(text: bytes) -> bool:
    """Tell whether git marked a conflict in a file."""
    return b"<<<<<<<" in text and _MARKER.search(_decoded(text)) is not None


def is_marked(text: bytes, base: bytes | None, ours: bytes | None, theirs: bytes | None) -> bool:
    """Tell whether a file with marks holds what git puts there, merging two sides, canonical bytes, and nothing else.

    A piece that both sides have as often as the base is there as often; one that a side added is there too; one that a
    side dropped may be gone.
    """
    found = Counter(_pieces(_MARKER.sub("", _decoded(text))))
    was, left, right = (Counter(_pieces((side or b"").decode())) for side in (base, ours, theirs))
    if not found.keys() <= was.keys() | left.keys() | right.keys():
        return False
    return all(
        min(max(left[piece], right[piece]), left[piece] + right[piece] - was[piece])
        <= count
        <= left[piece] + right[piece] + was[piece]
        for piece, count in ((piece, found[piece]) for piece in left.keys() | right.keys())
    )


def merged_by_lines(base: bytes | None, ours: bytes | None, theirs: bytes | None) -> bytes | None:
    """Give what a merge line by line makes of a document as it is laid out, canonical; None where it cannot."""
    if base is None or ours is None or theirs is None:
        return None
    merged = text_merge.merge(*(canonical.pretty(side).decode() for side in (base, ours, theirs)))
    try:
        return None if merged is None else canonical.encode(canonical.decode(merged.encode()))
    except InvalidValueError:
        return None


def _decoded(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


def _pieces(text: str) -> Iterator[Piece]:
    """List the members' names, the members that are scalars, and the other scalars; what is no JSON is a piece too."""
    member: str | None = None
    for found in _TOKEN.finditer(text):
        if found["bracket"]:
            member = None
            continue
        piece = _canonical(found["text"] or found["word"] or found["stray"])
        if found["member"]:
            member = piece
            yield (piece, ":")
        else:
            yield (piece,) if member is None else (member, piece)
            member = None


def _canonical(token: str) -> str:
    """Write a scalar in the one way it has in a version; what is none stays as it is."""
    try:
        return canonical.encode(canonical.decode(token.encode(errors="surrogateescape"))).decode()
    except InvalidValueError:
        return token
