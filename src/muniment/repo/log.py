"""The history of the store, and of one document."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Literal

import msgspec

from muniment.errors import DocumentNotFoundError, InvalidValueError
from muniment.history import revision as grammar
from muniment.history import walk
from muniment.repo import revisions, tag_lookup
from muniment.repo.parts import Parts
from muniment.values import names
from muniment.values.ids import BlobId, CommitId
from muniment.values.names import DocumentName
from muniment.values.objects import Commit

ROLLBACK = "rollback"
"""The name in a commit's `meta` under which `rollback` says which commit it went back to."""


class DocumentVersion(msgspec.Struct, frozen=True, gc=False):
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
        InvalidValueError: `limit` is no number from 0 up, or a time is none, or has no zone.
        RevisionNotFoundError: `start` means no commit.
    """
    earliest, latest = _moment(since), _moment(until)
    found = _walk(parts, start, earliest, first_parent=first_parent)
    if latest is not None:
        found = (commit for commit in found if commit.time <= latest)
    if name is not None:
        found = _changing(parts, found, names.document_name(name), first_parent=first_parent)
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
    lookup = parts.history.lookup_of(name)
    find = lookup.find
    for commit in walk.log(load, [start.id, *held]):
        tags = held.pop(commit.id, None)
        is_reached = commit.id in reached
        if is_reached:
            reached.update(commit.parents)
        elif tags is None:
            continue
        blob, before = find(commit.tree), [find(load(parent).tree) for parent in commit.parents]
        if tags and blob is not None:
            for parent, old in zip(commit.parents, before, strict=True):
                if old == blob:
                    held.setdefault(parent, set()).update(tags)
        if is_reached and _is_change(blob, before):
            holding = tuple(sorted(tags)) if tags and blob is not None else ()
            yield DocumentVersion(commit, blob, _kind(commit, blob, before), holding)
    parts.history.keep(lookup)


def _walk(parts: Parts, start: str, since: datetime | None, *, first_parent: bool) -> Iterator[Commit]:
    if start == "HEAD" and parts.head(parts.selected_branch()) is None:
        return iter(())
    head = revisions.resolve(parts, start)
    parts.history.begin_walk()
    return walk.log(parts.history.walked_commit, [head.id], since=since, first_parent=first_parent)


def _moment(time: datetime | str | None) -> datetime | None:
    if time is None:
        return None
    if isinstance(time, str):
        return grammar.moment(time)
    if not isinstance(time, datetime):
        raise InvalidValueError(f"a time is an aware datetime or RFC 3339 text, not {time!r}")
    if time.utcoffset() is None:
        raise InvalidValueError(f"'{time}' has no zone: give an aware datetime")
    return time


def _changing(parts: Parts, commits: Iterator[Commit], name: DocumentName, *, first_parent: bool) -> Iterator[Commit]:
    """Pick the commits that did anything to a document: it is not as one of the parents had it."""
    lookup = parts.history.lookup_of(name)
    for commit in commits:
        parents = commit.parents[:1] if first_parent else commit.parents
        before = [lookup.find(parts.history.walked_commit(parent).tree) for parent in parents]
        if _is_change(lookup.find(commit.tree), before):
            yield commit
    parts.history.keep(lookup)


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
