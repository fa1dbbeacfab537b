"""The kinds of a store: what is known of them, for people and for editors."""

from collections import Counter

import msgspec

from muniment.errors import (
    DocumentInvalidError,
    DocumentNotFoundError,
    InvalidNameError,
    InvalidValueError,
    SchemaInvalidError,
)
from muniment.repo.parts import Parts
from muniment.schema import record
from muniment.schema.version import STAMP, schema_version
from muniment.values import names as grammar

UNVERSIONED = "none"
INVALID = "invalid"


class KindReport(msgspec.Struct, frozen=True):
    """One kind: its newest known schema version, the patterns of the names it governs, and its working documents.

    `documents` counts them by the schema version that they say: `{"1.1": 3, "1.2": 40}`, `none` for
    those that say none, `invalid` for those that cannot be read. `is_typed` tells whether this
    program has the type; else the kind is known from the store alone.
    """

    kind: str
    version: str
    names: tuple[str, ...]
    documents: dict[str, int]
    is_typed: bool


def report(parts: Parts) -> list[KindReport]:
    """Tell of all kinds, in the order of their names; reads every governed document.

    Raises:
        CorruptionError: What the store keeps of a kind is damaged.
    """
    parts.schemas.refuse_damaged()
    counts: dict[str, Counter[str]] = {}
    for name in parts.storage.scanner.names():
        try:
            kind = parts.schemas.of(name)
        except SchemaInvalidError:  # of two kinds; `check` tells
            continue
        if kind is not None:
            counts.setdefault(kind.kind, Counter())[_version_of(parts, name)] += 1
    return [
        KindReport(
            kind=one.kind,
            version=one.version,
            names=one.names,
            documents=dict(sorted(counts.get(one.kind, Counter()).items(), key=_by_number)),
            is_typed=one.kind in parts.schemas.passed,
        )
        for one in parts.schemas.all()
    ]


def _version_of(parts: Parts, name: str) -> str:
    try:
        document = parts.storage.working.read(grammar.document_name(name))
        if not isinstance(document, dict):
            return INVALID
        return str(schema_version(document[STAMP])) if STAMP in document else UNVERSIONED
    except (DocumentInvalidError, DocumentNotFoundError, InvalidNameError, InvalidValueError):
        return INVALID


def _by_number(counted: tuple[str, int]) -> tuple[bool, tuple[int, ...], str]:
    version = counted[0]
    is_word = version in (UNVERSIONED, INVALID)
    return is_word, () if is_word else schema_version(version), version


def export(parts: Parts) -> list[str]:
    """Write the JSON Schema of each version of each kind for editors, and give the files' paths."""
    parts.schemas.refuse_damaged()
    files = parts.schemas.files
    for schema in parts.schemas.passed.values():
        parts.schemas.record(schema.kind)
        files.replace(schema.kind, record.of_schema(schema))
    written = {
        files.write_for_editors(kind, one.version, one.json_schema)
        for kind in files.kinds()
        for one in files.load(kind).schemas
    }
    return sorted(written)


def forget(parts: Parts, kind: str) -> list[str]:
    """Delete all that the store keeps of a kind, and give the files' paths; its merge rules go out of force.

    Raises:
        InvalidNameError: It keeps nothing of such a kind.
    """
    if kind not in parts.schemas.files.kinds():
        raise InvalidNameError(
            "kind", str(kind), "the store keeps nothing of it; `muniment schema list` shows the kinds"
        )
    parts.merge_rules.files.withdraw(kind)
    return parts.schemas.files.forget(kind)
