"""What `--json` makes of the library's values: the shapes that `docs/reference/cli.md` promises."""

from typing import TYPE_CHECKING, Any

import msgspec

from muniment import (
    ABSENT,
    Branch,
    Commit,
    Comparison,
    DocumentChange,
    DocumentFault,
    DocumentVersion,
    KindReport,
    Migrated,
    Note,
    Operation,
    Report,
    Status,
    Tag,
)
from muniment.schema.overrides import Effect

if TYPE_CHECKING:
    from muniment import Conflict, MergeRules, MergeUnderWay, RepairReport, SignatureState
    from muniment.git import FileMerge, Installation, StagedFault, StagedReport
    from muniment.values.entry import Entry

UNCHANGED: dict[str, Any] = {"change": "unchanged", "patch": [], "flat": {"added": {}, "removed": {}, "changed": {}}}


def commit(made: Commit) -> dict[str, Any]:
    """Give a commit as an object; `time` becomes RFC 3339 in UTC."""
    return msgspec.structs.asdict(made)


def verdict(found: "SignatureState | None") -> dict[str, Any]:
    """Give how it stands with a signature as one more member, `signed`; nothing where nobody asked."""
    if found is None:
        return {}
    word = {"GoodSignature": "good", "UnknownSigner": "unknown", "BadSignature": "bad", "NoSignature": "no"}
    return {"signed": {"state": word[type(found).__name__], **msgspec.structs.asdict(found)}}


def change(found: DocumentChange) -> dict[str, Any]:
    """Give a changed document: what happened, as an RFC 6902 patch and in the flat form."""
    return {**brief(found), "patch": found.patch, "flat": found.flat()}


def brief(found: DocumentChange) -> dict[str, Any]:
    """Give a changed document without its content."""
    return {"name": found.name, "change": found.change}


def version(found: DocumentVersion) -> dict[str, Any]:
    """Give what a commit did to a document; `blob` is null where it was deleted."""
    return {"change": found.change, "blob": found.blob, "tags": found.tags, "commit": commit(found.commit)}


def branch(found: Branch) -> dict[str, Any]:
    """Give a branch; `head` is null before its first commit, and where it has diverged into `heads`."""
    return msgspec.structs.asdict(found)


def comparison(found: Comparison) -> dict[str, Any]:
    """Give the names of the documents that two revisions have in common, and have not."""
    return msgspec.structs.asdict(found)


def tag(found: Tag) -> dict[str, Any]:
    """Give a tag; `target` is the commit that it names."""
    return msgspec.structs.asdict(found)


def note(found: Note) -> dict[str, Any]:
    """Give a note; `name` is null where it is about the whole commit."""
    return msgspec.structs.asdict(found)


def status(found: Status, merge: "MergeUnderWay | None") -> dict[str, Any]:
    """Give the documents that differ from the head, and the merge that waits."""
    return {"clean": found.clean, **msgspec.structs.asdict(found), "merge": under_way(merge)}


def report(found: Report) -> dict[str, Any]:
    """Give what was checked, in numbers, and what was found."""
    return {"ok": found.ok, **msgspec.structs.asdict(found)}


def repair(found: "RepairReport") -> dict[str, Any]:
    """Give what was mended, where things went that were taken away, and what was found afterwards."""
    mended = [msgspec.structs.asdict(one) for one in found.mended]
    return {"ok": found.ok, "mended": mended, "lost": found.lost, "verified": report(found.verified)}


def erasure(found: "Entry") -> dict[str, Any]:
    """Give which content was erased, by whom, when and why; `entry` is the id of the record of it."""
    told = {"author": found.actor, "time": found.time, "reason": found.payload["reason"]}
    return {"blob": found.payload["blob"], **told, "entry": found.id}


def kind(found: KindReport) -> dict[str, Any]:
    """Give what is known of a kind; `documents` counts them by the schema version that they say."""
    return {"kind": found.kind, "version": found.version, "names": found.names, "documents": found.documents}


def merge_rules(found: "MergeRules") -> dict[str, Any]:
    """Give a set of merge rules as the store keeps it; `keys` and `strategies` are lists, since their order counts."""
    from muniment.schema import merge_record

    return merge_record.body(found)


def fault(found: "DocumentFault | StagedFault") -> dict[str, Any]:
    """Give what is wrong with a file; `pointer`, `line` and `column` are null where there is none to tell."""
    return msgspec.structs.asdict(found)


def migrated(found: Migrated, *, dry_run: bool) -> dict[str, Any]:
    """Give what a migration changed, or would change; `commit` is null where it made none."""
    made = None if found.commit is None else commit(found.commit)
    return {"changes": list(map(change, found.changes)), "commit": made, "dry_run": dry_run}


def effect(found: Effect) -> dict[str, Any]:
    """Give what overrides made of a place; `value` or `before` is left out where there is nothing."""
    sides = {"value": found.value, "before": found.before}
    return {
        "pointer": found.pointer,
        **{side: value for side, value in sides.items() if value is not ABSENT},
        "id": found.id,
        "until": None if found.until is None else found.until.isoformat().replace("+00:00", "Z"),
    }


def conflict(found: "Conflict") -> dict[str, Any]:
    """Give a conflict; `base`, `ours` or `theirs` is left out where that side has nothing."""
    sides = {"base": found.base, "ours": found.ours, "theirs": found.theirs}
    return {
        "name": found.name,
        "pointer": found.pointer,
        "kind": found.kind,
        **{side: value for side, value in sides.items() if value is not ABSENT},
        "reason": found.reason,
        "id": found.id,
    }


def under_way(found: "MergeUnderWay | None") -> dict[str, Any] | None:
    """Give a merge that waits, and its open conflicts; null where none does."""
    if found is None:
        return None
    return {**msgspec.structs.asdict(found), "conflicts": list(map(conflict, found.conflicts))}


def operation(found: Operation) -> dict[str, Any]:
    """Give an operation; a move of a head or tag becomes an object, null where there was none, or is none any more."""
    return {
        **msgspec.structs.asdict(found),
        "heads": list(map(msgspec.structs.asdict, found.heads)),
        "tags": list(map(msgspec.structs.asdict, found.tags)),
    }


def installation(found: "Installation") -> dict[str, Any]:
    """Give what was put into the host repository, or taken out of it."""
    return msgspec.structs.asdict(found)


def staged(found: "StagedReport") -> dict[str, Any]:
    """Give what is wrong with what is staged in the host repository."""
    told = {"faults": list(map(fault, found.faults)), "warnings": list(map(fault, found.warnings))}
    return {"ok": found.ok, "documents": found.documents, **told}


def file_merge(found: "FileMerge") -> dict[str, Any]:
    """Give what came of a merge of files; a side that has nothing at the place of a conflict is left out."""
    return {"name": found.name, "conflicts": list(map(conflict, found.conflicts))}
