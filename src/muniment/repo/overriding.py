"""Working documents as they are in force: with the overrides applied that they carry themselves."""

from copy import deepcopy
from typing import Any

import msgspec

from muniment.errors import DocumentInvalidError, InvalidValueError
from muniment.repo import conversion, documents
from muniment.repo.parts import Parts
from muniment.schema import kept, overrides
from muniment.schema.migration import Migration
from muniment.schema.overrides import Effect
from muniment.schema.version import STAMP, SchemaVersion, schema_version, stamp_of
from muniment.values import canonical, pointer, typed
from muniment.values import names as grammar
from muniment.values.json_value import ABSENT, Absent, JsonValue
from muniment.values.names import DocumentName

_ENTRIES = "/overrides"


def read(parts: Parts, name: str, kind: type[Any] | None, *, locked: bool) -> Any:
    """Read a working document as it is in force now, as `documents.read` does otherwise."""
    checked = grammar.document_name(name)
    if kind is not None:
        typed.check_type(kind)
    text = documents.text(parts, checked, locked=locked)
    in_force, effects = _applied(parts, checked, text)
    try:
        return conversion.decode(parts, checked, canonical.encode(in_force), kind)
    except DocumentInvalidError as error:
        if not effects:  # then it is the document itself
            return conversion.of_text(parts, checked, text, kind)
        by = ", ".join(sorted({repr(effect.id) for effect in effects}))
        fault = InvalidValueError(
            f"what the overrides {by} make of it is not valid: {error.reason}", pointer=error.pointer
        )
        raise parts.storage.working.invalid(checked, text, fault) from error


def explain(parts: Parts, name: str) -> tuple[Effect, ...]:
    """Tell what overrides make of a working document."""
    checked = grammar.document_name(name)
    _, effects = _applied(parts, checked, documents.text(parts, checked, locked=False))
    return effects


def _applied(parts: Parts, name: DocumentName, text: bytes) -> tuple[JsonValue, tuple[Effect, ...]]:
    """Apply the overrides: at the program's version where it has the type, else at the document's own."""
    kind = parts.schemas.of(name)
    try:
        if kind is None:
            document = canonical.decode_trusted(text)
            return overrides.apply(document, overrides.entries_of(document))
        read = kind.migration.own if parts.schemas.governing(name) else kind.migration.document
        lifted = _Lifted(name, kind.migration, *read(name, text))
        document = lifted.document
        in_force, effects = overrides.apply(document, overrides.entries_of(document), at=lifted.at)
        lifted.check(in_force)
        return in_force, tuple(map(_without_kept, filter(_is_shown, effects)))
    except InvalidValueError as error:
        raise parts.storage.working.invalid(name, text, error) from error


def _is_shown(effect: Effect) -> bool:
    """Tell whether an effect is at a place of the document, and not in what a migration keeps for other versions."""
    return kept.KEPT not in pointer.parse(effect.pointer)


def _without_kept(effect: Effect) -> Effect:
    def shown(value: JsonValue | Absent) -> JsonValue | Absent:
        return value if value is ABSENT else kept.without(value)

    return msgspec.structs.replace(effect, value=shown(effect.value), before=shown(effect.before))


class _Lifted:
    """Brings a document to the schema version that an override was written for, and back."""

    def __init__(self, name: str, migration: Migration, document: dict[str, Any], found: SchemaVersion) -> None:
        self._base = self._version = stamp_of(document) or found
        self.document = {**document, STAMP: str(self._base)}
        self._name = name
        self._migration = migration

    def at(self, document: JsonValue, version: str | None) -> JsonValue:
        """Give a copy of a document at a version; None for that at which the overrides are applied."""
        copied = deepcopy(self.check(document))
        wanted = self._base if version is None else _asked_for(version)
        result = self._migration.bring(self._name, copied, self._version, wanted)
        self._version = wanted
        return result

    def check(self, document: JsonValue) -> dict[str, Any]:
        """Check that an override left an object, and its schema version in it."""
        if not isinstance(document, dict):
            raise InvalidValueError("an override left no object", pointer=_ENTRIES)
        if document.get(STAMP) != str(self._version):
            raise InvalidValueError(f"an override changed {STAMP!r}, which only a migration may", pointer=_ENTRIES)
        return document


def _asked_for(version: str) -> SchemaVersion:
    try:
        return schema_version(version)
    except InvalidValueError as error:
        raise InvalidValueError(f"an override is for no version: {error.reason}", pointer=_ENTRIES) from error
