"""Branches: lines of history with a name, one of which is checked out."""

from datetime import UTC, datetime

import msgspec

from muniment.errors import BranchExistsError, BranchInUseError, DivergedError, InvalidValueError
from muniment.errors.system import translated
from muniment.history import divergence, walk
from muniment.repo import reference_changes, reference_names, revisions, switching
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.values import names as grammar
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.operation import HeadMove


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """One branch: `head` is the commit it stands at, None before the first, and where it has diverged into `heads`."""

    name: BranchName
    head: CommitId | None
    description: str
    heads: tuple[CommitId, ...]
    is_checked_out: bool


class BranchInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One branch beside another.

    `ahead` counts the commits that only `branch` has, `behind` those that only `against` has; `author`
    and `time` are those of its last commit, None before the first.
    """

    branch: Branch
    against: BranchName
    ahead: int
    behind: int
    author: str | None
    time: datetime | None


class Branches:
    """The verbs on branches, as `store.branches` offers them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @translated("list the branches")
    def list(self) -> tuple[Branch, ...]:
        """List the branches, by name in ascending order; the one checked out is there even before its first commit."""
        self._parts.recover_once()
        names = {*self._parts.storage.heads.branches(), self._parts.selected_branch()}
        return tuple(map(self._branch, sorted(names)))

    @translated("look at a branch")
    def info(self, name: str, against: str | None = None) -> BranchInfo:
        """Compare a branch with another, else with the one that is checked out.

        Raises:
            BranchNotFoundError, DivergedError: One is not there, or has several heads.
        """
        branch = self._parts.existing_branch(name)
        other = self._parts.selected_branch() if against is None else self._parts.existing_branch(against)
        head, beside = self._parts.head(branch), self._parts.head(other)
        load = self._parts.history.walked_commit
        self._parts.history.begin_walk()
        if head is not None and beside is not None:
            ahead, behind = divergence.ahead_and_behind(load, head, beside)
        else:
            ahead, behind = (sum(1 for _ in walk.log(load, [one])) if one else 0 for one in (head, beside))
        last = None if head is None else load(head)
        return BranchInfo(
            branch=self._branch(branch),
            against=other,
            ahead=ahead,
            behind=behind,
            author=last.author if last else None,
            time=last.time if last else None,
        )

    @translated("make a branch")
    def create(self, name: str, start: str = "HEAD", description: str = "", *, author: str | None = None) -> Branch:
        """Make a branch that begins at a revision; it is not checked out.

        Raises:
            BranchExistsError: There is one of that name.
            InvalidNameError: It cannot name a branch, or differs from another's name or a tag's only by case.
            RevisionNotFoundError, AmbiguousRevisionError: `start` means no commit, or several.
        """
        branch = grammar.branch_name(name)
        text = _text(description)
        who = self._parts.author_or_nobody(author)
        with self._parts.storage.exclusive(self._parts.lock_timeout_s):
            self._check_free(branch)
            commit = revisions.resolve(self._parts, start)
            self._parts.storage.descriptions.put(branch, text, who, datetime.now(UTC))
            intent = Intent(verb="branch", author=who, message=f"make {branch}")
            reference_changes.record(self._parts, intent, [HeadMove(branch, None, commit.id)])
        return self._branch(branch)

    @translated("delete a branch")
    def delete(self, name: str, *, author: str | None = None) -> None:
        """Delete a branch. Its commits stay stored until collected: `create` brings it back, from its head's id.

        Raises:
            BranchNotFoundError: There is none.
            BranchInUseError: It is checked out.
        """
        who = self._parts.author_or_nobody(author)
        with self._parts.storage.exclusive(self._parts.lock_timeout_s):
            branch = self._parts.existing_branch(name)
            if branch == self._parts.selected_branch():
                raise BranchInUseError(branch)
            heads = self._parts.storage.heads.heads(branch)
            intent = Intent(verb="branch-delete", author=who, message=f"delete {branch}")
            reference_changes.record(self._parts, intent, [HeadMove(branch, head, None) for head in heads])

    @translated("rename a branch")
    def rename(self, old: str, new: str, *, author: str | None = None) -> Branch:
        """Give a branch another name; if it is checked out, it stays so.

        Raises:
            BranchNotFoundError, DivergedError: There is none, or it has several heads.
            BranchExistsError, InvalidNameError: As for `create`.
        """
        target = grammar.branch_name(new)
        who = self._parts.author_or_nobody(author)
        with self._parts.storage.exclusive(self._parts.lock_timeout_s):
            source = self._parts.existing_branch(old)
            self._parts.refuse_unfinished_merge(source)
            self._check_free(target)
            head = self._parts.head(source)
            selected = self._parts.selected_branch()
            self._parts.storage.descriptions.put(
                target, self._parts.storage.descriptions.get(source), who, datetime.now(UTC)
            )
            moves = [HeadMove(source, one, None) for one in self._parts.storage.heads.heads(source)]
            if head is not None:
                moves.append(HeadMove(target, None, head))
            intent = Intent(verb="branch-rename", author=who, message=f"rename {source} to {target}")
            select = target if source == selected else None
            reference_changes.record(self._parts, intent, moves, select=select)
        return self._branch(target)

    @translated("switch to a branch")
    def switch(self, name: str, *, author: str | None = None) -> Branch:
        """Check out a branch: the working files become those of its head.

        Uncommitted edits of documents that are the same on both branches stay.

        Raises:
            DirtyDocumentError: An edit would be lost; commit or restore it first. Nothing was changed.
            BranchNotFoundError, DivergedError: There is none, or it has several heads.
        """
        switching.switch(self._parts, self._parts.existing_branch(name), self._parts.author_or_nobody(author))
        return self._branch(grammar.branch_name(name))

    def _branch(self, name: BranchName) -> Branch:
        heads = self._parts.storage.heads.heads(name)
        try:
            head = self._parts.head(name)
        except DivergedError as error:
            head, heads = None, tuple(CommitId(one) for one in error.heads)
        else:
            heads = () if head is None else (head,)
        return Branch(
            name=name,
            head=head,
            description=self._parts.storage.descriptions.get(name),
            heads=heads,
            is_checked_out=name == self._parts.selected_branch(),
        )

    def _check_free(self, branch: BranchName) -> None:
        others = {*self._parts.storage.heads.branches(), self._parts.selected_branch()}
        if branch in others:
            raise BranchExistsError(branch)
        reference_names.refuse_lookalike("branch", branch, others)
        reference_names.refuse_shared("branch", branch, "tag", self._parts.storage.tags.names())


def _text(description: object) -> str:
    if not isinstance(description, str):
        raise InvalidValueError(f"a description is text, not {type(description).__name__}")
    return description
