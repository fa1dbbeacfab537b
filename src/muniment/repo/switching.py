"""Check out another branch: the working files follow, and no edit is lost."""

from muniment.history import tree_diff
from muniment.repo import reference_changes, replacing
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.values.ids import BlobId
from muniment.values.names import BranchName, DocumentName

_Contents = dict[DocumentName, BlobId | None]


def switch(parts: Parts, branch: BranchName, author: str) -> None:
    """Make the working files those of the branch's head, where the two branches differ.

    Raises:
        BranchNotFoundError: It was deleted meanwhile.
        DirtyDocumentError: A file to be replaced has uncommitted edits; nothing was changed.
    """
    if branch == parts.selected_branch():
        return
    locked = set(_differences(parts, branch)[0])
    while not _switched(parts, branch, author, locked):  # a commit in between made more documents differ
        locked |= _differences(parts, branch)[0].keys()


def _switched(parts: Parts, branch: BranchName, author: str, locked: set[DocumentName]) -> bool:
    """Switch with some documents locked; False, and nothing, where others would have to be replaced."""
    with parts.locks.exclusive(locked), parts.storage.exclusive(parts.lock_timeout_s):
        committed, target = _differences(parts, parts.existing_branch(branch))
        if not committed.keys() <= locked:
            return False
        replacements = replacing.replacements(parts, committed, target)
        intent = Intent(verb="switch", author=author, message=f"switch to {branch}")
        reference_changes.record(parts, intent, [], replacements=replacements, select=branch)
    return True


def _differences(parts: Parts, branch: BranchName) -> tuple[_Contents, _Contents]:
    """Give the documents that differ as the branch that is checked out has them, and as the other has them."""
    here = parts.tree_of(parts.head(parts.selected_branch()))
    there = parts.tree_of(parts.head(branch))
    found = [(DocumentName(name), now, then) for name, now, then in tree_diff.changes(parts.history.node, here, there)]
    return {name: now for name, now, _ in found}, {name: then for name, _, then in found}
