"""Objects and heads in memory: the twin of the files, for tests and for trying things out."""

from collections.abc import Iterator

from muniment.errors import HashMismatchError, ObjectNotFoundError, StaleHeadError
from muniment.values import canonical
from muniment.values.ids import CommitId
from muniment.values.names import BranchName


class MemoryObjects:
    """An `ObjectStore` that ends with the process."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def get(self, object_id: str) -> bytes:
        """Give an object's bytes, checked against its name."""
        try:
            data = self._objects[object_id]
        except KeyError:
            raise ObjectNotFoundError(object_id) from None
        found = canonical.digest(data)
        if found != object_id:
            raise HashMismatchError(f"memory:{object_id}", object_id, found)
        return data

    def put(self, object_id: str, data: bytes) -> None:
        """Store an object; one that is there but damaged is replaced."""
        if self._objects.get(object_id) != data:
            self._objects[object_id] = data

    def ids(self, prefix: str = "") -> Iterator[str]:
        """Give the ids that begin with `prefix`."""
        yield from [object_id for object_id in self._objects if object_id.startswith(prefix)]


class MemoryHeads:
    """A `HeadStore` that ends with the process."""

    def __init__(self) -> None:
        self._heads: dict[BranchName, set[CommitId]] = {}

    def heads(self, branch: BranchName) -> tuple[CommitId, ...]:
        """Give the heads of a branch in ascending order."""
        return tuple(sorted(self._heads.get(branch, ())))

    def move(self, branch: BranchName, expected: CommitId | None, new: CommitId) -> None:
        """Move a head, or change nothing."""
        heads = self._heads.setdefault(branch, set())
        if (expected is None and heads) or (expected is not None and expected not in heads):
            raise StaleHeadError(branch, expected, next(iter(sorted(heads)), None))
        heads.discard(expected or CommitId(""))
        heads.add(new)

    def remove(self, branch: BranchName, expected: CommitId) -> None:
        """Delete a head, or change nothing."""
        heads = self._heads.get(branch, set())
        if expected not in heads:
            raise StaleHeadError(branch, expected, next(iter(sorted(heads)), None))
        heads.remove(expected)

    def branches(self) -> Iterator[BranchName]:
        """Give the names of the branches that have a head."""
        yield from sorted(branch for branch, heads in self._heads.items() if heads)
