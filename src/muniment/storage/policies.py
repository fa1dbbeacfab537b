"""Policies as immutable files named by their content, so that the host repository merges them.

Format: docs/format/signatures.md, "Policies".
"""

import re
from collections.abc import Iterator

from muniment.errors import CorruptionError
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.storage import checked
from muniment.storage.unchanged import Unchanged
from muniment.values import canonical, policy
from muniment.values.policy import Policy, PolicyId, Record, Withdrawal

_FILE = re.compile(r"([0-9a-f]{64})\.json")


class PolicyFiles:
    """The policies of one store. While nothing changes, asking for them costs a look at one folder."""

    def __init__(self, layout: Layout, *, sync: bool) -> None:
        self._layout = layout
        self._sync = sync
        self._found: Unchanged[tuple[Policy, ...]] = Unchanged()

    def put(self, record: Record) -> PolicyId:
        """Keep a policy or a withdrawal, durably, and give its id; one that is there already stays."""
        data = policy.encode(record)
        policy_id = PolicyId(canonical.digest(data))
        atomic.replace_file(self._layout.policy(policy_id), data, self._layout.temporary, sync=self._sync)
        return policy_id

    def in_force(self) -> tuple[Policy, ...]:
        """List the policies that nobody withdrew, the oldest first.

        Raises:
            HashMismatchError, MalformedError: A record was damaged, and nobody can tell what it demands.
        """
        try:
            return self._found.get(self._layout.policies, lambda _: self._look())
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def damaged(self) -> Iterator[tuple[str, CorruptionError]]:
        """Give the records that cannot be read, each with its fault."""
        for policy_id in self.ids():
            try:
                self._get(policy_id)
            except CorruptionError as error:
                yield self._layout.policy(policy_id), error

    def _look(self) -> tuple[Policy, ...]:
        records = list(map(self._get, self.ids()))
        withdrawn = {record.withdraws for record in records if isinstance(record, Withdrawal)}
        found = [record for record in records if isinstance(record, Policy) and record.id not in withdrawn]
        return tuple(sorted(found, key=lambda one: (one.time, one.id)))

    def ids(self) -> list[PolicyId]:
        """List the ids of the policies and withdrawals, in ascending order."""
        try:
            names = disk.listdir(self._layout.policies)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(PolicyId(match[1]) for match in map(_FILE.fullmatch, names) if match)

    def _get(self, policy_id: PolicyId) -> Record:
        return policy.decode(policy_id, checked.read(self._layout.policy(policy_id), policy_id))
