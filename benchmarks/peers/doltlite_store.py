"""DoltLite: SQLite's interface over a prolly tree with commits. It replaces `sqlite3` in its process."""

import doltlite  # type: ignore[import-untyped]  # noqa: F401, I001 - must come before `sqlite3`, whose library it takes the place of
import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from benchmarks.corpus import AUTHOR, decode_service
from benchmarks.peers.interface import Documents, FolderPeer

UPSERT = "INSERT INTO documents VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body"
UPDATE = "UPDATE documents SET body = ? WHERE name = ?"


class DoltliteStore(FolderPeer):
    """Commit in two transactions, as its documentation shows: the update, then `dolt_commit`."""

    def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(self.folder / "store.db", isolation_level=None, timeout=30)
        self.connection.execute("CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, body TEXT)")

    def close(self) -> None:
        self.connection.close()

    def fill(self, documents: Documents) -> None:
        self.connection.execute("BEGIN")
        rows = ((name, msgspec.json.encode(value).decode()) for name, value in documents)
        self.connection.executemany(UPSERT, rows)
        self.connection.execute("COMMIT")
        self.connection.execute("SELECT dolt_commit('-Am', 'fill', '--author', ?)", (AUTHOR,)).fetchone()

    def commit_one(self, name: str, value: dict[str, Any]) -> str:
        self.connection.execute(UPDATE, (msgspec.json.encode(value).decode(), name))
        return self._commit(f"change {name}")

    def _commit(self, message: str) -> str:
        statement = "SELECT dolt_commit('-am', ?, '--author', ?)"
        return str(self.connection.execute(statement, (message, AUTHOR)).fetchone()[0])

    def branch_with(self, branch: str, start: str, documents: Documents) -> str:
        self._call("dolt_branch", branch, start)
        self.check_out(branch)
        self.connection.execute("BEGIN")
        rows = ((msgspec.json.encode(value).decode(), name) for name, value in documents)
        self.connection.executemany(UPDATE, rows)
        self.connection.execute("COMMIT")
        return self._commit(f"change {branch}")

    def check_out(self, branch: str) -> None:
        self._call("dolt_checkout", branch)

    def merge(self, ours: str, theirs: str) -> str:
        return self._call("dolt_merge", theirs, "-m", f"merge {theirs} into {ours}", "--author", AUTHOR)

    def _call(self, function: str, *arguments: str) -> str:
        statement = f"SELECT {function}({', '.join('?' * len(arguments))})"
        return str(self.connection.execute(statement, arguments).fetchone()[0])

    def diff(self, before: str, after: str) -> Sequence[object]:
        query = "SELECT coalesce(to_name, from_name), diff_type FROM dolt_diff_documents(?, ?)"
        return self.connection.execute(query, (before, after)).fetchall()

    def read_head(self, name: str) -> object:
        query = "SELECT body FROM documents WHERE name = ?"
        return decode_service(self.connection.execute(query, (name,)).fetchone()[0])

    def read_at(self, commit: str, name: str) -> object:
        query = "SELECT body FROM dolt_at_documents(?) WHERE name = ?"
        return decode_service(self.connection.execute(query, (commit, name)).fetchone()[0])

    def log(self, count: int) -> Sequence[object]:
        query = "SELECT commit_hash, committer, email, date, message FROM dolt_log LIMIT ?"
        return self.connection.execute(query, (count,)).fetchall()


class DoltliteStoreInOne(DoltliteStore):
    """Commit in one transaction around both statements: half the syncs."""

    def commit_one(self, name: str, value: dict[str, Any]) -> str:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            commit = super().commit_one(name, value)
        except sqlite3.Error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")
        return commit


two_transactions = DoltliteStore
one_transaction = DoltliteStoreInOne
