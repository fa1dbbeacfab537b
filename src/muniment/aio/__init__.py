"""The same store and ledgers for programs with an event loop, asyncio's or trio's.

Every verb has its name, its arguments and its errors, and is awaited; what is read piece by piece is iterated over with
`async for`, and what is lent to a `with` block is lent to an `async with` block. Whatever blocks does so in threads.
A verb that was begun is waited for, even where its task is cancelled: it has happened then or not, and holds no lock.

    async with await AsyncStore.open("config") as store:
        await store.write("services/web", {"port": 8080})
        async for commit in store.log():
            print(commit.message)

Needs anyio: install `muniment[aio]`.
"""

from importlib.util import find_spec

from muniment.errors import AsyncUnavailableError

if find_spec("anyio") is None:
    raise AsyncUnavailableError("there is no module anyio")

from muniment.aio.blocks import Block
from muniment.aio.branches import AsyncBranches
from muniment.aio.ledger import AsyncLedger
from muniment.aio.merge_rule_verbs import AsyncMergeRuleVerbs
from muniment.aio.notes import AsyncNotes
from muniment.aio.policies import AsyncPolicies
from muniment.aio.schema_verbs import AsyncSchemaVerbs
from muniment.aio.snapshot import AsyncSnapshot
from muniment.aio.store import AsyncStore
from muniment.aio.streams import Following, Listing, Stream
from muniment.aio.tags import AsyncTags
from muniment.aio.transaction import AsyncTransaction
from muniment.aio.watch import AsyncWatch
from muniment.aio.working_snapshot import AsyncWorkingSnapshot

__all__ = [
    "AsyncBranches",
    "AsyncLedger",
    "AsyncMergeRuleVerbs",
    "AsyncNotes",
    "AsyncPolicies",
    "AsyncSchemaVerbs",
    "AsyncSnapshot",
    "AsyncStore",
    "AsyncTags",
    "AsyncTransaction",
    "AsyncWatch",
    "AsyncWorkingSnapshot",
    "Block",
    "Following",
    "Listing",
    "Stream",
]
