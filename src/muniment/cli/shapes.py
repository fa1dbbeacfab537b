"""What `--json` makes of the library's values: the shapes that `docs/reference/cli.md` promises."""

from typing import Any

from muniment import Commit, DocumentChange, DocumentVersion, Report, Status
from muniment.values.objects import format_time


def commit(made: Commit) -> dict[str, Any]:
    """Give a commit as an object; `time` is RFC 3339 in UTC."""
    return {
        "id": made.id,
        "tree": made.tree,
        "parents": list(made.parents),
        "author": made.author,
        "time": format_time(made.time),
        "message": made.message,
        "generation": made.generation,
        "meta": made.meta,
        "signature": made.signature,
    }


def change(found: DocumentChange) -> dict[str, Any]:
    """Give a changed document: what happened, as an RFC 6902 patch and in the flat form."""
    return {"name": found.name, "change": found.change, "patch": found.patch, "flat": found.flat()}


def brief(found: DocumentChange) -> dict[str, Any]:
    """Give a changed document without its content."""
    return {"name": found.name, "change": found.change}


def version(found: DocumentVersion) -> dict[str, Any]:
    """Give what a commit did to a document; `blob` is null where it was deleted."""
    return {"change": found.change, "blob": found.blob, "commit": commit(found.commit)}


def status(found: Status) -> dict[str, Any]:
    """Give the documents that differ from the head."""
    return {
        "branch": found.branch,
        "head": found.head,
        "clean": found.clean,
        "added": found.added,
        "changed": found.changed,
        "removed": found.removed,
        "invalid": found.invalid,
        "conflicted": found.conflicted,
        "reasons": found.reasons,
    }


def report(found: Report) -> dict[str, Any]:
    """Give what was checked, in numbers, and what was found."""
    return {
        "ok": found.ok,
        "findings": [
            {"code": one.code, "path": one.path, "detail": one.detail, "remedy": one.remedy} for one in found.findings
        ],
        "heads": found.heads,
        "commits": found.commits,
        "trees": found.trees,
        "blobs": found.blobs,
        "objects": found.objects,
        "packs": found.packs,
        "documents": found.documents,
        "leftovers": found.leftovers,
    }
