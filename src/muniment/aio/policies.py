"""`muniment.repo.policies.Policies` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.repo.policies import Policies
from muniment.values.policy import Policy


class AsyncPolicies(Bound):
    """The verbs on policies, as `store.policies` offers them."""

    def list(self) -> Listing[tuple[Policy, ...], Policy]:
        """List the policies in force, the oldest first.

        Raises:
            HashMismatchError, MalformedError: A record of one was damaged: see `verify`.
        """
        ask = partial(self._call, Policies.list)
        return Listing(ask)

    async def require_signatures(
        self,
        branch: str = "main",
        *,
        ledger: str | None = None,
        author: str | None = None,
    ) -> Policy:
        """Let a branch take commits alone that an allowed signer signed, from now on and in every copy of the store.

        Or, if a `ledger` is named, let that take such entries alone. What a branch stands at, and what that was built
        on, stays as it is, as do the entries that are there. Neither need be there yet. Where a policy says so
        already, that is given.

        Raises:
            InvalidNameError: `branch` cannot name a branch, or `ledger` a ledger.
            MissingAuthorError: Neither this call nor the store names one.
        """
        return await self._call(Policies.require_signatures, branch, ledger=ledger, author=author)

    async def withdraw(self, policy: str, *, author: str | None = None) -> None:
        """Put a policy out of force, in every copy of the store: a record that says so is put beside it.

        `policy` is its id, or the first 8 digits or more.

        Raises:
            InvalidValueError: No policy in force is called so, or several are.
            MissingAuthorError: Neither this call nor the store names one.
        """
        return await self._call(Policies.withdraw, policy, author=author)
