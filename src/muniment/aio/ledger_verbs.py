"""`muniment.repo.ledger_verbs.LedgerVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.ledger import AsyncLedger
from muniment.aio.streams import Listing
from muniment.repo.ledger_verbs import LedgerVerbs
from muniment.repo.ledgers import Described


class AsyncLedgerVerbs(Bound):
    """Append-only logs beside the documents."""

    async def ledger(
        self,
        name: str,
        *,
        schema: Described | None = None,
        index: Iterable[str] = ("stream", "kind", "actor"),
    ) -> AsyncLedger:
        """Give the ledger `name`; the first entry that is appended makes it.

        `schema` tells what payloads are: a schema, of the entries of its kind, or several; old entries are upgraded on
        reading through its steps, as documents are. Entries of other kinds are plain JSON. `index` are the fields that
        readers ask for: what is not indexed is found by reading all.

        Raises:
            InvalidNameError: It cannot name a ledger, or differs from another only by case.
            InvalidValueError: `schema` is none, or `index` names a field that is not indexed.
        """
        made = await self._call(LedgerVerbs.ledger, name, schema=schema, index=index)
        return AsyncLedger(made)

    def ledgers(self) -> Listing[builtins.list[str], str]:
        """List the names of the ledgers that have entries, sorted."""
        ask = partial(self._call, LedgerVerbs.ledgers)
        return Listing(ask)
