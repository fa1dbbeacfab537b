"""What git is about to commit of a store: the content that counts is the one in the index, not the working file."""

from collections.abc import Iterator
from typing import NamedTuple

from muniment.files.layout import DOCUMENT_SUFFIX
from muniment.git.host import Host

_REGULAR = "100"
_NONE = "000"
_DIFF = ("diff", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff")


class Entry(NamedTuple):
    """A path that the commit would change, as git names it; `blob` is git's id of the content, None if it would go."""

    path: str
    blob: str | None


def entries(host: Host) -> list[Entry]:
    """List what is staged of a store: files of documents, and what lies in its hidden folder; links are passed over."""
    found: list[Entry] = []
    fields = iter(host.paths(*_DIFF, "--", host.store))
    for description, path in zip(fields, fields, strict=True):
        _, mode, _, blob, _ = description.split(" ")
        is_ours = path.startswith(f"{host.control}/") or _name(host, path) is not None
        if is_ours and mode.startswith((_REGULAR, _NONE)):
            found.append(Entry(path, blob if mode.startswith(_REGULAR) else None))
    return found


def documents(host: Host, entries: list[Entry]) -> list[tuple[str, bytes | None]]:
    """Give the names of the documents among `entries`, each with its content; None where it would go.

    A name may be one that no document can have.
    """
    named = [(name, entry.blob) for entry in entries if (name := _name(host, entry.path)) is not None]
    contents = _contents(host, [blob for _, blob in named if blob])
    return [(name, next(contents) if blob else None) for name, blob in named]


def left_out(host: Host, local: str) -> list[str]:
    """List what lies in the hidden folder, or lay there, and would not be committed as it is now.

    `local`, the part that is never committed, is no part of it.
    """
    return _without(local, host.paths("ls-files", "-z", "--modified", "--others", "--", host.control))


def ignored(host: Host, local: str) -> list[str]:
    """List what of `left_out` a `.gitignore` keeps out, so that `git add` passes it over."""
    ignoring = ("--others", "--ignored", "--exclude-standard")
    return _without(local, host.paths("ls-files", "-z", *ignoring, "--", host.control))


def _without(local: str, paths: list[str]) -> list[str]:
    return sorted({path for path in paths if not path.startswith(f"{local}/")})


def _name(host: Host, path: str) -> str | None:
    """Give the name of the document whose file this is; None if it is none's."""
    name = path if host.store == "." else path.removeprefix(f"{host.store}/")
    is_document = name.endswith(DOCUMENT_SUFFIX) and not any(part.startswith(".") for part in name.split("/"))
    return name.removesuffix(DOCUMENT_SUFFIX) if is_document else None


def _contents(host: Host, blobs: list[str]) -> Iterator[bytes]:
    """Give the contents that git stores by these ids, in their order."""
    printed = host.git("cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in blobs).encode()) or b""
    at = 0
    for _ in blobs:
        end = printed.index(b"\n", at)
        size = int(printed[at:end].split(b" ")[2])
        yield printed[end + 1 : end + 1 + size]
        at = end + size + 2
