"""A document in conflict whose file somebody had mended before it was reconciled: it is left, until it is settled.

Then it gets what the sides agreed about besides, without losing anything that was written: what the file changed
of the base stands, and the merge's changes come to it.

Format: docs/format/merging.md, "Reconciling".
"""

from muniment.errors import InvalidValueError
from muniment.history import tree
from muniment.history.tree import EMPTY_TREE
from muniment.repo.merging.common_base import CommonBase
from muniment.repo.merging.document_merge import merge_document
from muniment.repo.parts import Parts
from muniment.values import canonical, pointer
from muniment.values.followed_places import followed
from muniment.values.json_value import ABSENT
from muniment.values.merge_rules import Rules, Side
from muniment.values.names import DocumentName
from muniment.values.unfinished_merge import Place, UnfinishedMerge


def with_agreed(parts: Parts, merge: UnfinishedMerge, name: DocumentName, written: bytes | None) -> Side:
    """Give what somebody wrote, canonical bytes or None for no file, with what the merge changed besides."""
    base = CommonBase(parts)
    root = base.tree(*merge.parents[:2]) or EMPTY_TREE
    before = tree.lookup(base.node, root, name)
    merged = merge.documents[name].merged
    sides = (
        None if before is None else base.blob(before),
        written,
        None if merged is None else parts.history.blob(merged),
    )
    found = merge_document(parts, name, *sides, prefer="ours").blob
    return ABSENT if found is None else canonical.decode_trusted(found)


def with_written(agreed: Side, written: Side, merged: Side, place: Place, rules: Rules) -> Side:
    """Give what `with_agreed` made, with what somebody wrote at a place of `merged`: also where that is the base's."""
    source = followed(place, merged, written, rules, whatever_is_there=True)
    target = followed(place, merged, agreed, rules, whatever_is_there=True)
    if source.is_lost or source.is_gone or target.is_lost or target.is_gone:
        return agreed
    try:
        return pointer.set_at(agreed, target.pointer, pointer.get(written, source.pointer))
    except InvalidValueError:  # nothing is there
        return agreed
