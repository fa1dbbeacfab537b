"""Take back what one commit did, or do it again elsewhere: three-way merges whose base is a commit's own parent."""

from typing import Literal, NamedTuple

from muniment.errors import InvalidValueError, RevisionNotFoundError
from muniment.repo import revisions
from muniment.repo.assembling import Words
from muniment.repo.merging import carrying_out, merge_plan, one_head
from muniment.repo.merging.merge_plan import Plan
from muniment.repo.merging.merge_result import MergeResult
from muniment.repo.merging.three_way import Sides, merge_trees
from muniment.repo.parts import Parts
from muniment.values.ids import CommitId
from muniment.values.json_merge import Prefer
from muniment.values.objects import Commit

Verb = Literal["revert", "cherry-pick"]


class Wish(NamedTuple):
    """A commit to be taken back or made again: what it changed against its parent of that number; and who wants it."""

    verb: Verb
    revision: str
    author: str
    message: str | None
    parent: int
    prefer: Prefer | None


def pick(parts: Parts, wish: Wish, *, dry_run: bool) -> MergeResult:
    """Commit what a commit changed, or the inverse of that, on the branch that is checked out.

    Raises:
        InvalidValueError: The commit has no parent of that number.
        MergeInProgressError, DirtyDocumentError, DivergedError: See there; nothing was changed.
    """
    branch = parts.selected_branch()
    parts.refuse_unfinished_merge(branch)
    if not dry_run:
        one_head.ensure(parts, branch)
        parts.merge_rules.record()
    commit = revisions.resolve(parts, wish.revision)
    before = parts.tree_of(_parent(commit, wish.parent))
    message = _message(wish.verb, commit) if wish.message is None else wish.message
    words = Words(wish.author, message, {wish.verb: commit.id})

    def plan() -> Plan:
        head = parts.head(branch)
        if head is None:
            raise RevisionNotFoundError("HEAD", "there is no commit yet")
        ours = parts.history.commit(head)
        change = (commit.tree, before) if wish.verb == "revert" else (before, commit.tree)
        merged = merge_trees(parts, Sides(change[0], ours.tree, change[1]), prefer=wish.prefer)
        return Plan(wish.verb, branch, (head,), (ours,), ours.tree, merged, words, carrying_out.only_clean_files)

    return merge_plan.tell(parts, plan()) if dry_run else carrying_out.carry_out(parts, plan)


def _parent(commit: Commit, number: int) -> CommitId | None:
    """Give a commit's parent by its number, from 1; None for a first commit, which was made out of nothing."""
    if not isinstance(number, int):
        raise InvalidValueError(f"a parent is told by its number, from 1, not by {number!r}")
    if not commit.parents and number == 1:
        return None
    if not 1 <= number <= len(commit.parents):
        raise InvalidValueError(f"commit {commit.id[:12]} has no parent of number {number} (of {len(commit.parents)})")
    return commit.parents[number - 1]


def _message(verb: Verb, commit: Commit) -> str:
    if verb == "cherry-pick":
        return commit.message
    return f"revert: {commit.message}" if commit.message.strip() else f"revert {commit.id[:12]}"
