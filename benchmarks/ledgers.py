"""Muniment's ledger and one that is made by hand of a SQLite table, behind the same few methods; and their entries."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from benchmarks.corpus import AUTHOR

Given = dict[str, Any]
"""What a program appends: kind, payload, actor, stream and key."""

ENTRY_BYTES = 300
"""What is given of an entry, as compact JSON: 208 bytes of it are the payload's."""
STREAM_SIZE = 1000
"""Entries to a stream, by one actor; each tenth is of another kind."""


def key(index: int) -> str:
    return f"run-{index // STREAM_SIZE:07d}/{index % STREAM_SIZE:04d}"


def entry(index: int) -> Given:
    """Make what is to be appended; no two are the same."""
    text = hashlib.sha256(b"%d" % index).hexdigest()
    return {
        "kind": "note" if index % 10 == 9 else "turn",
        "payload": {"move": "e4", "step": 10**9 + index, "is_check": True, "about": f"{text} {text} {text[:20]}"},
        "actor": "planner" if index // STREAM_SIZE % 2 else "observe",
        "stream": f"run-{index // STREAM_SIZE:07d}",
        "key": key(index),
    }


def entries(first: int, count: int) -> list[Given]:
    return [entry(index) for index in range(first, first + count)]


class Ledger(Protocol):
    """What both can do. Nothing is kept open before `open`."""

    def open(self) -> None: ...
    def close(self) -> None: ...
    def append(self, given: Given) -> str:
        """Append one entry, and give its id."""
        ...

    def append_many(self, given: Sequence[Given]) -> object: ...
    def replay(self) -> int:
        """Go through all entries in order, their payloads decoded, and count them."""
        ...

    def count(self) -> int: ...
    def by_key(self, key: str) -> object:
        """Give the payload of the entry with a key."""
        ...

    def ids(self) -> list[str]: ...


class MunimentLedger:
    def __init__(self, folder: Path, durability: Any) -> None:
        self.folder, self.durability = folder, durability

    def open(self) -> None:
        from muniment import Store

        begin = Store.open if self.folder.exists() else Store.init
        self.store = begin(str(self.folder), author=AUTHOR, durability=self.durability)
        self.ledger = self.store.ledger("runs")

    def close(self) -> None:
        self.store.close()

    def append(self, given: Given) -> str:
        return self.ledger.append(**given).id

    def append_many(self, given: Sequence[Given]) -> object:
        return self.ledger.append_many(given)

    def replay(self) -> int:
        last = 0
        for one in self.ledger.tail():
            last = one.offset
        return last

    def count(self) -> int:
        return len(self.ledger)

    def by_key(self, key: str) -> object:
        found = self.ledger.by_key(key)
        return None if found is None else found.payload

    def ids(self) -> list[str]:
        return [one.id for one in self.ledger.tail()]


TABLE = """
create table if not exists entries (
    offset integer primary key, id text unique, key text unique, kind text, actor text, stream text, time text,
    payload text);
create index if not exists by_stream on entries (stream, offset);
"""
INSERT = "insert into entries (id, key, kind, actor, stream, time, payload) values (?, ?, ?, ?, ?, ?, ?)"
REPLAY = "select offset, id, key, kind, actor, stream, time, payload from entries order by offset"

# One that is made once: `json.dumps` with settings makes another at each call.
written = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def row(given: Given, time: str) -> tuple[str, ...]:
    """Write the payload once, and hash all that is said."""
    said = (given["key"], given["kind"], given["actor"], given["stream"], time, written(given["payload"]))
    return hashlib.sha256("\n".join(said).encode()).hexdigest(), *said


class SqliteLedger:
    """A table with WAL, as a program that has no ledger makes it; one connection held open."""

    def __init__(self, folder: Path, synchronous: str) -> None:
        self.folder, self.synchronous = folder, synchronous

    def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(self.folder / "ledger.db", isolation_level=None, timeout=30)
        self.connection.execute("pragma journal_mode = wal")
        self.connection.execute(f"pragma synchronous = {self.synchronous}")
        self.connection.executescript(TABLE)

    def close(self) -> None:
        self.connection.close()

    def append(self, given: Given) -> str:
        made = row(given, datetime.now(UTC).isoformat())
        self.connection.execute(INSERT, made)
        return made[0]

    def append_many(self, given: Sequence[Given]) -> object:
        now = datetime.now(UTC).isoformat()
        self.connection.execute("begin immediate")
        self.connection.executemany(INSERT, (row(one, now) for one in given))
        return self.connection.execute("commit")

    def replay(self) -> int:
        last = 0
        for offset, *_, payload in self.connection.execute(REPLAY):
            json.loads(payload)
            last = offset
        return last

    def count(self) -> int:
        # Nothing is ever deleted, so the last offset tells; `count(*)` would go through a whole index.
        return self.connection.execute("select ifnull(max(offset), 0) from entries").fetchone()[0]

    def by_key(self, key: str) -> object:
        found = self.connection.execute("select payload from entries where key = ?", (key,)).fetchone()
        return None if found is None else json.loads(found[0])

    def ids(self) -> list[str]:
        return [one for (one,) in self.connection.execute("select id from entries order by offset")]


SYSTEMS: dict[str, Callable[[Path], Ledger]] = {
    "muniment": lambda folder: MunimentLedger(folder, "full"),
    "muniment-os": lambda folder: MunimentLedger(folder, "os"),
    "sqlite-full": lambda folder: SqliteLedger(folder, "full"),
    "sqlite-normal": lambda folder: SqliteLedger(folder, "normal"),
    "sqlite-off": lambda folder: SqliteLedger(folder, "off"),
}
"""How each is told to be as durable as it is named: `os` and `off` never wait for the disk."""


def opened(system: str, folder: Path) -> Ledger:
    """Open a ledger; what does not exist yet is made."""
    ledger = SYSTEMS[system](folder)
    ledger.open()
    return ledger
