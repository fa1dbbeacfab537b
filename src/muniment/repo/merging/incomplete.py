"""Heads that came without their history, as a cherry-pick in the host repository brings them: refused, or dropped."""

from contextlib import suppress

from muniment.errors import BlobErasedError, CorruptionError, IncompleteHistoryError, ObjectNotFoundError
from muniment.history import divergence, tree, walk
from muniment.history.tree import check_node
from muniment.repo import reference_changes
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.objects import decode_commit, decode_node
from muniment.values.operation import HeadMove


def drop(parts: Parts) -> None:
    """Drop those heads of each diverged branch that cannot be read as a whole, unless that is true of all of them."""
    parts.refuse_unfinished_merge()
    with parts.storage.exclusive(parts.lock_timeout_s):
        for branch in list(parts.storage.heads.branches()):
            heads = parts.storage.heads.heads(branch)
            broken = [head for head in heads if len(heads) > 1 and not _is_whole(parts, head)]
            if broken and len(broken) < len(heads):
                intent = Intent(
                    verb="reconcile", author=parts.author_or_nobody(None), message=f"drop heads of {branch}"
                )
                reference_changes.record(parts, intent, [HeadMove(branch, head, None) for head in broken])


def refuse(parts: Parts, branch: BranchName, heads: tuple[CommitId, ...], ours: CommitId, theirs: CommitId) -> None:
    """Refuse to merge two of the heads of a branch where a commit that only one of them was built on lies not here.

    This copy may remember such a commit, because it was made here; others could not follow the merge.

    Raises:
        IncompleteHistoryError: One lies not here.
    """
    try:
        for commit_id, _ in divergence.apart(parts.history.walked_commit, ours, theirs):
            parts.storage.objects.read(commit_id)
    except ObjectNotFoundError as error:
        raise IncompleteHistoryError(branch, heads, error.id) from error


def _is_whole(parts: Parts, head: CommitId) -> bool:
    """Tell whether a head, the commits that it was built on and its documents lie here, and not just in memory."""
    read = parts.storage.objects.read
    try:
        commits = list(walk.log(lambda commit_id: decode_commit(commit_id, read(commit_id)), [head]))
        for _, blob in tree.entries(lambda node: check_node(node, decode_node(node, read(node))), commits[0].tree):
            with suppress(BlobErasedError):  # in every copy: nobody can bring it
                read(blob)
    except (ObjectNotFoundError, CorruptionError):
        return False
    return True
