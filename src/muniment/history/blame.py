"""Which commit set each scalar of a document.

The scalars wait at a commit, and one after the other of its parents takes those that it had already: at their places
there, which need not be the same. What no parent had, the commit set. So of a document that grew over many commits
only those are looked at in which something waits, and nobody is asked about what is settled.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from muniment.history.walk import CommitLoader
from muniment.values import lineage
from muniment.values.ids import BlobId, CommitId
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.lineage import Marks
from muniment.values.objects import Commit
from muniment.values.place_patterns import PlacePatterns


class Document:
    """One document throughout history: which blob a commit has of it, and what that means.

    `blob_of` gives None where a commit has no such document; `value_of` gives `ABSENT` for what cannot be read, and is
    cheap the second time. `keys` tell the items of its lists.
    """

    __slots__ = ("blob_of", "keys", "value_of")

    def __init__(
        self,
        blob_of: Callable[[Commit], BlobId | None],
        value_of: Callable[[BlobId], JsonValue | Absent],
        keys: PlacePatterns[str] = lineage.NO_KEYS,
    ) -> None:
        self.blob_of = blob_of
        self.value_of = value_of
        self.keys = keys

    def value_at(self, commit: Commit) -> JsonValue | Absent:
        """Give what a commit has of it; `ABSENT` where it has nothing that can be read."""
        blob = self.blob_of(commit)
        return ABSENT if blob is None else self.value_of(blob)


def blame(load: CommitLoader, start: CommitId, document: Document) -> dict[str, Commit]:
    """Give for each scalar that a document has at `start`, by its pointer, the commit that set it.

    They come in the order of their places. At a merge, the first parent of those that have the document as it is
    takes all; of others, the first that has a scalar takes it. What was there before the document could be read was
    set by the first commit at which it could be.
    """
    value = document.value_at(load(start))
    marks = lineage.NOTHING if value is ABSENT else lineage.on_every_scalar(value)
    found: dict[str, Commit] = {}
    waiting = {start: marks}
    queue = [(0, start)] if marks else []
    while queue:  # by generation, so a commit's turn comes when all of its children had theirs
        commit = load(heappop(queue)[1])
        inherited, made = _settle(load, commit, waiting.pop(commit.id), document)
        found.update((mark, commit) for mark in lineage.each(made))
        for parent, its_marks in inherited:
            if parent.id not in waiting:
                heappush(queue, (-parent.generation, parent.id))
            waiting[parent.id] = lineage.joined(waiting.get(parent.id, lineage.NOTHING), its_marks)
    return {mark: found[mark] for mark in lineage.each(marks)}


def _settle(
    load: CommitLoader, commit: Commit, marks: Marks, document: Document
) -> tuple[list[tuple[Commit, Marks]], Marks]:
    """Tell which marks on a commit's document go to which parent, and which stay."""
    parents = [load(parent) for parent in commit.parents]
    blob = document.blob_of(commit)
    for parent in parents:
        if document.blob_of(parent) == blob:
            return [(parent, marks)], lineage.NOTHING
    after = document.value_at(commit)
    inherited = []
    for parent in parents:
        found, marks = lineage.part(marks, document.value_at(parent), after, document.keys)
        if found:
            inherited.append((parent, found))
    return inherited, marks
