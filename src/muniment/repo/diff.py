"""What differs between two commits, or a commit and the working files, document by document."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from muniment.errors import DocumentNotFoundError
from muniment.history import tree, tree_diff
from muniment.history.revision import WORKING
from muniment.history.tree_diff import TreeChange
from muniment.repo import conversion, revisions
from muniment.repo.document_change import DocumentChange, Side, bytes_of
from muniment.repo.parts import Parts
from muniment.schema import kept
from muniment.values import canonical
from muniment.values import names as grammar
from muniment.values.ids import BlobId, TreeId
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.names import DocumentName
from muniment.values.objects import Commit

_States: TypeAlias = tuple[str, Side, Side]


def diff(
    parts: Parts, before: str, after: str, names: Iterable[str] | None, *, lifted: bool = False
) -> list[DocumentChange]:
    """List the documents that differ, in ascending order; each side a revision or `:working`.

    With `lifted`, both sides of a document of some kind are brought to one schema version first,
    and those that do not differ then are left out.
    """
    read = parts.history.blob
    found = _differing(parts, before, after, names)
    if not lifted:
        return [DocumentChange(name, old, new, read) for name, old, new in found]
    changes = []
    for name, before_it, after_it in found:
        sides = bytes_of(before_it, read), bytes_of(after_it, read)
        old, new = map(_bytes_without_kept, conversion.leveled(parts, name, sides))
        if old != new:
            changes.append(DocumentChange(name, old, new))
    return changes


def _bytes_without_kept(value: JsonValue | Absent) -> bytes | None:
    return None if value is ABSENT else canonical.encode(kept.without(value))


def _differing(parts: Parts, before: str, after: str, names: Iterable[str] | None) -> Iterator[_States]:
    wanted = None if names is None else grammar.document_names(names)
    if WORKING not in (before, after):
        yield from _between_trees(parts, _tree(parts, before), _tree(parts, after), wanted)
    elif before != after:
        committed = after if before == WORKING else before
        for name, blob, file in _against_files(parts, _tree(parts, committed), wanted):
            yield (name, file, blob) if before == WORKING else (name, blob, file)


def of_commit(parts: Parts, commit: Commit) -> list[DocumentChange]:
    """List what a commit changed against its first parent."""
    parent = parts.tree_of(commit.parents[0] if commit.parents else None)
    blobs = _between_trees(parts, parent, commit.tree, None)
    return [DocumentChange(name, old, new, parts.history.blob) for name, old, new in blobs]


def _tree(parts: Parts, revision: str) -> TreeId:
    """Find a revision's tree; HEAD before the first commit has the empty one."""
    if revision == "HEAD" and parts.head(parts.selected_branch()) is None:
        return tree.EMPTY_TREE
    return revisions.resolve(parts, revision).tree


def _between_trees(
    parts: Parts, before: TreeId, after: TreeId, wanted: list[DocumentName] | None
) -> Iterator[TreeChange]:
    load = parts.history.node
    if wanted is None:
        yield from tree_diff.changes(load, before, after)
        return
    for name in sorted(set(wanted)):
        old, new = tree.lookup(load, before, name), tree.lookup(load, after, name)
        if old != new:
            yield name, old, new


def _against_files(
    parts: Parts, root: TreeId, wanted: list[DocumentName] | None
) -> Iterator[tuple[str, BlobId | None, bytes | None]]:
    """Give each document whose file differs from the tree: name, committed blob, the file's canonical bytes.

    Raises:
        DocumentInvalidError: A file is no valid document; `status` lists them all.
    """
    if wanted is None:
        committed = dict(tree.entries(parts.history.node, root))
        scan = parts.storage.scanner.scan()
        for error in scan.invalid.values():
            raise error
        wanted = [
            DocumentName(name)
            for name in sorted(committed.keys() | scan.blobs.keys())
            if committed.get(name) != scan.blobs.get(DocumentName(name))
        ]
    for name in sorted(set(wanted)):
        blob = tree.lookup(parts.history.node, root, name)
        file = _file(parts, name)
        if (file and canonical.digest(file)) != blob:
            yield name, blob, file


def _file(parts: Parts, name: DocumentName) -> bytes | None:
    try:
        return parts.storage.working.blob(name)
    except DocumentNotFoundError:
        return None
