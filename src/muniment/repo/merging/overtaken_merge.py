"""A merge that waits while something else moved its branch, such as the host's git: it can only be aborted.

The files may be those of another commit by then, so nothing is settled in them; and only those that nobody but the
merge touched are given back what they held.
"""

from collections.abc import Mapping
from contextlib import suppress

from muniment.errors import IncompleteHistoryError, ObjectNotFoundError, StaleHeadError
from muniment.repo.parts import Parts
from muniment.values.ids import BlobId, CommitId
from muniment.values.names import DocumentName
from muniment.values.unfinished_merge import UnfinishedMerge


def refuse(parts: Parts, merge: UnfinishedMerge) -> None:
    """Let a merge go on only where its branch is as it was when it began.

    Raises:
        StaleHeadError: Something moved the branch: abort, and merge again.
    """
    heads = _heads(parts, merge)
    if heads != merge.heads:
        remedy = "abort the merge that waits here (`muniment merge --abort`), and merge again"
        gone = next((head for head in merge.heads if head not in heads), merge.heads[0])
        come = next((head for head in heads if head not in merge.heads), next(iter(heads), None))
        raise StaleHeadError(merge.branch, gone, come, remedy)


def touched(parts: Parts, merge: UnfinishedMerge, states: Mapping[DocumentName, BlobId | None]) -> set[DocumentName]:
    """Give the documents of an overtaken merge whose files, in these states, are not as it left them any more.

    They hold something else than the merge, or a settling, left there; or just what the branch has now, so that
    whatever moved it may have written them. There are none where the branch is as it was.
    """
    heads = _heads(parts, merge)
    if heads == merge.heads:
        return set()
    trees = []
    for head in heads:
        with suppress(ObjectNotFoundError):
            trees.append(parts.history.commit(head).tree)
    return {
        name
        for name, state in states.items()
        if state != merge.documents[name].merged or state in {parts.history.lookup(tree, name) for tree in trees}
    }


def _heads(parts: Parts, merge: UnfinishedMerge) -> tuple[CommitId, ...]:
    try:
        return parts.heads(merge.branch)
    except IncompleteHistoryError:
        return parts.storage.heads.heads(merge.branch)
