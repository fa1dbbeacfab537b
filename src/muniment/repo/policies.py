"""Policies: what is demanded of whatever is added to a branch or a ledger."""

from datetime import UTC, datetime

import msgspec

from muniment.errors import InvalidValueError
from muniment.errors.system import translated
from muniment.repo import requirements
from muniment.repo.parts import Parts
from muniment.values import names as grammar
from muniment.values.policy import SIGNATURE, Policy, PolicyId, Withdrawal


class Policies:
    """The verbs on policies, as `store.policies` offers them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @translated("list the policies")
    def list(self) -> tuple[Policy, ...]:
        """List the policies in force, the oldest first.

        Raises:
            HashMismatchError, MalformedError: A record of one was damaged: see `verify`.
        """
        return self._parts.policies.in_force()

    @translated("require signatures")
    def require_signatures(
        self, branch: str = "main", *, ledger: str | None = None, author: str | None = None
    ) -> Policy:
        """Let a branch take commits alone that an allowed signer signed, from now on and in every copy of the store.

        Or, if a `ledger` is named, let that take such entries alone. What a branch stands at, and what that was built
        on, stays as it is, as do the entries that are there. Neither need be there yet. Where a policy says so
        already, that is given.

        Raises:
            InvalidNameError: `branch` cannot name a branch, or `ledger` a ledger.
            MissingAuthorError: Neither this call nor the store names one.
        """
        if ledger is not None:
            from muniment.repo import ledgers

            return ledgers.open_ledger(self._parts, ledger, None, ledgers.FIELDS).require_signatures(author=author)
        name = grammar.branch_name(branch)
        who = self._parts.author_of(author)
        with self._parts.storage.exclusive(self._parts.lock_timeout_s):
            if found := requirements.of_branch(self._parts, name):
                return found[0]
            since = tuple(self._parts.storage.heads.heads(name))
            made = Policy(requires=SIGNATURE, branch=name, since=since, author=who, time=datetime.now(UTC))
            return msgspec.structs.replace(made, id=self._parts.policies.put(made))

    @translated("withdraw a policy")
    def withdraw(self, policy: str, *, author: str | None = None) -> None:
        """Put a policy out of force, in every copy of the store: a record that says so is put beside it.

        `policy` is its id, or the first 8 digits or more.

        Raises:
            InvalidValueError: No policy in force is called so, or several are.
            MissingAuthorError: Neither this call nor the store names one.
        """
        who = self._parts.author_of(author)
        self._parts.storage.check_exists()
        withdrawn = self._find(policy)
        self._parts.policies.put(Withdrawal(withdraws=withdrawn, author=who, time=datetime.now(UTC)))

    def _find(self, given: str) -> PolicyId:
        found = [one.id for one in self.list() if one.id.startswith(given)] if len(given) >= _SHORTEST else []
        if len(found) != 1:
            how = "several policies begin so: give more digits" if found else "no policy in force has this id"
            raise InvalidValueError(f"{given!r}: {how}; `muniment policy list` lists those there are")
        return found[0]


_SHORTEST = 8
