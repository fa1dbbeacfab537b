"""The store as programs use it: opens it, wires its parts, and hands each verb to the file that does it."""

import os
import weakref
from collections.abc import Iterable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from muniment.errors import NotAStoreError, StoreClosedError
from muniment.errors.system import translated
from muniment.files.layout import Layout, find_root
from muniment.repo import arguments, creation, erasures
from muniment.repo.arguments import Durability, Path, Settings
from muniment.repo.history_verbs import HistoryVerbs
from muniment.repo.ledger_verbs import LedgerVerbs
from muniment.repo.merge_verbs import MergeVerbs
from muniment.repo.operation_verbs import OperationVerbs
from muniment.repo.parts import Parts
from muniment.repo.signatures import SignerSource, SignersSource
from muniment.repo.upkeep_verbs import UpkeepVerbs
from muniment.repo.watch_verbs import WatchVerbs
from muniment.repo.working_verbs import WorkingVerbs
from muniment.values.ids import CommitId
from muniment.values.names import BranchName

if TYPE_CHECKING:
    from muniment.schema.merge_rules import MergeRules
    from muniment.schema.schema import Schema


class Store(WorkingVerbs, HistoryVerbs, MergeVerbs, OperationVerbs, LedgerVerbs, WatchVerbs, UpkeepVerbs):
    """A folder of JSON documents with their whole history beside them.

    Make one with `init`, `open` or `find`, not with the constructor. It may be shared between
    threads, used by any number of processes at once, and used on after a fork. Leaving its `with`
    block, or the end of the program, closes it.

    Every verb may raise `StorageError`, when the system refuses something; what was acknowledged
    before is safe then, and nothing is half done.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._finalizer = weakref.finalize(self, parts.close)

    @classmethod
    @translated("make a store")
    def init(
        cls,
        path: Path,
        *,
        schemas: "Iterable[Schema[Any]]" = (),
        merge_rules: "Iterable[MergeRules]" = (),
        author: str | None = None,
        lock_timeout_s: float = 30.0,
        durability: Durability = "full",
        signer: SignerSource = None,
        allowed_signers: SignersSource = None,
        auto_pack: bool = True,
    ) -> Self:
        """Make a store in the folder `path` and open it; JSON files that lie there show in `status` as added.

        The rest is as for `open`, and checked before anything is made.

        Raises:
            StoreExistsError: There is one already: open it.
        """
        layout = Layout(arguments.folder(path))
        settings = arguments.settings(
            schemas, merge_rules, author, lock_timeout_s, durability, signer, allowed_signers, auto_pack=auto_pack
        )
        creation.make(layout)
        return cls._open(layout, settings)

    @classmethod
    @translated("open the store")
    def open(
        cls,
        path: Path,
        *,
        schemas: "Iterable[Schema[Any]]" = (),
        merge_rules: "Iterable[MergeRules]" = (),
        author: str | None = None,
        lock_timeout_s: float = 30.0,
        durability: Durability = "full",
        signer: SignerSource = None,
        allowed_signers: SignersSource = None,
        auto_pack: bool = True,
    ) -> Self:
        """Open the store in the folder `path`; reads one small file, and nothing is written.

        Documents that one of the `schemas` governs are read and written as its type; others are
        plain JSON. `merge_rules` tell how documents are merged, beside what schemas and the store
        itself say about it. `author` stands for changes that name none. `lock_timeout_s` is how long to wait for other
        programs before `LockTimeoutError`. With `durability="os"` no commit waits for the disk:
        what was acknowledged survives the end of this program, but perhaps not that of the
        machine, and after a power cut the store may need `verify` and a copy.

        `signer` signs every commit that this store makes, but those that every copy has to make alike, and the tags.
        It may be a function that gives one, or None: it is called when there is first something to sign.
        `allowed_signers` are those whose signatures are good, or their file; else it is the store's own, if it has one.
        Without `auto_pack` it is never packed but by `pack`.

        Raises:
            NotAStoreError: There is no store: make one with `init`.
            UnsupportedFormatError: A newer Muniment made it: upgrade; nothing was touched.
            InvalidNameError, InvalidValueError, SchemaInvalidError: An argument is none of what it may be.
        """
        layout = Layout(arguments.folder(path))
        settings = arguments.settings(
            schemas, merge_rules, author, lock_timeout_s, durability, signer, allowed_signers, auto_pack=auto_pack
        )
        return cls._open(layout, settings)

    @classmethod
    @translated("look for a store")
    def find(
        cls,
        start: Path = ".",
        *,
        schemas: "Iterable[Schema[Any]]" = (),
        merge_rules: "Iterable[MergeRules]" = (),
        author: str | None = None,
        lock_timeout_s: float = 30.0,
        durability: Durability = "full",
        signer: SignerSource = None,
        allowed_signers: SignersSource = None,
        auto_pack: bool = True,
    ) -> Self:
        """Open the store in `start` or the nearest folder above it; the rest is as for `open`."""
        below = arguments.folder(start)
        root = find_root(below)
        if root is None:
            raise NotAStoreError(os.path.abspath(below))
        return cls.open(
            root,
            schemas=schemas,
            merge_rules=merge_rules,
            author=author,
            lock_timeout_s=lock_timeout_s,
            durability=durability,
            signer=signer,
            allowed_signers=allowed_signers,
            auto_pack=auto_pack,
        )

    @classmethod
    def _open(cls, layout: Layout, settings: Settings) -> Self:
        found = creation.read_format(layout)
        parts = Parts(layout, **settings._asdict(), default_branch=found.default_branch)
        parts.reconcile_again = _reconcile_again
        parts.storage.objects.explain = partial(erasures.why_missing, parts)
        return cls(parts)

    @property
    def path(self) -> str:
        """The folder of the store, absolute."""
        return self._parts.layout.root

    @property
    @translated("read the branch")
    def branch(self) -> str:
        """The branch that is checked out: `commit` moves its head."""
        return self._parts.selected_branch()

    @translated("make everything durable")
    def checkpoint(self) -> None:
        """Finish what a stopped program left, and make everything durable that still waits for it, as `close` does.

        Whoever copies the files of the store then, as the host's git does, finds all that was acknowledged.

        Raises:
            LockTimeoutError: Another program writes for too long: retry.
        """
        with self._parts.storage.exclusive(self._parts.lock_timeout_s):
            self._parts.storage.checkpoint()

    def close(self) -> None:
        """Make everything durable that still waits for it, and close all files; harmless twice."""
        self._parts.is_closed = True  # not so where nobody holds the store any more: its ledgers may be used on
        self._finalizer()
        self._parts = _Closed(self._parts.layout)

    def __enter__(self) -> Self:
        """Use the store for the length of a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Say where it is."""
        return f"<Store {self.path}>"


def _reconcile_again(parts: Parts, branch: BranchName, heads: tuple[CommitId, ...]) -> CommitId | None:
    from muniment.repo.merging import reconciled

    return reconciled.again(parts, branch, heads)


class _Closed(Parts):
    """Stands in for the parts of a closed store: any use says so."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def __getattr__(self, name: str) -> Any:
        raise StoreClosedError(self.layout.root)
