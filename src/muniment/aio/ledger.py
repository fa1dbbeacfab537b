"""`muniment.ledger.ledger.Ledger` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, cast

from muniment.aio.care_verbs import AsyncCareVerbs
from muniment.aio.streams import Following, Listing, Stream
from muniment.ledger.finding import After
from muniment.ledger.ledger import Ledger, State
from muniment.values.cursor import Cursor
from muniment.values.entry import Entry


class AsyncLedger(AsyncCareVerbs):
    """An append-only log of entries; `store.ledger(name)` gives it.

    May be shared between threads, used by any number of processes at once, and on after a fork. Nothing in it is
    ever changed or removed. Every verb may raise `StorageError`, when the system refuses something, and
    `StoreClosedError`, once the store was closed.
    """

    @property
    def name(self) -> str:
        """The name of the ledger."""
        found: str = self._sync.name
        return found

    async def append(
        self,
        kind: str,
        payload: Any = None,
        *,
        actor: str | None = None,
        stream: str = "",
        key: str | None = None,
        prev: Sequence[str | Entry] = (),
        attributes: Mapping[str, Any] | None = None,
        time: datetime | None = None,
        erasable: bool = False,
    ) -> Entry:
        """Append one entry, durably, and give it; where it was said before, give the entry that says it.

        Two entries say the same if all that is given here is the same, but for `time`; those that have a `key` are
        the same by it alone. `actor` is the store's author where none is given. `prev` are entries that this one
        follows on. With `erasable` the payload is kept apart, and `erase` can remove it.

        Raises:
            InvalidNameError: A kind, actor, stream or key is no line of text, or too long.
            InvalidValueError: The payload is no JSON; it says where.
            KeyReusedError: The key names an entry already that says something else.
            DanglingReferenceError: An entry of `prev` is not here.
            BadSignatureError: The ledger requires signatures, and nobody signs, or somebody who may not.
            LockTimeoutError: Another program appends for too long: retry.
        """
        return await self._call(
            Ledger.append,
            kind,
            payload,
            actor=actor,
            stream=stream,
            key=key,
            prev=prev,
            attributes=attributes,
            time=time,
            erasable=erasable,
        )

    async def append_many(self, entries: Iterable[Mapping[str, Any]], *, erasable: bool = False) -> list[Entry]:
        """Append all of many entries or none, durably; gives the entry of each, as `append` does.

        Each is a mapping of what `append` takes: `{"kind": "turn", "payload": {"move": "e4"}}`.

        Raises:
            As for `append`; then none is appended.
        """
        return await self._call(Ledger.append_many, entries, erasable=erasable)

    def tail(
        self,
        after: After = 0,
        *,
        kinds: Iterable[str] | None = None,
        actors: Iterable[str] | None = None,
        streams: Iterable[str] | None = None,
        archived: bool = False,
    ) -> Stream[Entry, Cursor]:
        """Give the entries behind a cursor or an offset, in causal order, as they are now.

        With `kinds`, `actors` or `streams`, those of one of them. From the beginning, what was archived is left out,
        unless `archived`; behind a cursor nothing is ever left out. `Tail.cursor` tells where to resume.

        Raises:
            InvalidCursorError: It is no cursor of this ledger.
            InvalidValueError: A kind, actor or stream is no text.
            MalformedError: A line was damaged: run `verify`.
        """
        begin = partial(
            Ledger.tail,
            self._sync,
            after,
            kinds=kinds,
            actors=actors,
            streams=streams,
            archived=archived,
        )
        return Stream(begin)

    def subscribe(
        self,
        after: After | None = None,
        *,
        kinds: Iterable[str] | None = None,
        actors: Iterable[str] | None = None,
        streams: Iterable[str] | None = None,
        timeout_s: float | None = None,
        poll_s: float = 1.0,
    ) -> Following[Entry, Cursor]:
        """Give the entries behind a cursor, and then wait for new ones, of any process, for ever.

        Without `after`, only new ones. Ends when nothing came for `timeout_s` seconds, or `stop` is called from any
        thread. Woken by the file system, it looks every `poll_s` seconds anyway.
        """
        begin = partial(
            Ledger.subscribe,
            self._sync,
            after,
            kinds=kinds,
            actors=actors,
            streams=streams,
            timeout_s=timeout_s,
            poll_s=poll_s,
        )
        return Following(begin)

    async def cursor(self) -> Cursor:
        """Give the cursor of somebody who has been given everything that is here now."""
        return await self._call(Ledger.cursor)

    async def get(self, id: str) -> Entry:
        """Give the entry with an id.

        Raises:
            EntryNotFoundError: It is not here.
        """
        return await self._call(Ledger.get, id)

    async def whole_id(self, prefix: str) -> str:
        """Give the id of the one entry whose id begins so, with 8 hex digits at least.

        Raises:
            EntryNotFoundError: None is here.
            AmbiguousRevisionError: There are several; give more digits.
        """
        return await self._call(Ledger.whole_id, prefix)

    async def by_key(self, key: str) -> Entry | None:
        """Give the entry with a key, the first in causal order if copies used it apart; None where there is none."""
        return await self._call(Ledger.by_key, key)

    async def latest(
        self,
        *,
        kind: str | None = None,
        actor: str | None = None,
        stream: str | None = None,
    ) -> Entry | None:
        """Give the last entry in causal order, of a kind, an actor or a stream; None where there is none."""
        return await self._call(Ledger.latest, kind=kind, actor=actor, stream=stream)

    def streams(self) -> Listing[builtins.list[str], str]:
        """List the streams in the order in which they first appear, without the nameless one."""
        ask = partial(self._call, Ledger.streams)
        return Listing(ask)

    async def heads(self) -> tuple[str, ...]:
        """Give the ids of the entries that no other follows on, in causal order."""
        return await self._call(Ledger.heads)

    async def fold(
        self,
        initial: State,
        function: Callable[[State, Entry], State],
        *,
        after: After = 0,
        snapshot: str | None = None,
    ) -> State:
        """Compute a state: `function` of the state so far and of each entry in turn, in causal order.

        With a name for a `snapshot`, the state is kept in this copy, and the next fold of that name goes on from
        there. It must be JSON, or what `initial`'s type makes of it; give another name when `function` changes.
        Where an entry arrived that belongs before what was folded, all is folded again.

        Raises:
            InvalidValueError: The state cannot be kept.
        """
        return await self._call(cast("Any", Ledger.fold), initial, function, after=after, snapshot=snapshot)

    async def close(self) -> None:
        """Make everything durable that waits for it, and close all files; harmless twice, and it may be used on."""
        return await self._call(Ledger.close)

    async def contains(self, entry: object) -> bool:
        """Tell whether an entry is here, by its id: what `in` tells of a synchronous ledger."""
        return await self._call(Ledger.__contains__, entry)

    async def count(self) -> int:
        """Count the entries that are here, those that were archived included: the `len` of a synchronous ledger."""
        return await self._call(Ledger.__len__)

    def __aiter__(self) -> Stream[Entry, Cursor]:
        """Give all entries in causal order, those that were archived included."""
        return self.tail(archived=True)
