"""How verbs that go on from a branch's head change history: one commit, made of the head as it is under the lock."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from muniment.errors import BranchNotFoundError, BranchSwitchedError, NothingToCommitError
from muniment.repo import assembling, reference_changes
from muniment.repo.assembling import Draft, Words
from muniment.repo.parts import Parts
from muniment.values.ids import TreeId
from muniment.values.names import BranchName
from muniment.values.objects import Commit


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants a commit on which branch, by which verb, and why."""

    verb: str
    branch: BranchName
    message: str
    author: str
    meta: Mapping[str, Any]
    allow_empty: bool = False
    is_checked_out: bool | None = True
    """Whether the working files were those of the branch when it began, and have to be so still, or not; None where
    they do not matter."""


Composer = Callable[[TreeId], Draft]
"""Composes a commit on top of a tree; called once, under the store's lock."""


def commit(parts: Parts, intent: Intent, compose: Composer) -> Commit:
    """Commit what `compose` makes of the branch's head, durably.

    Raises:
        NothingToCommitError: The documents stay as they are, and the intent does not allow that.
        BranchSwitchedError, BranchNotFoundError: Another program switched, or deleted the branch, meanwhile.
        MergeInProgressError: A merge into the branch waits for its conflicts.
        LockTimeoutError, DivergedError, StorageError: See there; nothing happened.
    """
    with parts.storage.exclusive(parts.lock_timeout_s):
        check_branch(parts, intent.branch, is_checked_out=intent.is_checked_out)
        parts.refuse_unfinished_merge(intent.branch)
        parts.merge_rules.record_passed()
        head = parts.head(intent.branch)
        base = parts.tree_of(head)
        draft = compose(base)
        parents = [parts.history.commit(head)] if head else []
        made = assembling.assemble(parts, Words(intent.author, intent.message, intent.meta), parents, base, draft)
        if made.update.root == base and not intent.allow_empty:
            raise NothingToCommitError(intent.branch)
        heads = [head] if head else []
        told = reference_changes.Intent(verb=intent.verb, author=intent.author, message=intent.message)
        return assembling.record(parts, made, told, intent.branch, heads, draft.replacements)


def check_branch(parts: Parts, branch: BranchName, *, is_checked_out: bool | None) -> None:
    """Refuse to commit the files of one branch to another, or to a branch that is no more.

    Raises:
        BranchSwitchedError, BranchNotFoundError: As for `commit`.
    """
    selected = parts.selected_branch()
    if is_checked_out is not None and is_checked_out is not (selected == branch):
        raise BranchSwitchedError(branch, selected)
    heads = parts.storage.heads
    if not heads.heads(branch) and any(True for _ in heads.branches()):  # the host's git took it away
        raise BranchNotFoundError(branch)
