"""`muniment.repo.merge_rule_verbs.MergeRuleVerbs` for event loops. Written by `tools/generate_aio.py`."""

from __future__ import annotations

from functools import partial

from muniment.aio.bound import Bound
from muniment.aio.streams import Listing
from muniment.repo.merge_rule_verbs import MergeRuleVerbs
from muniment.schema.merge_rules import MergeRules


class AsyncMergeRuleVerbs(Bound):
    """The merge rules of one store: those that this program declares, and those that others left in the store."""

    def list(self) -> Listing[tuple[MergeRules, ...], MergeRules]:
        """List the sets of rules that are in force, in the order of their names."""
        ask = partial(self._call, MergeRuleVerbs.list)
        return Listing(ask)

    async def declare(self, rules: MergeRules) -> None:
        """Put rules into force for all copies of the store, durably, in place of others of their name.

        Functions among them count for this open store alone. A program that declares others under the same
        name, or a schema of that kind, puts its own into force again when it next merges.

        Raises:
            InvalidValueError: They are none.
        """
        return await self._call(MergeRuleVerbs.declare, rules)

    async def withdraw(self, name: str) -> None:
        """Put the rules of a name out of force: a record that says so is put beside them, and counts in every copy.

        Raises:
            InvalidNameError: None of that name are in force.
        """
        return await self._call(MergeRuleVerbs.withdraw, name)
