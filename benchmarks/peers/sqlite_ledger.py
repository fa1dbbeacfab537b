"""A commit ledger in SQLite: one table, one row a commit, the whole body of the document in it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.corpus import AUTHOR, decode_service
from benchmarks.peers.interface import Documents, FolderPeer, LogEntry

SCHEMA = """
CREATE TABLE IF NOT EXISTS ledger (
    commit_id INTEGER PRIMARY KEY, name TEXT, author TEXT, time TEXT, message TEXT, body BLOB);
CREATE INDEX IF NOT EXISTS by_name ON ledger (name, commit_id);
"""
INSERT = "INSERT INTO ledger (name, author, time, message, body) VALUES (?, ?, ?, ?, ?)"
READ = "SELECT body FROM ledger WHERE name = ? AND commit_id <= ? ORDER BY commit_id DESC LIMIT 1"
NEWEST = 2**62


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def row(name: str, value: dict[str, Any]) -> tuple[str, str, str, str, bytes]:
    return name, AUTHOR, datetime.now(UTC).isoformat(), f"change {name}", msgspec.json.encode(value)


class SqliteLedger(FolderPeer):
    """Hold one connection open."""

    def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.connection = connect(self.folder / "ledger.db")
        self.connection.executescript(SCHEMA)

    def close(self) -> None:
        self.connection.close()

    def fill(self, documents: Documents) -> None:
        self.connection.execute("BEGIN")
        self.connection.executemany(INSERT, (row(*entry) for entry in documents))
        self.connection.execute("COMMIT")

    def commit_one(self, name: str, value: dict[str, Any]) -> str:
        return str(self.connection.execute(INSERT, row(name, value)).lastrowid)

    def read_head(self, name: str) -> object:
        return decode_service(self.connection.execute(READ, (name, NEWEST)).fetchone()[0])

    def read_at(self, commit: str, name: str) -> object:
        return decode_service(self.connection.execute(READ, (name, int(commit))).fetchone()[0])

    def log(self, count: int) -> Sequence[object]:
        query = "SELECT commit_id, author, time, message FROM ledger ORDER BY commit_id DESC LIMIT ?"
        return [LogEntry(str(commit), *rest) for commit, *rest in self.connection.execute(query, (count,))]


class SqliteLedgerPerCall(SqliteLedger):
    """Open a connection for each commit and close it again, as a program that is started for it would."""

    def open(self) -> None:
        super().open()
        # One that stays open would spare each call the checkpoint that the last one to close makes.
        self.connection.close()

    def fill(self, documents: Documents) -> None:
        with closing(connect(self.folder / "ledger.db")) as self.connection:
            super().fill(documents)

    def commit_one(self, name: str, value: dict[str, Any]) -> str:
        with closing(connect(self.folder / "ledger.db")) as connection:
            return str(connection.execute(INSERT, row(name, value)).lastrowid)

    def read_head(self, name: str) -> object:
        with closing(connect(self.folder / "ledger.db")) as connection:
            return decode_service(connection.execute(READ, (name, NEWEST)).fetchone()[0])

    def read_at(self, commit: str, name: str) -> object:
        with closing(connect(self.folder / "ledger.db")) as connection:
            return decode_service(connection.execute(READ, (name, int(commit))).fetchone()[0])

    def log(self, count: int) -> Sequence[object]:
        query = "SELECT commit_id, author, time, message FROM ledger ORDER BY commit_id DESC LIMIT ?"
        with closing(connect(self.folder / "ledger.db")) as connection:
            return [LogEntry(str(commit), *rest) for commit, *rest in connection.execute(query, (count,))]


held_open = SqliteLedger
connection_per_call = SqliteLedgerPerCall
