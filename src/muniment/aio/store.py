"""`muniment.repo.store.Store` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from types import TracebackType
from typing import Any, Self

from muniment.aio.calls import surely
from muniment.aio.history_verbs import AsyncHistoryVerbs
from muniment.aio.ledger_verbs import AsyncLedgerVerbs
from muniment.aio.merge_verbs import AsyncMergeVerbs
from muniment.aio.operation_verbs import AsyncOperationVerbs
from muniment.aio.threads import in_thread
from muniment.aio.upkeep_verbs import AsyncUpkeepVerbs
from muniment.aio.watch_verbs import AsyncWatchVerbs
from muniment.aio.working_verbs import AsyncWorkingVerbs
from muniment.repo.arguments import Durability, Path
from muniment.repo.signatures import SignerSource, SignersSource
from muniment.repo.store import Store
from muniment.schema.merge_rules import MergeRules
from muniment.schema.schema import Schema


class AsyncStore(
    AsyncWorkingVerbs,
    AsyncHistoryVerbs,
    AsyncMergeVerbs,
    AsyncOperationVerbs,
    AsyncLedgerVerbs,
    AsyncWatchVerbs,
    AsyncUpkeepVerbs,
):
    """A folder of JSON documents with their whole history beside them.

    Make one with `init`, `open` or `find`, not with the constructor. It may be shared between
    threads, used by any number of processes at once, and used on after a fork. Leaving its `with`
    block, or the end of the program, closes it.

    Every verb may raise `StorageError`, when the system refuses something; what was acknowledged
    before is safe then, and nothing is half done.
    """

    @classmethod
    async def init(
        cls,
        path: Path,
        *,
        schemas: Iterable[Schema[Any]] = (),
        merge_rules: Iterable[MergeRules] = (),
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
        made = await in_thread(
            Store.init,
            path,
            schemas=schemas,
            merge_rules=merge_rules,
            author=author,
            lock_timeout_s=lock_timeout_s,
            durability=durability,
            signer=signer,
            allowed_signers=allowed_signers,
            auto_pack=auto_pack,
        )
        return cls(made)

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        schemas: Iterable[Schema[Any]] = (),
        merge_rules: Iterable[MergeRules] = (),
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
        made = await in_thread(
            Store.open,
            path,
            schemas=schemas,
            merge_rules=merge_rules,
            author=author,
            lock_timeout_s=lock_timeout_s,
            durability=durability,
            signer=signer,
            allowed_signers=allowed_signers,
            auto_pack=auto_pack,
        )
        return cls(made)

    @classmethod
    async def find(
        cls,
        start: Path = ".",
        *,
        schemas: Iterable[Schema[Any]] = (),
        merge_rules: Iterable[MergeRules] = (),
        author: str | None = None,
        lock_timeout_s: float = 30.0,
        durability: Durability = "full",
        signer: SignerSource = None,
        allowed_signers: SignersSource = None,
        auto_pack: bool = True,
    ) -> Self:
        """Open the store in `start` or the nearest folder above it; the rest is as for `open`."""
        made = await in_thread(
            Store.find,
            start,
            schemas=schemas,
            merge_rules=merge_rules,
            author=author,
            lock_timeout_s=lock_timeout_s,
            durability=durability,
            signer=signer,
            allowed_signers=allowed_signers,
            auto_pack=auto_pack,
        )
        return cls(made)

    @property
    def path(self) -> str:
        """The folder of the store, absolute."""
        found: str = self._sync.path
        return found

    @property
    def branch(self) -> Awaitable[str]:
        """The branch that is checked out: `commit` moves its head."""
        return in_thread(getattr, self._sync, "branch")

    async def checkpoint(self) -> None:
        """Finish what a stopped program left, and make everything durable that still waits for it, as `close` does.

        Whoever copies the files of the store then, as the host's git does, finds all that was acknowledged.

        Raises:
            LockTimeoutError: Another program writes for too long: retry.
        """
        return await self._call(Store.checkpoint)

    async def close(self) -> None:
        """Make everything durable that still waits for it, and close all files; harmless twice."""
        return await self._call(Store.close)

    async def __aenter__(self) -> Self:
        """Use the store for the length of a block."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Close it, even where the task was cancelled."""
        await surely(in_thread, self._sync.close)
