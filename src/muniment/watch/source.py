"""What a watch looks at; `repo` brings it."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from muniment.files.layout import Layout
from muniment.history.tree_diff import TreeChange
from muniment.storage.operation_log import OperationLog
from muniment.storage.working import WorkingFiles
from muniment.values.ids import BlobId, CommitId, TagId
from muniment.values.names import BranchName, DocumentName, TagName


class Source(Protocol):
    """One open store, as far as a watch needs it. Only the first `copy_id` takes a lock for more than a moment."""

    layout: Layout
    operations: OperationLog
    working: WorkingFiles

    def check_usable(self) -> None:
        """Refuse to go on where the store was closed or deleted: `StoreClosedError`, `NotAStoreError`."""
        ...

    def copy_id(self) -> str:
        """Give what this copy of the store is told apart by from others; empty where it may not write that down."""
        ...

    def is_settled(self) -> bool:
        """Tell whether no change is half published; beside writers it is a hint."""
        ...

    def has_writer(self) -> bool:
        """Tell whether a writer is at work, or is stopped at it."""
        ...

    def scanned(self) -> Mapping[DocumentName, BlobId]:
        """Give the content of every working file that is a document, reading those that changed since the last scan."""
        ...

    def selected(self) -> BranchName:
        """Give the branch whose documents the working files are."""
        ...

    def heads(self) -> dict[BranchName, tuple[CommitId, ...]]:
        """Give the commits that each branch stands at."""
        ...

    def heads_of(self, branch: BranchName) -> tuple[CommitId, ...]:
        """Give those of one branch."""
        ...

    def independent(self, heads: tuple[CommitId, ...]) -> tuple[CommitId, ...]:
        """Leave out those that others of them are built on, as far as history can be read; in ascending order."""
        ...

    def differing(self, before: CommitId | None, after: CommitId | None) -> list[TreeChange] | None:
        """Give the documents that differ between two commits; None where history cannot be read."""
        ...

    def entries(self, commit: CommitId) -> Iterator[tuple[str, BlobId]]:
        """Give the documents of a commit; `NotFoundError` or `CorruptionError` where it cannot be read."""
        ...

    def lookup(self, commit: CommitId | None, name: str) -> BlobId | None:
        """Give a document of a commit; errors as for `entries`."""
        ...

    def blob(self, blob_id: BlobId) -> bytes:
        """Give the canonical bytes of a content."""
        ...

    def has(self, blob_id: BlobId) -> bool:
        """Tell whether a content is among the objects."""
        ...

    def tags(self) -> dict[TagName, tuple[TagId, ...]]:
        """Give the tags that there are."""
        ...

    def target(self, tag_id: TagId) -> CommitId | None:
        """Give what a tag names; None where its object cannot be read."""
        ...

    def counts(self) -> dict[str, int]:
        """Give how many entries each ledger has; reads only those whose files changed since the last time."""
        ...
