"""The grammar of names: what may name a document, a branch or a commit's author.

A document's name is its path under the store without `.json`, with `/` between folders on every
system. What one supported system could not store, or would confuse with another name, is refused
everywhere, because a store is shared by way of its host repository.

Limits: a name has at most 1,000 bytes of UTF-8, each part at most 200.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NewType

from muniment.errors import InvalidNameError
from muniment.values.ids import is_id

DocumentName = NewType("DocumentName", str)
BranchName = NewType("BranchName", str)
TagName = NewType("TagName", str)

MAX_NAME_BYTES = 1000
MAX_PART_BYTES = 200

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_REVISION_SYNTAX = re.compile(r"[~^@{\s]|\.\.")


def check_text(kind: str, text: object) -> None:
    """Refuse what is no string at all, before a cache or a comparison meets it.

    Raises:
        InvalidNameError: It is none.
    """
    if not isinstance(text, str):
        raise InvalidNameError(kind, repr(text), "a name is a string")


def document_name(text: str) -> DocumentName:
    """Check that `text` may name a document.

    Raises:
        InvalidNameError: It may not; the reason says which rule it breaks.
    """
    check_text("document", text)
    return _document_name(text)


def folder_name(kind: str, text: object) -> str:
    """Check that `text` may name a folder among those of its `kind`: as a document's name, without a slash.

    Raises:
        InvalidNameError: It may not; the reason says which rule it breaks.
    """
    check_text(kind, text)
    try:
        name = _document_name(str(text))
    except InvalidNameError as error:
        raise InvalidNameError(kind, str(text), error.reason) from error
    if "/" in name:
        raise InvalidNameError(kind, name, "it has a slash")
    return name


def document_names(given: Iterable[str]) -> list[DocumentName]:
    """Check a list of documents' names; one bare name is no list, though Python would go through its letters.

    Raises:
        InvalidNameError: It is no list, or one of them may name no document.
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidNameError("document", str(given), "give a list of names")
    return [document_name(text) for text in given]


def branch_name(text: str) -> BranchName:
    """Check that `text` may name a branch: a path that no revision syntax nor id could be taken for.

    Raises:
        InvalidNameError: It may not; the reason says which rule it breaks.
    """
    check_text("branch", text)
    return _branch_name(text)


def tag_name(text: str) -> TagName:
    """Check that `text` may name a tag: the rules are those of branches.

    Raises:
        InvalidNameError: It may not; the reason says which rule it breaks.
    """
    check_text("tag", text)
    try:
        return TagName(_branch_name(text))
    except InvalidNameError as error:
        raise InvalidNameError("tag", text, error.reason) from error


def author(text: str) -> str:
    """Check that `text` may name an author: one line, conventionally `Name <mail>`.

    Raises:
        InvalidNameError: It is empty, or has line breaks or control characters.
    """
    check_text("author", text)
    return _author(text)


@lru_cache(maxsize=65536)
def _document_name(text: str) -> DocumentName:
    _check_path("document", text)
    return DocumentName(text)


@lru_cache(maxsize=1024)
def _branch_name(text: str) -> BranchName:
    _check_path("branch", text)
    if found := _REVISION_SYNTAX.search(text):
        raise InvalidNameError("branch", text, f"{found.group()!r} has a meaning in revisions")
    if text == "HEAD":
        raise InvalidNameError("branch", text, "HEAD means the branch that is checked out")
    if any(is_id(part) for part in text.split("/")):
        raise InvalidNameError("branch", text, "it looks like the id of an object")
    return BranchName(text)


@lru_cache(maxsize=1024)
def _author(text: str) -> str:
    if not text.strip():
        raise InvalidNameError("author", text, "it is empty")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
        raise InvalidNameError("author", text, "it must be one line of plain text")
    return text


def fold(name: str) -> str:
    """Give what two names share when a case-insensitive file system takes them for one."""
    return unicodedata.normalize("NFC", name.casefold())


def folders(name: str) -> list[str]:
    """List the folders above a name, outermost first: `a/b/c` gives `a`, `a/b`."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _check_path(kind: str, text: str) -> None:
    if not text:
        raise InvalidNameError(kind, text, "it is empty")
    if found := _FORBIDDEN.search(text):
        raise InvalidNameError(kind, text, f"{found.group()!r} is not portable in file names")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise InvalidNameError(kind, text, "it has a lone surrogate") from error
    if size > MAX_NAME_BYTES:
        raise InvalidNameError(kind, text, f"it is longer than {MAX_NAME_BYTES} bytes")
    if unicodedata.normalize("NFC", text) != text:
        raise InvalidNameError(kind, text, "it is not in Unicode normal form C, and systems would differ about it")
    for part in text.split("/"):
        if reason := _fault_of_part(part):
            raise InvalidNameError(kind, text, reason)


def _fault_of_part(part: str) -> str | None:
    if part in {"", ".", ".."}:
        return "it has an empty, `.` or `..` part and could leave the store"
    if part.startswith("."):
        return f"{part!r} is hidden"
    if part[-1] in ". ":
        return f"{part!r} ends with a dot or a space, which Windows drops"
    if part[0] == " ":
        return f"{part!r} begins with a space"
    if _RESERVED.fullmatch(part):
        return f"{part!r} is reserved by Windows"
    if part.casefold().endswith(".json"):
        return f"{part!r} ends with .json: leave that out, the file gets it"
    if len(part.encode()) > MAX_PART_BYTES:
        return f"a part of it is longer than {MAX_PART_BYTES} bytes"
    return None
