"""What a medium must provide to hold a store's history.

Two narrow protocols. Both can be met by a medium that offers no more than *get*, *list* and
*put if absent*, as object storage does: objects are immutable and named by their content, so they
need nothing else; and a head moves by putting the successor of a commit where only one can be put
(`after/<expected>` may be made once), which is the compare-and-swap. On a file system it is a
rename. `storage/memory.py` is the twin that tests run beside the files.
"""

from collections.abc import Iterator
from typing import Protocol

from muniment.values.ids import CommitId
from muniment.values.names import BranchName


class ObjectStore(Protocol):
    """Immutable objects, each named by the SHA-256 of its bytes."""

    def get(self, object_id: str) -> bytes:
        """Give an object's bytes, checked against its name.

        Raises:
            ObjectNotFoundError: It is not stored here.
            HashMismatchError: What is stored under its name are other bytes; they are never given.
        """
        ...

    def put(self, object_id: str, data: bytes) -> None:
        """Store `data`, whose digest is `object_id`, unless it is there already, whole.

        Durable only once the change that needs it is: the journal sees to that.
        """
        ...

    def ids(self, prefix: str = "") -> Iterator[str]:
        """Give the ids of the stored objects that begin with `prefix`, each once, in any order."""
        ...


class HeadStore(Protocol):
    """The heads of branches: for each the commit, or after a host merge the commits, it stands at."""

    def heads(self, branch: BranchName) -> tuple[CommitId, ...]:
        """Give the heads of a branch in ascending order: none if it does not exist, two if diverged."""
        ...

    def move(self, branch: BranchName, expected: CommitId | None, new: CommitId) -> None:
        """Move the head of `branch` from `expected` to `new`, or change nothing.

        `expected=None` means that the branch must not exist. The commit `new` must be stored
        already: readers follow the head at once.

        Raises:
            StaleHeadError: The head is not `expected` any more. Read it again and retry.

        Format: docs/format/heads.md, "Moving".
        """
        ...

    def remove(self, branch: BranchName, expected: CommitId) -> None:
        """Delete the head `expected` of a branch, or change nothing; without heads there is no branch.

        Raises:
            StaleHeadError: It is no head of the branch any more. Read it again and retry.
        """
        ...

    def branches(self) -> Iterator[BranchName]:
        """Give the names of the branches that have a head, in ascending order."""
        ...
