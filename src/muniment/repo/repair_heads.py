"""Make heads anew that are gone, as part of a repair: as the operation log of this copy tells, or another copy.

A head that is there is never touched, whatever a log says: the host's git moves heads too.
"""

from collections.abc import Iterable
from contextlib import suppress

from muniment.errors import MalformedError
from muniment.repo.mending import Mending
from muniment.repo.repair_objects import ObjectMending
from muniment.storage import written
from muniment.values.ids import CommitId, is_id
from muniment.values.names import BranchName
from muniment.values.objects import decode_commit
from muniment.values.operation import Operation


def mend(mending: Mending, objects: ObjectMending) -> None:
    """Give each branch that has no head the heads that it had last; needs the store's lock."""
    heads = mending.parts.storage.heads
    operations = list(mending.parts.storage.operations.newest_first())
    for branch, lasting in last_heads(reversed(operations)).items():
        if not heads.heads(branch):
            _make(
                mending, objects, branch, lasting, "as the operation log tells; delete it if it was deleted elsewhere"
            )
    if not any(True for _ in heads.branches()):
        for branch, found in list(mending.heads()):
            if not heads.heads(branch):
                _make(mending, objects, branch, found, "as another copy has it")


def last_heads(operations: Iterable[Operation]) -> dict[BranchName, set[CommitId]]:
    """Give the heads that operations, oldest first, left each branch with; none for one that was deleted."""
    left: dict[BranchName, set[CommitId]] = {}
    for operation in operations:
        for move in operation.heads:
            heads = left.setdefault(move.branch, set())
            if move.expected is not None:
                heads.discard(move.expected)
            if move.new is not None:
                heads.add(move.new)
    return left


def _make(mending: Mending, objects: ObjectMending, branch: BranchName, known: Iterable[CommitId], why: str) -> None:
    readable = [commit for commit in sorted(known) if is_id(commit) and _is_commit(objects, commit)]
    objects.make_durable()
    for commit in readable:
        mending.parts.storage.heads.add(branch, commit)
        path = mending.layout.head(branch, commit)
        written.make_names_durable([path], mending.layout.control)
        mending.note("head-restored", path, f"branch {branch} had no head; {why}")


def _is_commit(objects: ObjectMending, commit: CommitId) -> bool:
    data = objects.read(commit)
    with suppress(MalformedError):
        return data is not None and bool(decode_commit(commit, data))
    return False
