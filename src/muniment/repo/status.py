"""What differs between the working files and the head."""

import msgspec

from muniment.errors import DocumentNotFoundError, InvalidNameError, SchemaError
from muniment.history import tree
from muniment.repo import checking
from muniment.repo.parts import Parts
from muniment.values.ids import CommitId
from muniment.values.names import BranchName, DocumentName


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The documents that differ from the head of `branch`, by name, each list in ascending order.

    `head` is None before the first commit; while several heads are being reconciled, it is the newest of them.
    `invalid` are files that are no documents, or no valid ones; `reasons` tells for each what is wrong, and where.
    `conflicted` are documents of a merge under way in which conflicts are open.
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
    """Compare every working file with the head; reads the files whose times changed since the last look.

    Those that differ are checked against their kind too.
    """
    branch = parts.selected_branch()
    merge = parts.unfinished_merge()
    head = parts.lead(branch) if merge is not None and merge.branch == branch else parts.head(branch)
    scan = parts.storage.scanner.scan()
    committed = dict(tree.entries(parts.history.node, parts.tree_of(head)))
    differing = [name for name, blob in scan.blobs.items() if committed.get(name) != blob]
    invalid: dict[str, SchemaError | InvalidNameError] = {**scan.invalid, **_invalid_of(parts, differing)}
    valid = [name for name in differing if name not in invalid]
    return Status(
        branch=branch,
        head=head,
        added=tuple(sorted(name for name in valid if name not in committed)),
        changed=tuple(sorted(name for name in valid if name in committed)),
        removed=tuple(sorted(committed.keys() - scan.blobs.keys() - scan.invalid.keys())),
        invalid=tuple(sorted(invalid)),
        conflicted=() if merge is None else tuple(dict.fromkeys(one.name for one in merge.open_conflicts())),
        reasons={name: checking.reason_of(error) for name, error in sorted(invalid.items())},
    )


def _invalid_of(parts: Parts, names: list[DocumentName]) -> dict[str, SchemaError]:
    found: dict[str, SchemaError] = {}
    for name in names:
        try:
            checking.refuse_invalid(parts, name, parts.storage.working.valid_text(name))
        except SchemaError as error:
            found[name] = error
        except DocumentNotFoundError:  # gone since it was listed
            continue
    return found
