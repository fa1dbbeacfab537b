"""See that a branch has one head before something else is done to it."""

from muniment.repo.parts import Parts
from muniment.values.names import BranchName
from muniment.values.objects import Commit


def ensure(parts: Parts, branch: BranchName) -> Commit | None:
    """Reconcile a branch if it diverged and that needs no decision; gives the commit that was made, None for none.

    Raises:
        MergeInProgressError: A merge into it waits for its conflicts.
        DivergedError: It needs a decision, or an edited file lacks what the merge would bring: nothing was changed.
            `reconcile` begins it.
        DocumentInvalidError: A file that somebody edited holds no JSON: mend it.
    """
    parts.refuse_unfinished_merge(branch)
    if len(parts.storage.heads.heads(branch)) < 2:  # noqa: PLR2004 - nearly always: it costs one stat
        return None
    from muniment.repo.merging import reconciling

    return reconciling.reconcile_if_clean(parts, branch)
