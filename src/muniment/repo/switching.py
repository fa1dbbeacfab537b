"""Check out another branch: the working files follow, and no edit is lost."""

from contextlib import suppress

from muniment.errors import DivergedError
from muniment.repo import reference_changes, replacing
from muniment.repo.merging import one_head
from muniment.repo.parts import Parts
from muniment.repo.reference_changes import Intent
from muniment.repo.replacing import Contents
from muniment.values.names import BranchName, DocumentName


def switch(parts: Parts, branch: BranchName, author: str) -> None:
    """Make the working files those of the branch's head, where the two branches differ.

    Raises:
        BranchNotFoundError: It was deleted meanwhile.
        DirtyDocumentError: A file to be replaced has uncommitted edits; nothing was changed.
    """
    parts.refuse_unfinished_merge()
    if branch == parts.selected_branch():
        return
    for one in (parts.selected_branch(), branch):
        with suppress(DivergedError):  # then its files are those of its newest head
            one_head.ensure(parts, one)
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


def _differences(parts: Parts, branch: BranchName) -> tuple[Contents, Contents]:
    """Give the documents that differ as the branch that is checked out has them, and as the other has them."""
    here = parts.tree_of(parts.lead(parts.selected_branch()))
    return replacing.differences(parts, here, parts.tree_of(parts.lead(branch)))
