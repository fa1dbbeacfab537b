"""The history of the store, and of one document."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Literal

import msgspec

from muniment.errors import DocumentNotFoundError, InvalidValueError, RevisionNotFoundError
from muniment.history import revision as grammar
from muniment.history import tree, walk
from muniment.repo import revisions
from muniment.repo.parts import Parts
from muniment.values import names
from muniment.values.ids import BlobId
from muniment.values.objects import Commit

ROLLBACK = "rollback"
"""The name in a commit's `meta` under which `rollback` says which commit it went back to."""


class DocumentVersion(msgspec.Struct, frozen=True):
    """What one commit did to a document; `blob` is its new content, None where it was deleted."""

    commit: Commit
    blob: BlobId | None
    change: Literal["created", "updated", "deleted", "restored", "merged"]


def log(
    parts: Parts,
    start: str,
    *,
    name: str | None,
    limit: int | None,
    since: datetime | str | None,
    until: datetime | str | None,
    first_parent: bool,
) -> list[Commit]:
    """List commits, newest first; none before the first commit.

    Raises:
        InvalidValueError: `limit` is no number from 0 up, or a time is none.
        RevisionNotFoundError: `start` means no commit, or a time has no zone.
    """
    found = _walk(parts, start, first_parent=first_parent)
    earliest, latest = _moment(since), _moment(until)
    if earliest is not None or latest is not None:
        found = (
            commit
            for commit in found
            if (earliest is None or commit.time >= earliest) and (latest is None or commit.time <= latest)
        )
    if name is not None:
        checked = names.document_name(name)
        found = (commit for commit in found if _version(parts, commit, checked, first_parent=first_parent))
    try:
        wanted = islice(found, limit)
    except ValueError:
        raise InvalidValueError(f"a limit is a number of commits, not {limit!r}") from None
    result = list(wanted)
    parts.history.end_walk()
    return result


def history(parts: Parts, name: str, start: str) -> list[DocumentVersion]:
    """List what commits did to one document, newest first.

    Raises:
        DocumentNotFoundError: No commit has ever had a document of that name.
    """
    checked = names.document_name(name)
    versions = (
        _version(parts, commit, checked, first_parent=False) for commit in _walk(parts, start, first_parent=False)
    )
    found = [version for version in versions if version is not None]
    parts.history.end_walk()
    if not found:
        raise DocumentNotFoundError(name, "the history")
    return found


def _walk(parts: Parts, start: str, *, first_parent: bool) -> Iterator[Commit]:
    if start == "HEAD" and parts.head(parts.selected_branch()) is None:
        return iter(())
    head = revisions.resolve(parts, start)
    parts.history.begin_walk()
    return walk.log(parts.history.walked_commit, [head.id], first_parent=first_parent)


def _moment(time: datetime | str | None) -> datetime | None:
    if time is None:
        return None
    if isinstance(time, str):
        return grammar.moment(time, time)
    if not isinstance(time, datetime):
        raise InvalidValueError(f"a time is an aware datetime or RFC 3339 text, not {time!r}")
    if time.utcoffset() is None:
        raise RevisionNotFoundError(str(time), "this time has no zone: give an aware datetime")
    return time


def _version(parts: Parts, commit: Commit, name: str, *, first_parent: bool) -> DocumentVersion | None:
    """Tell what a commit did to a document; nothing if it is as one of the parents had it."""
    blob = tree.lookup(parts.history.node, commit.tree, name)
    parents = commit.parents[:1] if first_parent else commit.parents
    before = [tree.lookup(parts.history.node, parts.history.walked_commit(parent).tree, name) for parent in parents]
    if blob in before or (blob is None and not before):
        return None
    return DocumentVersion(commit, blob, _kind(commit, blob, before))


def _kind(
    commit: Commit, blob: BlobId | None, before: list[BlobId | None]
) -> Literal["created", "updated", "deleted", "restored", "merged"]:
    if blob is None:
        return "deleted"
    if len(commit.parents) > 1:
        return "merged"
    if ROLLBACK in commit.meta:
        return "restored"
    return "updated" if any(before) else "created"
