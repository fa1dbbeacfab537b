"""Which commit set each scalar of a document: all its versions read alike, whatever schema version they are of."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeAlias

from muniment.errors import DocumentNotFoundError, InvalidValueError, SchemaError
from muniment.history import blame as graph
from muniment.repo import revisions
from muniment.repo.parts import Parts
from muniment.values import canonical, names
from muniment.values.ids import BlobId
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.objects import Commit

if TYPE_CHECKING:
    from muniment.schema.migration import Migration
    from muniment.schema.version import SchemaVersion

_Reader: TypeAlias = Callable[[bytes], JsonValue | Absent]

_REMEMBERED_VALUES = 64
"""So many versions are kept decoded: those on the lines of history that are followed side by side."""


def blame(parts: Parts, name: str, revision: str) -> dict[str, Commit]:
    """Give for each scalar of a document at a revision, by its pointer, the commit that set it.

    Raises:
        DocumentNotFoundError: That commit has no such document.
        RevisionNotFoundError, AmbiguousRevisionError: `revision` means no commit, or several.
    """
    checked = names.document_name(name)
    commit, history = revisions.resolve(parts, revision), parts.history
    blob = history.lookup(commit.tree, checked)
    if blob is None:
        raise DocumentNotFoundError(name, f"commit {commit.id[:12]}")
    read = _reader(parts, checked, history.blob(blob))

    @lru_cache(_REMEMBERED_VALUES)
    def value_of(blob_id: BlobId) -> JsonValue | Absent:
        return read(history.blob(blob_id))

    keys = parts.merge_rules.of(checked).keys
    document = graph.Document(lambda at: history.lookup(at.tree, checked), value_of, keys)
    history.begin_walk()
    found = graph.blame(history.walked_commit, commit.id, document)
    history.end_walk()
    return found


def _reader(parts: Parts, name: str, latest: bytes) -> _Reader:
    """Choose how to read every version of a document, so that what steps did is no difference between them.

    At the schema version of the program's type, if it has one and `latest` can be brought there, as when a snapshot is
    read; else at the one that `latest` says it has; or else, and where there is no kind, as the versions stand.
    """
    kind = parts.schemas.of(name)
    if kind is not None:
        for version in _versions(parts, kind.migration, name, latest):
            read = partial(_at_version, kind.migration, name, version)
            if read(latest) is not ABSENT:
                return read
    return canonical.decode_trusted


def _versions(parts: Parts, migration: "Migration", name: str, latest: bytes) -> "list[SchemaVersion]":
    try:
        own = migration.document(name, latest)[1]
    except (InvalidValueError, SchemaError):
        return []
    return [own] if parts.schemas.governing(name) is None else [migration.version, own]


def _at_version(migration: "Migration", name: str, version: "SchemaVersion", data: bytes) -> JsonValue | Absent:
    """Read a document at a schema version; `ABSENT` where it cannot be brought there.

    Without what steps keep, which nobody wrote; but with the stamp that it has itself, which somebody did.
    """
    from muniment.schema import kept
    from muniment.schema.version import STAMP

    try:
        document, found = migration.document(name, data)
        says = document.get(STAMP, ABSENT)
        brought = migration.bring(name, document, found, version)
    except (InvalidValueError, SchemaError):
        return ABSENT
    may_hold_kept = found != version or kept.IN_TEXT in data
    value = kept.without(brought) if may_hold_kept else brought
    if says is ABSENT:
        del value[STAMP]
    else:
        value[STAMP] = says
    return value
