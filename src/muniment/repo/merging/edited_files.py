"""A document in conflict as its file has it by now, whoever edited it, and where its conflicts are in that.

Format: docs/format/local.md, "Places in a file that was edited".
"""

from muniment.repo.merging import left_files
from muniment.repo.parts import Parts
from muniment.values import canonical
from muniment.values.followed_places import followed
from muniment.values.ids import BlobId
from muniment.values.json_value import ABSENT
from muniment.values.merge_rules import Side
from muniment.values.names import DocumentName
from muniment.values.unfinished_merge import Place, UnfinishedMerge


def as_it_is(
    parts: Parts, merge: UnfinishedMerge, name: DocumentName, state: BlobId | None, *, as_written: Place | None
) -> tuple[Side, tuple[Place, ...]]:
    """Give a document whose file is in this state, and its places; of a file that was left, with what was agreed.

    At the place `as_written`, it is what the file has, also where what was agreed is something else.

    Raises:
        DocumentInvalidError: The file holds no JSON; mend it.
    """
    document = merge.documents[name]
    written = ABSENT if state is None else parts.storage.working.read(name)
    if state == document.merged:
        return written, document.places
    rules = parts.merge_rules.of(name)
    merged = ABSENT if document.merged is None else canonical.decode_trusted(parts.history.blob(document.merged))
    now = written
    if document.is_left:
        now = left_files.with_agreed(parts, merge, name, None if written is ABSENT else canonical.encode(written))
        if as_written is not None:
            now = left_files.with_written(now, written, merged, as_written, rules)
    return now, tuple(followed(place, merged, now, rules) for place in document.places)
