"""The history of the store, and of one document."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Literal

import msgspec

from muniment.errors import DocumentNotFoundError, InvalidValueError, RevisionNotFoundError
from muniment.history import revision as grammar
from muniment.history import tree, walk
from muniment.repo import revisions, tag_lookup
from muniment.repo.parts import Parts
from muniment.values import names
from muniment.values.ids import BlobId, CommitId, TreeId
from muniment.values.names import DocumentName
from muniment.values.objects import Commit

ROLLBACK = "rollback"
"""The name in a commit's `meta` under which `rollback` says which commit it went back to."""


class DocumentVersion(msgspec.Struct, frozen=True):
    """What one commit did to a document; `blob` is its new content, None where it was deleted.

    `tags` are the names of the tags that hold this version: at their commits, whichever branch those are
    on, the document is still as this commit left it.
    """

    commit: Commit
    blob: BlobId | None
    change: Literal["created", "updated", "deleted", "restored", "merged"]
    tags: tuple[str, ...] = ()


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
    found: list[DocumentVersion] = []
    if start != "HEAD" or parts.head(parts.selected_branch()) is not None:
        found = list(_versions(parts, checked, revisions.resolve(parts, start)))
    parts.history.end_walk()
    if not found:
        raise DocumentNotFoundError(name, "the history")
    return found


def _versions(parts: Parts, name: DocumentName, start: Commit) -> Iterator[DocumentVersion]:
    """Give the versions of a document that lead to `start`, each with the tags that hold it.

    One walk from `start` and from the tags' commits, children before parents: a tag goes down along the
    parents that have the document as its commit has it, as far as the commit that made it so.
    """
    load = parts.history.walked_commit
    parts.history.begin_walk()
    held: dict[CommitId, set[str]] = {}
    for tag in tag_lookup.sound(parts):
        held.setdefault(tag.target, set()).add(tag.name)
    reached = {start.id}
    blobs: dict[TreeId, BlobId | None] = {}

    def blob_of(commit: Commit) -> BlobId | None:
        if commit.tree not in blobs:
            blobs[commit.tree] = tree.lookup(parts.history.node, commit.tree, name)
        return blobs[commit.tree]

    for commit in walk.log(load, [start.id, *held]):
        tags = held.pop(commit.id, set[str]())
        is_reached = commit.id in reached
        if is_reached:
            reached.update(commit.parents)
        if not is_reached and not tags:
            continue
        blob, before = blob_of(commit), [blob_of(load(parent)) for parent in commit.parents]
        for parent, old in zip(commit.parents, before, strict=True):
            if tags and blob is not None and old == blob:
                held.setdefault(parent, set()).update(tags)
        if is_reached and _is_change(blob, before):
            yield DocumentVersion(commit, blob, _kind(commit, blob, before), tuple(sorted(tags if blob else ())))


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
    return DocumentVersion(commit, blob, _kind(commit, blob, before)) if _is_change(blob, before) else None


def _is_change(blob: BlobId | None, before: list[BlobId | None]) -> bool:
    return blob not in before and (blob is not None or bool(before))


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
