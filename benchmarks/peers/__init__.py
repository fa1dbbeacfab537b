"""The systems that are measured, each behind the same small protocol."""

import importlib
from pathlib import Path

from benchmarks.peers.interface import Peer

SYSTEMS = {
    "muniment": "muniment_store:durable",
    "muniment-os": "muniment_store:unsynced",
    "muniment-files": "muniment_store:with_working_files",
    "doltlite": "doltlite_store:two_transactions",
    "doltlite-one": "doltlite_store:one_transaction",
    "kvgit": "kvgit_store:default",
    "kvgit-full": "kvgit_store:full",
    "pygit2": "pygit2_store:default",
    "pygit2-fsync": "pygit2_store:fsync",
    "dulwich": "dulwich_store:default",
    "dulwich-fsync": "dulwich_store:fsync",
    "sqlite": "sqlite_ledger:held_open",
    "sqlite-per-call": "sqlite_ledger:connection_per_call",
}
"""The name of a system on the command line and in the tables: the module and the function that makes it."""

MEANING = {
    "muniment": '`durability="full"`, the default; no working files',
    "muniment-os": '`durability="os"`: no syncs',
    "muniment-files": '`durability="full"`, each commit replaces the working file too',
    "doltlite": "as documented: `UPDATE`, then `dolt_commit('-am')`",
    "doltlite-one": "the same two statements between `BEGIN` and `COMMIT`",
    "kvgit": "default (SQLite's NORMAL: not durable at each commit)",
    "kvgit-full": "`sqlite_synchronous` FULL",
    "pygit2": "default (no syncs)",
    "pygit2-fsync": "`core.fsyncObjectFiles`",
    "dulwich": "default (the ref is synced, the objects are not)",
    "dulwich-fsync": "`core.fsyncObjectFiles`",
    "sqlite": "a ledger table of whole bodies, WAL, FULL; one connection held open",
    "sqlite-per-call": "the same, a connection per call",
}
"""How each system is called, for the tables."""


def make(system: str, folder: Path) -> Peer:
    """Import what `system` needs, and only that, and make its adapter for `folder`."""
    module, function = SYSTEMS[system].split(":")
    peer: Peer = getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)(folder)
    return peer
