"""Policies: what a branch, or a ledger, demands of whatever is added to it; and their canonical form.

Format: docs/format/signatures.md, "Policies".
"""

from datetime import datetime
from typing import Annotated, NewType, TypeAlias

import msgspec

from muniment.errors import MalformedError
from muniment.values import canonical
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.objects import check_time, format_time

PolicyId = NewType("PolicyId", str)
"""The SHA-256 of a policy's canonical bytes, or of a withdrawal's."""

SIGNATURE = "signature"
"""What a policy `requires`, where it is signatures; a program passes over what it does not know."""

Since: TypeAlias = tuple[str, ...] | dict[str, int | str]
"""What was there already, and is exempt: the heads of a branch; of a ledger, what tells how far it went."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, tag="policy", tag_field="type"):
    """From `since` on, whatever is added to `branch` or `ledger`, one of which is None, needs what it `requires`."""

    requires: str
    since: Since
    author: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    branch: BranchName | None = None
    ledger: str | None = None
    id: PolicyId = PolicyId("")

    def __hash__(self) -> int:
        """Hash by the id, which says all."""
        return hash(self.id)

    @property
    def exempt(self) -> tuple[CommitId, ...]:
        """The commits of a branch that need nothing, nor does what they were built on."""
        return tuple(map(CommitId, self.since)) if isinstance(self.since, tuple) else ()


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, tag="withdrawal", tag_field="type"):
    """Puts the policy `withdraws` out of force."""

    withdraws: PolicyId
    author: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]


Record: TypeAlias = Policy | Withdrawal

_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Write a policy or a withdrawal as canonical bytes; its id is not in them.

    Raises:
        InvalidValueError: A text in it is half of a surrogate pair; it says where.
    """
    body = {"author": record.author, "time": format_time(record.time)}
    if isinstance(record, Withdrawal):
        return canonical.encode({**body, "withdraws": record.withdraws, "type": "withdrawal"})
    place = {"branch": record.branch} if record.branch is not None else {"ledger": record.ledger}
    return canonical.encode({**body, **place, "requires": record.requires, "since": record.since, "type": "policy"})


def decode(policy_id: PolicyId, data: bytes) -> Record:
    """Read a policy or a withdrawal from bytes that were checked against `policy_id`.

    Raises:
        MalformedError: It is something else.
    """
    try:
        record = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError(policy_id, f"not a policy: {error}") from error
    check_time(policy_id, record.time)
    if isinstance(record, Policy):
        if (record.branch is None) == (record.ledger is None):
            raise MalformedError(policy_id, "not a policy: it is neither for a branch nor for a ledger, or for both")
        msgspec.structs.force_setattr(record, "id", policy_id)
    return record
