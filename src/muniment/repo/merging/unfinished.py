"""A merge that waits for its conflicts: begun, continued when they are settled, or aborted.

What it is of is noted in this copy, in the same change that shows the documents as far as they could be merged: valid
JSON, with what ours has at the places of conflict. The branch's head stays until the merge is continued.

Format: docs/format/local.md, "An unfinished merge".
"""

import base64
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from muniment.errors import (
    BlobErasedError,
    BranchSwitchedError,
    DocumentNotFoundError,
    MergeConflictError,
    NoMergeError,
    NothingToCommitError,
    ObjectNotFoundError,
)
from muniment.repo import assembling, checking, still_stored
from muniment.repo.assembling import Draft, Words
from muniment.repo.merging import overtaken_merge, superseded
from muniment.repo.merging.three_way import TreesMerged
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.storage.change import Change, Replacement
from muniment.values import canonical, unfinished_merge
from muniment.values.conflict import Conflict
from muniment.values.ids import BlobId, CommitId
from muniment.values.names import BranchName, DocumentName
from muniment.values.objects import Commit
from muniment.values.unfinished_merge import MergedDocument, MergeVerb, Place, UnfinishedMerge


class MergeUnderWay(msgspec.Struct, frozen=True, kw_only=True):
    """A merge into `branch` that waits in this copy, since `time`, with the `conflicts` that are still open.

    `verb` is what began it: `merge`, `reconcile`, `revert` or `cherry-pick`; `source` the commit that is merged in,
    taken back or picked. `author` and `message` are who began it and what the commit to be made will say, unless
    `merge_continue` is given others.
    """

    verb: MergeVerb
    branch: BranchName
    source: CommitId
    author: str
    message: str
    time: datetime
    conflicts: tuple[Conflict, ...]


class Begun(NamedTuple):
    """A merge that meets conflicts: by which verb, into which branch, and of what."""

    verb: MergeVerb
    branch: BranchName
    heads: tuple[CommitId, ...]
    parents: tuple[Commit, ...]
    words: Words


def begin(parts: Parts, begun: Begun, merged: TreesMerged, follow: list[Replacement]) -> None:
    """Let working files follow as far as the documents could be merged, and note what is to be settled.

    Needs the locks of the documents, and the store's.
    """
    places: dict[DocumentName, list[Place]] = {}
    for conflict in merged.conflicts:
        places.setdefault(conflict.name, []).append(unfinished_merge.place_of(conflict))
    following = {item.name: item.after for item in follow}
    contents = {**merged.contested, **merged.changes, **following}
    left = merged.contested.keys() - following.keys()
    noted = UnfinishedMerge(
        verb=begun.verb,
        branch=begun.branch,
        heads=begun.heads,
        parents=tuple(parent.id for parent in begun.parents),
        message=begun.words.message,
        author=begun.words.author,
        time=datetime.now(UTC),
        documents={
            name: _noted(parts, name, after, places.get(name, []), may_be_left=name in left)
            for name, after in contents.items()
        },
        meta=dict(begun.words.meta),
    )
    borrowed = [blob for blob in contents.values() if blob is not None and blob not in merged.blobs]
    still_stored.refuse_missing(parts, [*noted.parents, *borrowed], besides=begun.heads)
    objects, packs = parts.storage.pack_if_many(merged.blobs.items())
    parts.storage.commit(Change(objects, packs, [], follow, [], b"", merge=unfinished_merge.encode(noted)))


def _noted(
    parts: Parts, name: DocumentName, after: BlobId | None, places: Iterable[Place], *, may_be_left: bool
) -> MergedDocument:
    """Note what a file holds before it follows: in the usual layout by its content's id alone, else what it says."""
    before = parts.storage.working.state_id(name)
    text = None if before is None else _unusual_text(parts, name, before)
    encoded = None if text is None else base64.b64encode(text).decode()
    is_left = may_be_left and before != after
    return MergedDocument(before=before, merged=after, places=tuple(places), text=encoded, is_left=is_left)


def _unusual_text(parts: Parts, name: DocumentName, state: BlobId) -> bytes | None:
    """Give the bytes of a file, unless they are how the content `state`, which is stored, is usually laid out."""
    found = parts.storage.working.text(name)
    with suppress(ObjectNotFoundError, BlobErasedError):
        if found == canonical.pretty(parts.storage.objects.read(state)):
            return None
    return found


def current(parts: Parts) -> UnfinishedMerge:
    """Give the merge that is under way.

    Raises:
        NoMergeError: None is.
    """
    found = parts.unfinished_merge()
    if found is None:
        raise NoMergeError
    return found


def told(found: UnfinishedMerge) -> MergeUnderWay:
    """Tell of a merge that waits what concerns those who have to settle it."""
    return MergeUnderWay(
        verb=found.verb,
        branch=found.branch,
        source=found.meta.get(found.verb, found.parents[-1]),
        author=found.author,
        message=found.message,
        time=found.time,
        conflicts=tuple(found.open_conflicts()),
    )


def conflicts(parts: Parts) -> tuple[Conflict, ...]:
    """List the conflicts that are open, in the order of names, and of places; none where no merge is under way."""
    found = parts.unfinished_merge()
    return () if found is None else tuple(found.open_conflicts())


def finish(parts: Parts, *, message: str | None, author: str | None) -> Commit:
    """Commit the merge, with its documents as the working files have them now.

    Raises:
        NoMergeError: None is under way.
        MergeConflictError: Conflicts are open; nothing was changed.
        DocumentInvalidError: A document is not valid; mend it and continue.
        StaleHeadError: Something moved the branch meanwhile: abort, and merge again.
        NothingToCommitError: What is left of it changes nothing: abort it.
    """
    merge = current(parts)
    with parts.locks.exclusive(merge.documents), parts.storage.exclusive(parts.lock_timeout_s):
        merge = current(parts)
        overtaken_merge.refuse(parts, merge)
        if found := tuple(merge.open_conflicts()):
            raise MergeConflictError(found, "settle them with `muniment resolve`, then continue")
        if (selected := parts.selected_branch()) != merge.branch:
            raise BranchSwitchedError(merge.branch, selected)
        parents = [parts.history.commit(parent) for parent in merge.parents]
        draft = _draft(parts, merge, parents[0])
        who = author or (parts.author if merge.verb == "reconcile" else None) or merge.author  # now somebody decided
        words = Words(who, merge.message if message is None else message, merge.meta)
        made = assembling.assemble(parts, words, parents, parents[0].tree, draft)
        if len(parents) == 1 and made.update.root == parents[0].tree:
            raise NothingToCommitError(merge.branch)
        intent = Intent(verb=merge.verb, author=words.author, message=words.message)
        behind = superseded.heads(parts, merge.branch, parents)
        return assembling.record(parts, made, intent, merge.branch, behind, merge=b"", worktree=True)


def _draft(parts: Parts, merge: UnfinishedMerge, ours: Commit) -> Draft:
    """Take the documents that were in conflict as their files are now, and the others as they were merged."""
    draft = Draft({}, {}, [])
    for name, document in merge.documents.items():
        blob_id = document.merged
        if document.places and (data := _valid_content(parts, name)) is not None:
            blob_id = BlobId(canonical.digest(data))
            draft.blobs[blob_id] = data
        elif document.places:
            blob_id = None
        if blob_id != parts.history.lookup(ours.tree, name):
            draft.changes[name] = blob_id
    return draft


def _valid_content(parts: Parts, name: DocumentName) -> bytes | None:
    """Give a file as history keeps it; None where there is none.

    Raises:
        SchemaError: It is no valid document of its kind.
    """
    try:
        text = parts.storage.working.valid_text(name)
    except DocumentNotFoundError:
        return None
    checking.refuse_invalid(parts, name, text)
    return canonical.encode(canonical.decode_trusted(text))


def abort(parts: Parts) -> None:
    """Forget the merge, and give its documents back what they held before, to the byte.

    What was settled or edited in these documents since is gone; no other document is touched. Where something else
    moved the branch, only those get it back that still hold what the merge left in them.

    Raises:
        NoMergeError: None is under way.
    """
    merge = current(parts)
    with parts.locks.exclusive(merge.documents):
        parts.storage.let_go_of_documents(parts.lock_timeout_s)  # files may have been edited past the journal
        with parts.storage.exclusive(parts.lock_timeout_s):
            merge = current(parts)
            replacements, texts = [], {}
            states = {name: parts.storage.working.state_id(name) for name in merge.documents}
            touched = overtaken_merge.touched(parts, merge, states)
            for name in [name for name in states if name not in touched]:
                document, state = merge.documents[name], states[name]
                text = None if document.text is None else base64.b64decode(document.text)
                if state != document.before or (state is not None and _unusual_text(parts, name, state) != text):
                    replacements.append(Replacement(name, state, document.before))
                    if text is not None:
                        texts[name] = text
            parts.storage.commit(Change([], [], [], replacements, [], b"", merge=b"", texts=texts))
