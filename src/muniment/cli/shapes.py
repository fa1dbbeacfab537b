"""What `--json` makes of the library's values: the shapes that `docs/reference/cli.md` promises."""

from typing import Any

import msgspec

from muniment import Commit, DocumentChange, DocumentVersion, Report, Status

UNCHANGED: dict[str, Any] = {"change": "unchanged", "patch": [], "flat": {"added": {}, "removed": {}, "changed": {}}}


def commit(made: Commit) -> dict[str, Any]:
    """Give a commit as an object; `time` becomes RFC 3339 in UTC."""
    return msgspec.structs.asdict(made)


def change(found: DocumentChange) -> dict[str, Any]:
    """Give a changed document: what happened, as an RFC 6902 patch and in the flat form."""
    return {**brief(found), "patch": found.patch, "flat": found.flat()}


def brief(found: DocumentChange) -> dict[str, Any]:
    """Give a changed document without its content."""
    return {"name": found.name, "change": found.change}


def version(found: DocumentVersion) -> dict[str, Any]:
    """Give what a commit did to a document; `blob` is null where it was deleted."""
    return {"change": found.change, "blob": found.blob, "commit": commit(found.commit)}


def status(found: Status) -> dict[str, Any]:
    """Give the documents that differ from the head."""
    return {"clean": found.clean, **msgspec.structs.asdict(found)}


def report(found: Report) -> dict[str, Any]:
    """Give what was checked, in numbers, and what was found."""
    return {"ok": found.ok, **msgspec.structs.asdict(found)}
