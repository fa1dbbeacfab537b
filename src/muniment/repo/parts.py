"""What the verbs of one open store work with, wired once by `repo/store.py`."""

from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakSet

from muniment.errors import (
    BranchNotFoundError,
    DivergedError,
    IncompleteHistoryError,
    InvalidNameError,
    MalformedError,
    MergeInProgressError,
    MissingAuthorError,
    MunimentError,
    ObjectNotFoundError,
    StoreClosedError,
)
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.history import tree, walk
from muniment.repo.branch_times import BranchTimes
from muniment.repo.document_locks import DocumentLocks
from muniment.repo.history import History
from muniment.repo.merge_rules import MergeRuleSets
from muniment.repo.schemas import Schemas
from muniment.repo.signatures import Signatures, Trust
from muniment.repo.spelling import TreeSpellings
from muniment.storage.local import LocalStorage
from muniment.storage.policies import PolicyFiles
from muniment.storage.unchanged import Unchanged
from muniment.values import names
from muniment.values.ids import CommitId, TreeId
from muniment.values.names import BranchName

if TYPE_CHECKING:
    from muniment.ledger.ledger import Ledger
    from muniment.schema.merge_rules import MergeRules
    from muniment.schema.registry import Registry
    from muniment.values.unfinished_merge import UnfinishedMerge
    from muniment.watch.watch import Callback, Watch

_SELECTED = b"refs/heads/"

Reconciler: TypeAlias = "Callable[[Parts, BranchName, tuple[CommitId, ...]], CommitId | None]"
"""Gives the id of the commit that two heads of a branch come to; None where they need a decision."""


class Parts:
    """The storage, the history read from it, the locks and the settings of one open store."""

    def __init__(
        self,
        layout: Layout,
        *,
        author: str | None,
        lock_timeout_s: float,
        sync: bool,
        default_branch: str,
        registry: "Registry | None",
        merge_rules: "tuple[MergeRules, ...]",
        trust: Trust,
        auto_pack: bool = True,
    ) -> None:
        self.layout = layout
        self.author = author
        self.lock_timeout_s = lock_timeout_s
        self.default_branch = names.branch_name(default_branch)
        self.storage = LocalStorage(layout, sync=sync, auto_pack=auto_pack, goes_on=True)
        self.history = History(layout, self.storage.objects)
        self.branch_times = BranchTimes(self.storage.operations, self.history)
        self.merge_rules = MergeRuleSets(layout, merge_rules, registry, sync=sync)
        self.schemas = Schemas(layout, registry, self.merge_rules, sync=sync)
        self.ledgers: dict[Hashable, tuple[Ledger, object]] = {}
        """The ledgers that were opened, each once, by how; and what holds their schemas."""
        self.policies = PolicyFiles(layout, sync=sync)
        self.signatures = Signatures(layout, self.storage.objects.get, trust)
        self.reconcile_again: Reconciler = _undecided
        """Set by whoever knows merging, which rests on this."""
        self.callbacks: list[Callback] = []
        """What watches call, in the order in which it was registered."""
        self.watches: WeakSet[Watch] = WeakSet()
        """Those that have to see that the store is closed."""
        self.erasures: Ledger | None = None
        """The ledger of what was erased, once somebody looked at it."""
        self.is_closed = False
        """Whether the owner closed the store; its ledgers, which may be held longer, say so then."""
        self._recovered = False
        self._selected: Unchanged[BranchName] = Unchanged()
        self.spellings = TreeSpellings(self.history.node)
        self.locks = DocumentLocks(layout, lock_timeout_s, self.storage.check_exists, self.finish_writers)

    def author_of(self, author: str | None) -> str:
        """Give who makes a change: the one named for it, else the store's.

        Raises:
            MissingAuthorError: There is neither.
            InvalidNameError: It is not one line of text.
        """
        chosen = self.author if author is None else author
        if chosen is None:
            raise MissingAuthorError
        return names.author(chosen)

    def author_or_nobody(self, author: str | None) -> str:
        """Give who makes a change that needs no author; empty where nobody is named.

        Raises:
            InvalidNameError: It is not one line of text.
        """
        return self.author or "" if author is None else names.author(author)

    def selected_branch(self) -> BranchName:
        """Give the branch whose documents are the working files; in a fresh clone the store's default.

        Where that was renamed or deleted, and one branch is left, it is that one.
        """
        self.recover_once()
        try:
            return self._selected.get(self.layout.selected, _branch_in)
        except FileNotFoundError:
            branches = list(self.storage.heads.branches())
            return branches[0] if len(branches) == 1 else self.default_branch

    def head(self, branch: BranchName) -> CommitId | None:
        """Give the commit a branch stands at; None if it has none yet.

        Raises:
            DivergedError: It has several, none of which is built on the others.
        """
        heads = self.heads(branch)
        if len(heads) > 1:
            raise DivergedError(branch, heads)
        if not heads:
            self.storage.check_unborn()
            return None
        return heads[0]

    def lead(self, branch: BranchName) -> CommitId | None:
        """Give the commit whose documents the files of a branch are: its head, or the newest of several."""
        heads = self.heads(branch)
        return walk.newest_first(self.history.commit, heads)[0].id if len(heads) > 1 else self.head(branch)

    def heads(self, branch: BranchName) -> tuple[CommitId, ...]:
        """Give the commits a branch stands at, without those that others of them were built on: several if it diverged.

        Raises:
            IncompleteHistoryError: One of several cannot be read, nor told from an older one.
        """
        self.recover_once()
        heads = self.storage.heads.heads(branch)
        if len(heads) > 1:
            try:
                return walk.independent(self.history.commit, heads)
            except ObjectNotFoundError as error:
                raise IncompleteHistoryError(branch, heads, error.id) from error
        return heads

    def unfinished_merge(self) -> "UnfinishedMerge | None":
        """Give the merge of this copy that waits for its conflicts; None where there is none.

        Raises:
            MalformedError: What is noted of it cannot be read.
        """
        self.recover_once()
        noted = self.storage.unfinished.get()
        if noted is None:
            return None
        from muniment.values import unfinished_merge

        return unfinished_merge.decode(self.layout.merge, noted)

    def refuse_unfinished_merge(self, branch: BranchName | None = None) -> None:
        """Refuse to go on while a merge is under way, into `branch` if one is named.

        Raises:
            MergeInProgressError: It has to be continued or aborted first.
        """
        merge = self.unfinished_merge()
        if merge is not None and branch in {None, merge.branch}:
            raise MergeInProgressError(merge.branch, merge.verb)

    def existing_branch(self, text: str) -> BranchName:
        """Check that a branch is there; the one checked out is, even before its first commit.

        Raises:
            BranchNotFoundError: It is not.
        """
        branch = names.branch_name(text)
        self.recover_once()
        if branch != self.selected_branch() and not self.storage.heads.heads(branch):
            raise BranchNotFoundError(branch)
        return branch

    def tree_of(self, commit_id: CommitId | None) -> TreeId:
        """Give the root of a commit's tree; the empty tree where there is no commit yet."""
        return self.history.commit(commit_id).tree if commit_id else tree.EMPTY_TREE

    def recover_once(self) -> None:
        """Publish, before history is read for the first time, what a stopped writer or machine left in the journal.

        After a power cut the files may lag behind what was acknowledged, and only the journal
        knows. Where this program may not write, it reads what there is.
        """
        if self._recovered:
            return
        self._recovered = True
        with suppress(MunimentError, OSError):
            if not self.storage.is_settled():
                self.finish_writers()

    def finish_writers(self) -> None:
        """Wait until whoever writes at this moment is done, and finish what a stopped writer left.

        Who holds the store's lock is the only writer, and finished that when it took it.
        """
        if self.storage.is_mine():
            return
        with self.storage.exclusive(self.lock_timeout_s):
            pass

    def check_usable(self) -> None:
        """Refuse to go on with a ledger whose store was closed or deleted.

        Raises:
            StoreClosedError: The owner of the store closed it: open it again.
            NotAStoreError: Somebody deleted it.
        """
        if self.is_closed:
            raise StoreClosedError(self.layout.root)
        self.storage.check_exists()

    def close(self) -> None:
        """Checkpoint and close every file."""
        for watch in list(self.watches):
            watch.wake()
        for ledger, _ in self.ledgers.values():
            ledger.close()
        self.locks.close()
        self.storage.close()


def _undecided(_: Parts, __: BranchName, ___: tuple[CommitId, ...]) -> None:
    """Stand in for what knows how to merge."""


def _branch_in(path: str) -> BranchName:
    text = disk.read_file(path).strip()
    if not text.startswith(_SELECTED):
        raise MalformedError(path, "it names no branch")
    try:
        return names.branch_name(text.removeprefix(_SELECTED).decode())
    except (UnicodeDecodeError, InvalidNameError) as error:
        raise MalformedError(path, f"it names no branch: {error}") from error
