"""What `generate_aio.py` writes classes of, and what becomes there of a verb's answer."""

from typing import NamedTuple


class Made(NamedTuple):
    """A class to be written: of which class in which module, into which module, and what it is made of."""

    module: str
    name: str
    into: str
    bases: tuple[str, ...] = ("Bound",)
    more: str = ""


_STORE = '''
    async def __aenter__(self) -> Self:
        """Use the store for the length of a block."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Close it, even where the task was cancelled."""
        await surely(in_thread, self._sync.close)
'''
_LEDGER = '''
    async def contains(self, entry: object) -> bool:
        """Tell whether an entry is here, by its id: what `in` tells of a synchronous ledger."""
        return await self._call(Ledger.__contains__, entry)

    async def count(self) -> int:
        """Count the entries that are here, those that were archived included: the `len` of a synchronous ledger."""
        return await self._call(Ledger.__len__)

    def __aiter__(self) -> Stream[Entry, Cursor]:
        """Give all entries in causal order, those that were archived included."""
        return self.tail(archived=True)
'''
_SNAPSHOT = '''
    @property
    def commit(self) -> Commit:
        """The commit that holds the documents."""
        found: Commit = self._sync.commit
        return found

    async def contains(self, name: object) -> bool:
        """Tell whether the commit has a document of that name."""
        return await self._call(Snapshot.__contains__, name)

    async def count(self) -> int:
        """Count the documents; loads the whole tree."""
        return await self._call(Snapshot.__len__)
'''
_WORKING_SNAPSHOT = '''
    async def contains(self, name: object) -> bool:
        """Tell whether there is a document of that name."""
        return await self._call(WorkingSnapshot.__contains__, name)

    async def count(self) -> int:
        """Count the documents."""
        return await self._call(WorkingSnapshot.__len__)
'''
_TRANSACTION = '''
    @property
    def commit(self) -> Commit | None:
        """The commit that the block made, once it has ended."""
        found: Commit | None = self._sync.commit
        return found
'''

MADE = (
    Made("repo.working_verbs", "WorkingVerbs", "working_verbs"),
    Made("repo.history_verbs", "HistoryVerbs", "history_verbs"),
    Made("repo.merge_verbs", "MergeVerbs", "merge_verbs"),
    Made("repo.operation_verbs", "OperationVerbs", "operation_verbs"),
    Made("repo.ledger_verbs", "LedgerVerbs", "ledger_verbs"),
    Made("repo.watch_verbs", "WatchVerbs", "watch_verbs"),
    Made("repo.upkeep_verbs", "UpkeepVerbs", "upkeep_verbs"),
    Made(
        "repo.store",
        "Store",
        "store",
        tuple(
            f"Async{name}Verbs" for name in ("Working", "History", "Merge", "Operation", "Ledger", "Watch", "Upkeep")
        ),
        _STORE,
    ),
    Made("repo.branches", "Branches", "branches"),
    Made("repo.tags", "Tags", "tags"),
    Made("repo.notes", "Notes", "notes"),
    Made("repo.policies", "Policies", "policies"),
    Made("repo.schema_verbs", "SchemaVerbs", "schema_verbs"),
    Made("repo.merge_rule_verbs", "MergeRuleVerbs", "merge_rule_verbs"),
    Made("repo.snapshot", "Snapshot", "snapshot", more=_SNAPSHOT),
    Made("repo.working_snapshot", "WorkingSnapshot", "working_snapshot", ("ThreadBound",), _WORKING_SNAPSHOT),
    Made("repo.transaction", "Transaction", "transaction", ("ThreadBound",), _TRANSACTION),
    Made("ledger.care_verbs", "CareVerbs", "care_verbs"),
    Made("ledger.ledger", "Ledger", "ledger", ("AsyncCareVerbs",), _LEDGER),
)

LISTS = {"log", "names", "history", "operations", "diff", "list", "ledgers", "streams"}
"""Verbs that only read and give a list, or a tuple: of their answer, one item after the other may be taken."""
WRAPPED = {"Snapshot", "Ledger"}
"""What a verb may give that has verbs itself."""
BLOCKS = {"Transaction", "WorkingSnapshot"}
"""What a `with` block may lend that has verbs itself."""
STREAMS = {"Tail": "Stream[Entry, Cursor]", "Subscription": "Following[Entry, Cursor]", "Watch": "AsyncWatch"}
AT_ONCE = {"path", "name", "off_change", "on_change"}
"""Properties and verbs that look at no file."""
UNTYPED = {"fold", "read"}
"""Verbs whose types mypy cannot follow through `_call`: several signatures, or one with a variable."""
OTHERS = {("sync", "other"): "AsyncCareVerbs | Place"}
"""Arguments that may be of this interface."""

KNOWN = {
    "Any": "typing",
    "AsyncWatch": "muniment.aio.watch",
    "Awaitable": "collections.abc",
    "Block": "muniment.aio.blocks",
    "Bound": "muniment.aio.bound",
    "Commit": "muniment.values.objects",
    "Cursor": "muniment.values.cursor",
    "Entry": "muniment.values.entry",
    "Following": "muniment.aio.streams",
    "Listing": "muniment.aio.streams",
    "Self": "typing",
    "Stream": "muniment.aio.streams",
    "ThreadBound": "muniment.aio.bound",
    "TracebackType": "types",
    "as_it_is": "muniment.aio.blocks",
    "in_thread": "muniment.aio.threads",
    "overload": "typing",
    "partial": "functools",
    "surely": "muniment.aio.calls",
    "plain": "muniment.aio.bound",
} | {f"Async{made.name}": f"muniment.aio.{made.into}" for made in MADE}
