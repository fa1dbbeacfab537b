"""What differs between the working files and the head."""

import msgspec

from muniment.errors import DocumentInvalidError, InvalidNameError
from muniment.history import tree
from muniment.repo.parts import Parts
from muniment.values.ids import CommitId
from muniment.values.names import BranchName


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The documents that differ from the head of `branch`, by name, each list in ascending order.

    `head` is None before the first commit. `invalid` are files that are no documents, or no valid
    ones; `reasons` tells for each what is wrong. `conflicted` are documents of a merge that was
    not finished.
    """

    branch: BranchName
    head: CommitId | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    invalid: tuple[str, ...]
    conflicted: tuple[str, ...] = ()
    reasons: dict[str, str] = {}

    @property
    def clean(self) -> bool:
        """Tell whether the working files are just what the head holds."""
        return not (self.added or self.changed or self.removed or self.invalid or self.conflicted)


def status(parts: Parts) -> Status:
    """Compare every working file with the head; reads the files whose times changed since the last look."""
    branch = parts.selected_branch()
    head = parts.head(branch)
    scan = parts.storage.scanner.scan()
    committed = dict(tree.entries(parts.history.node, parts.tree_of(head)))
    return Status(
        branch=branch,
        head=head,
        added=tuple(sorted(scan.blobs.keys() - committed.keys())),
        changed=tuple(sorted(name for name, blob in scan.blobs.items() if committed.get(name, blob) != blob)),
        removed=tuple(sorted(committed.keys() - scan.blobs.keys() - scan.invalid.keys())),
        invalid=tuple(sorted(scan.invalid)),
        reasons={name: _reason(error) for name, error in sorted(scan.invalid.items())},
    )


def _reason(error: DocumentInvalidError | InvalidNameError) -> str:
    place = getattr(error, "offset", None)
    return error.reason if place is None else f"{error.reason} at byte {place}"
