"""A ledger as programs use it: each verb, and the file that does it."""

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from muniment.errors import EntryNotFoundError, InvalidValueError
from muniment.errors.system import translated
from muniment.files.layout import LedgerLayout
from muniment.ledger import appending, finding, following, projecting
from muniment.ledger.care_verbs import CareVerbs
from muniment.ledger.filters import Filters
from muniment.ledger.finding import After
from muniment.ledger.parts import LedgerParts, Settings
from muniment.ledger.tail import Tail
from muniment.values.cursor import Cursor
from muniment.values.entry import Entry

State = TypeVar("State")


class Ledger(CareVerbs):
    """An append-only log of entries; `store.ledger(name)` gives it.

    May be shared between threads, used by any number of processes at once, and on after a fork. Nothing in it is
    ever changed or removed. Every verb may raise `StorageError`, when the system refuses something, and
    `StoreClosedError`, once the store was closed.
    """

    def __init__(self, layout: LedgerLayout, settings: Settings) -> None:
        self._parts = LedgerParts(layout, settings)
        self._finalizer = weakref.finalize(self, self._parts.close)

    @property
    def name(self) -> str:
        """The name of the ledger."""
        return self._parts.layout.name

    @translated("append")
    def append(
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
        members = {
            "kind": kind,
            "payload": payload,
            "actor": actor,
            "stream": stream,
            "key": key,
            "prev": prev,
            "attributes": attributes,
            "time": time,
        }
        return appending.append(self._parts, [members], erasable=erasable)[0]

    @translated("append")
    def append_many(self, entries: Iterable[Mapping[str, Any]], *, erasable: bool = False) -> list[Entry]:
        """Append all of many entries or none, durably; gives the entry of each, as `append` does.

        Each is a mapping of what `append` takes: `{"kind": "turn", "payload": {"move": "e4"}}`.

        Raises:
            As for `append`; then none is appended.
        """
        if isinstance(entries, str | bytes | Mapping) or not isinstance(entries, Iterable):
            raise InvalidValueError("`append_many` takes a list of entries", pointer="")
        return appending.append(self._parts, list(entries), erasable=erasable)

    @translated("read a ledger")
    def tail(
        self,
        after: After = 0,
        *,
        kinds: Iterable[str] | None = None,
        actors: Iterable[str] | None = None,
        streams: Iterable[str] | None = None,
        archived: bool = False,
    ) -> Tail:
        """Give the entries behind a cursor or an offset, in causal order, as they are now.

        With `kinds`, `actors` or `streams`, those of one of them. From the beginning, what was archived is left out,
        unless `archived`; behind a cursor nothing is ever left out. `Tail.cursor` tells where to resume.

        Raises:
            InvalidCursorError: It is no cursor of this ledger.
            InvalidValueError: A kind, actor or stream is no text.
            MalformedError: A line was damaged: run `verify`.
        """
        return finding.tail(self._parts, after, Filters.of(kinds, actors, streams), archived=archived)

    @translated("read a ledger")
    def subscribe(
        self,
        after: After | None = None,
        *,
        kinds: Iterable[str] | None = None,
        actors: Iterable[str] | None = None,
        streams: Iterable[str] | None = None,
        timeout_s: float | None = None,
        poll_s: float = 1.0,
    ) -> following.Subscription:
        """Give the entries behind a cursor, and then wait for new ones, of any process, for ever.

        Without `after`, only new ones. Ends when nothing came for `timeout_s` seconds, or `stop` is called from any
        thread. Woken by the file system, it looks every `poll_s` seconds anyway.
        """
        filters = Filters.of(kinds, actors, streams)
        return following.Subscription(self._parts, after, filters, timeout_s=timeout_s, poll_s=poll_s)

    @translated("read a ledger")
    def cursor(self) -> Cursor:
        """Give the cursor of somebody who has been given everything that is here now."""
        return finding.here(self._parts)

    @translated("read a ledger")
    def get(self, id: str) -> Entry:  # noqa: A002 - the field's own word
        """Give the entry with an id.

        Raises:
            EntryNotFoundError: It is not here.
        """
        found = finding.by_id(self._parts, id)
        if found is None:
            raise EntryNotFoundError(self.name, str(id))
        return found

    @translated("read a ledger")
    def whole_id(self, prefix: str) -> str:
        """Give the id of the one entry whose id begins so, with 8 hex digits at least.

        Raises:
            EntryNotFoundError: None is here.
            AmbiguousRevisionError: There are several; give more digits.
        """
        return finding.whole_id(self._parts, prefix)

    @translated("read a ledger")
    def by_key(self, key: str) -> Entry | None:
        """Give the entry with a key, the first in causal order if copies used it apart; None where there is none."""
        return finding.by_key(self._parts, key)

    @translated("read a ledger")
    def latest(self, *, kind: str | None = None, actor: str | None = None, stream: str | None = None) -> Entry | None:
        """Give the last entry in causal order, of a kind, an actor or a stream; None where there is none."""
        filters = Filters.of(*([one] if one is not None else None for one in (kind, actor, stream)))
        return finding.latest(self._parts, filters)

    @translated("read a ledger")
    def streams(self) -> list[str]:
        """List the streams in the order in which they first appear, without the nameless one."""
        return finding.streams(self._parts)

    @translated("read a ledger")
    def heads(self) -> tuple[str, ...]:
        """Give the ids of the entries that no other follows on, in causal order."""
        return finding.heads(self._parts)

    @translated("read a ledger")
    def __contains__(self, entry: object) -> bool:
        """Tell whether an entry is here, by its id."""
        entry_id = entry.id if isinstance(entry, Entry) else entry
        return isinstance(entry_id, str) and finding.by_id(self._parts, entry_id, plain=True) is not None

    @translated("read a ledger")
    def __len__(self) -> int:
        """Count the entries that are here, those that were archived included."""
        return finding.count(self._parts)

    def __bool__(self) -> bool:
        """Be true: a ledger without entries is one."""
        return True

    def __iter__(self) -> Iterator[Entry]:
        """Give all entries in causal order, those that were archived included."""
        return iter(self.tail(archived=True))

    @translated("fold a ledger")
    def fold(
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
        return projecting.fold(self._parts, initial, function, after=after, snapshot=snapshot)

    @translated("close a ledger")
    def close(self) -> None:
        """Make everything durable that waits for it, and close all files; harmless twice, and it may be used on."""
        self._parts.close()

    def __repr__(self) -> str:
        """Say which it is."""
        return f"<Ledger {self.name}>"
