"""What a merge comes to, thought through without a lock: a commit to be made, or one to go forward to."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from muniment.repo import assembling
from muniment.repo.assembling import Draft, Words
from muniment.repo.merging.merge_result import Conflicted, FastForward, Merged, MergeResult, UpToDate
from muniment.repo.merging.three_way import TreesMerged
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.repo.replacing import Contents
from muniment.storage.change import Replacement
from muniment.values.ids import CommitId, TreeId
from muniment.values.names import BranchName, DocumentName
from muniment.values.objects import Commit
from muniment.values.unfinished_merge import MergeVerb

Replacer: TypeAlias = "Callable[[Parts, Plan], list[Replacement]]"
"""Says which working files follow a merge, under the locks of all its documents."""


class Plan(NamedTuple):
    """A commit to be made while `branch` stands at `heads`.

    It has `parents`; its tree is that of the first of them, `ours`, with the changes of `merged`. `others` are
    documents that it does not change, whose files may have to follow all the same.
    """

    verb: MergeVerb
    branch: BranchName
    heads: tuple[CommitId, ...]
    parents: tuple[Commit, ...]
    ours: TreeId
    merged: TreesMerged
    words: Words
    follow: Replacer
    others: frozenset[DocumentName] = frozenset()
    intent: Intent | None = None
    """What the operation log says of it, where that is not what the commit says."""

    @property
    def is_needless(self) -> bool:
        """Tell whether it changes nothing and joins nothing."""
        return len(self.parents) == 1 and not self.merged.changes and not self.merged.conflicts

    @property
    def names(self) -> set[DocumentName]:
        """The documents whose files it may replace."""
        return self.merged.changes.keys() | self.merged.contested.keys() | self.others


class Forward(NamedTuple):
    """The commit `target` for `branch` to stand at, while its head, if it has one, is among that commit's ancestors.

    `committed` are the documents that differ as the branch has them, `wanted` as the commit has them.
    """

    branch: BranchName
    heads: tuple[CommitId, ...]
    target: Commit
    committed: Contents
    wanted: Contents
    intent: Intent

    @property
    def names(self) -> set[DocumentName]:
        """The documents whose files it may replace."""
        return set(self.committed)


Planner: TypeAlias = Callable[[], Plan | Forward | MergeResult]
"""Thinks a merge through, anew each time that it is asked; gives the result where nothing has to be done."""


def tell(parts: Parts, plan: Plan | Forward | MergeResult) -> MergeResult:
    """Tell what would come of a merge, and touch nothing; edits of working files are not looked at.

    Raises:
        InvalidNameError: Names of the two sides differ by case alone.
    """
    if isinstance(plan, Forward):
        return FastForward(plan.target)
    if not isinstance(plan, Plan):
        return plan
    if plan.merged.conflicts:
        return Conflicted(tuple(plan.merged.conflicts))
    if plan.is_needless:
        return UpToDate()
    parts.spellings.check_new(plan.ours, plan.merged.added)
    draft = Draft(plan.merged.blobs, plan.merged.changes, [])
    return Merged(assembling.assemble(parts, plan.words, plan.parents, plan.ours, draft, sign=False).commit)
