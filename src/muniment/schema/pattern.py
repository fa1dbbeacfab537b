"""Patterns of document names: `services/*`, `studies/**/draft-?`."""

import re
from collections.abc import Iterable
from functools import lru_cache

from muniment.errors import InvalidNameError
from muniment.values import names

_WILDCARD = re.compile(r"/\*\*/|\*\*/|/\*\*|\*\*|\*|\?")
_MEANING = {
    "/**/": "/(?:.*/)?",
    "**/": "(?:.*/)?",
    "/**": "/.*",
    "**": ".*",
    "*": "[^/]*",
    "?": "[^/]",
}


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """Read a pattern: `*` stands for any text within a folder, `?` for one character, `**` for any folders.

    Raises:
        InvalidNameError: No document could have such a name.
    """
    names.check_text("pattern", pattern)
    if not pattern or "***" in pattern:
        raise InvalidNameError("pattern", pattern, "it is empty, or has three stars together")
    try:
        names.document_name(re.sub(r"[*?]", "x", pattern))
    except InvalidNameError as error:
        raise InvalidNameError("pattern", pattern, error.reason) from error
    parts, at = [], 0
    for found in _WILDCARD.finditer(pattern):
        parts += [re.escape(pattern[at : found.start()]), _MEANING[found.group()]]
        at = found.end()
    return re.compile("".join([*parts, re.escape(pattern[at:])]), re.DOTALL)


@lru_cache(maxsize=1024)
def folders(pattern: str) -> re.Pattern[str]:
    """Read a pattern as one of the folders that names which fit it may lie in, or below; errors as for `compiled`."""
    compiled(pattern)
    head, any_folders, _ = pattern.partition("**")
    *parts, last = map(_within_a_folder, head.split("/"))
    if any_folders:
        parts.append(f"{last}.*")
    found = "(?!)" if not parts else parts.pop()
    while parts:
        found = f"{parts.pop()}(?:/{found})?"
    return re.compile(found, re.DOTALL)


def _within_a_folder(part: str) -> str:
    return "".join(_MEANING.get(character) or re.escape(character) for character in part)


def fits(patterns: Iterable[str], name: str) -> bool:
    """Tell whether a document's name fits one of some patterns."""
    return any(compiled(pattern).fullmatch(name) for pattern in patterns)
