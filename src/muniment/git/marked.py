"""Lines of ours in a file of somebody else's: put between two marks, replaced in place, taken out again.

A mark is a comment of shell scripts and of `.gitattributes`. Whatever stands outside the marks is never changed.
"""

import re
from collections.abc import Iterable

from muniment.values import canonical


def replace(text: bytes, label: str, lines: Iterable[str]) -> bytes | None:
    """Give `text` with other lines between the marks of `label`; None where it has no such marks."""
    block = render(label, lines)
    return _pattern(label).sub(lambda _: block, text, count=1) if has(text, label) else None


def remove(text: bytes, label: str) -> bytes:
    """Give `text` without the marks of `label` and what stands between them."""
    return _pattern(label).sub(b"", text, count=1)


def has(text: bytes, label: str) -> bool:
    """Tell whether `text` has the marks of `label`."""
    return _pattern(label).search(text) is not None


def has_any(text: bytes) -> bool:
    """Tell whether `text` has marks of any label."""
    return re.search(rb"^# >>> muniment .* >>>$", text, re.MULTILINE) is not None


def render(label: str, lines: Iterable[str]) -> bytes:
    """Write lines between the marks of `label`, each ended by a line feed."""
    begin, end = _marks(label)
    return begin + b"".join(line.encode(errors="surrogateescape") + b"\n" for line in lines) + end


def _pattern(label: str) -> re.Pattern[bytes]:
    begin, end = map(re.escape, _marks(label))
    return re.compile(rb"^%b(?:.*\n)*?%b" % (begin, end), re.MULTILINE)


def _marks(label: str) -> tuple[bytes, bytes]:
    shown = canonical.encode(label.encode(errors="backslashreplace").decode())  # on one line, whatever it holds
    return b"# >>> muniment %b >>>\n" % shown, b"# <<< muniment %b <<<\n" % shown
