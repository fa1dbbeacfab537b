"""Go back to old content by a new commit: history stays as it was."""

from collections.abc import Iterable

from muniment.errors import DocumentNotFoundError
from muniment.history import tree, tree_diff
from muniment.repo import arguments, committing, replacing, revisions
from muniment.repo.assembling import Draft
from muniment.repo.log import ROLLBACK
from muniment.repo.merging import one_head
from muniment.repo.parts import Parts
from muniment.values import names as grammar
from muniment.values.ids import BlobId, TreeId
from muniment.values.names import DocumentName
from muniment.values.objects import Commit

_Contents = dict[DocumentName, BlobId | None]


def rollback(parts: Parts, to: str, *, names: Iterable[str] | None, reason: str, author: str | None) -> Commit:
    """Commit the documents as they were at `to`, all or those in `names`, and replace the working files.

    Raises:
        DirtyDocumentError: A working file that would be replaced has uncommitted edits.
        DocumentNotFoundError: One of `names` is neither in the head nor at `to`.
        NothingToCommitError: They are as they were.
    """
    one_head.ensure(parts, parts.selected_branch())
    target = revisions.resolve(parts, to)
    wanted = None if names is None else grammar.document_names(names)
    intent = committing.Intent(
        verb="rollback",
        branch=parts.selected_branch(),
        message=arguments.message(reason),
        author=parts.author_of(author),
        meta={ROLLBACK: target.id},
    )
    _, expected = _changes(parts, parts.tree_of(parts.head(intent.branch)), target, wanted)
    with parts.locks.exclusive(expected):
        return committing.commit(parts, intent, lambda base: _compose(parts, base, target, wanted))


def _compose(parts: Parts, base: TreeId, target: Commit, wanted: list[DocumentName] | None) -> Draft:
    committed, changes = _changes(parts, base, target, wanted)
    if wanted is not None:
        parts.spellings.check_new(base, [name for name, now in committed.items() if now is None])
    return Draft({}, changes, replacing.replacements(parts, committed, changes))


def _changes(
    parts: Parts, base: TreeId, target: Commit, wanted: list[DocumentName] | None
) -> tuple[_Contents, _Contents]:
    """Give the documents that differ as they are in `base`, and as they were."""
    load = parts.history.node
    if wanted is None:
        differing = list(tree_diff.changes(load, base, target.tree))
    else:
        differing = [(name, tree.lookup(load, base, name), tree.lookup(load, target.tree, name)) for name in wanted]
        for name, now, then in differing:
            if now is None and then is None:
                raise DocumentNotFoundError(name, f"the head or commit {target.id[:12]}")
    pairs = [(DocumentName(name), now, then) for name, now, then in differing if now != then]
    return {name: now for name, now, _ in pairs}, {name: then for name, _, then in pairs}
