"""Where two sides of a merge disagree about a document: a value that can be listed, kept, and settled later."""

import msgspec

from muniment.values import canonical
from muniment.values.json_merge import ConflictKind, Merged
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.names import DocumentName

_ID_DIGITS = 16


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A place in document `name` where two sides disagree, and what each of the three has there: `ABSENT` for nothing.

    `pointer` (RFC 6901) is the place in the working file as it was left by the merge, or by what was settled last. What
    ours has stands there for now; or what theirs has, if ours deleted it. `kind` is `modify-modify`, `modify-delete`,
    `add-add` or `type-change`. `reason` tells what is wrong where the sides can each be taken, but not together: a
    type's own rule that only the merged document breaks.
    """

    name: DocumentName
    pointer: str
    base: JsonValue | Absent
    ours: JsonValue | Absent
    theirs: JsonValue | Absent
    kind: ConflictKind
    reason: str | None = None
    id: str = ""
    """The same for as long as the merge lasts, though `pointer` may move when items of a list before it go.

    That of a conflict of other sides, in another merge, is another one.
    """

    def __hash__(self) -> int:
        """Hash by what tells it from the others."""
        return hash((self.name, self.id))


def named(name: str, merged: Merged) -> tuple[Conflict, ...]:
    """Give the conflicts of a merged value as those of the document `name`."""
    return tuple(
        identified(
            Conflict(
                name=DocumentName(name),
                pointer=one.pointer,
                base=one.base,
                ours=one.ours,
                theirs=one.theirs,
                kind=one.kind,
            ),
            number,
        )
        for number, one in enumerate(merged.conflicts)
    )


def identified(conflict: Conflict, number: int) -> Conflict:
    """Give a conflict with its id: made of what is in conflict, and of which of its document's conflicts it is."""
    values = conflict.base, conflict.ours, conflict.theirs
    sides = [None if value is ABSENT else canonical.digest(canonical.encode(value)) for value in values]
    told = canonical.encode([number, conflict.pointer, conflict.kind, sides])
    return msgspec.structs.replace(conflict, id=canonical.digest(told)[:_ID_DIGITS])
