"""The one place where a governed document becomes a typed value, and a typed value a document.

Every read comes here, of a working file or of history, and is migrated to the version that the program knows; every
write leaves here stamped, checked, and with all that the program does not know.
"""

from contextlib import suppress
from copy import deepcopy
from functools import lru_cache
from typing import Any

import msgspec

from muniment.errors import InvalidValueError, MigrationFailedError, MigrationMissingError
from muniment.schema import kept
from muniment.schema.carry import Edit, carried, with_extras
from muniment.schema.migration import Document, Migration
from muniment.schema.reserved import RESERVED
from muniment.schema.schema import Schema
from muniment.schema.version import STAMP, SchemaVersion, schema_version
from muniment.storage.recent import Recent
from muniment.storage.schema_files import SchemaFiles
from muniment.values import canonical, pointer, typed
from muniment.values.json_value import ABSENT, Absent, JsonValue

_REMEMBERED_BYTES = 8 << 20


class _Stamp(msgspec.Struct):
    """What tells the schema version of a document without reading the rest."""

    schema_version: Any = None


_stamp_decoder = msgspec.json.Decoder(_Stamp)


class Governed:
    """The documents of one kind, as one open store reads and writes them.

    Its methods raise `InvalidValueError` where a document of the program's own version does not
    fit, so that the caller can tell the file; and the errors of `Migration`, which tell themselves.
    """

    def __init__(self, schema: Schema[Any], files: SchemaFiles) -> None:
        self.schema = schema
        self.kind = schema.kind
        self.version = schema.version
        self.names = schema.names
        self.migration = Migration(
            schema.kind,
            schema.version,
            schema.unversioned,
            schema.steps,
            lambda: files.load(schema.kind),
            schema.keys,
        )
        self._current: Recent[str, bytes] = Recent(_REMEMBERED_BYTES)

    def value(self, name: str, data: bytes, kind: Any = None) -> Any:
        """Give a document as a value of the schema's type, or of `kind`, at the program's version."""
        wanted: Any = self.schema.type if kind is None else kind
        if self._is_current(name, data) and not _is_strict(wanted):
            return canonical.decode_as(data, wanted)
        document, found = self.migration.own(name, data)
        return self._typed(name, document, found, wanted)

    def is_left(self, name: str, data: bytes) -> bool:
        """Tell whether a document is read as it is, because no steps to its newer version are known now."""
        return not self._is_current(name, data) and self.migration.is_left(name, self.migration.document(name, data)[1])

    def check(self, name: str, data: bytes) -> None:
        """Check that a document can be read."""
        self.value(name, data)

    def migrated(self, name: str, data: bytes) -> bytes | None:
        """Give a document of an older version at the program's own; None if it is there, or beyond."""
        _, found = self.migration.document(name, data)
        if found >= self.migration.version:
            return None
        document, _ = self.migration.own(name, data)
        self._typed(name, document, found, self.schema.type)
        return canonical.encode(document)

    def encode(self, name: str, value: object) -> bytes:
        """Write a typed value as a document of the program's version, a JSON object as one of the version it says.

        Either is checked at the program's version; `carried` brings it there.
        """
        document = canonical.decode_trusted(canonical.encode(self._written(value)))
        if not isinstance(document, dict):
            raise InvalidValueError(f"a document of kind {self.kind} is an object", pointer="")
        own = self.migration.version
        if STAMP not in document or isinstance(value, msgspec.Struct):
            document[STAMP] = self.version
        says = schema_version(document[STAMP])
        own_document = document if says == own else self.migration.bring(name, deepcopy(document), says, own)
        self._typed(name, own_document, own, self.schema.type)
        return canonical.encode(document)

    def carried(self, name: str, before: bytes | None, after: bytes) -> bytes:
        """Give `after`, which `encode` wrote, with everything that the type does not know of `before`.

        Where `before` is of a newer version, so is the result.
        """
        own = self.migration.version
        if before is not None and not before.lstrip().startswith(b"{"):  # no object: it says nothing to be kept
            before = None
        given = self._given(name, before, after)
        if before is None:
            return canonical.encode(given)
        document, found = self.migration.own(name, before)
        value = self._typed(name, given, own, self.schema.type)
        says = self.schema.known.full(value)
        said = self._said(name, document, given)
        result = carried(document, Edit(said, says, given), self.schema.keys)
        if given != {**self.schema.known.lean(value), STAMP: self.version}:
            result = with_extras(result, given, says)
        if not isinstance(result, dict):  # the type is a Struct that is written as an object
            raise InvalidValueError(f"a document of kind {self.kind} is an object", pointer="")
        return canonical.encode(self.migration.carry_back(name, document, result, before, found))

    def _written(self, value: object) -> object:
        """Give a typed value as it is written; what cannot be is told by `canonical`, with its place."""
        if not isinstance(value, self.schema.type):
            return value
        try:
            return self.schema.known.writable(value)
        except (InvalidValueError, TypeError, ValueError, RecursionError):
            return value

    def _said(self, name: str, document: Document, given: Document) -> JsonValue | Absent:
        """Give what the type knew of a document, as it was before a write.

        Of fields that do not fit it, it knew nothing; `ABSENT` where nothing can be told at all.
        """
        readable, replaced = dict(document), set[str]()
        for _ in given:
            try:
                value = self._typed(name, readable, self.migration.version, self.schema.type)
                said: dict[str, JsonValue] = self.schema.known.full(value)
            except InvalidValueError as error:
                wrong = set(pointer.parse(error.pointer or "")[:1]) or given.keys() - readable.keys()
                replaced |= wrong
                readable.update({field: item for field, item in given.items() if field in wrong})
            else:
                return {field: item for field, item in said.items() if field not in replaced}
        return ABSENT

    def _given(self, name: str, before: bytes | None, after: bytes) -> Document:
        """Bring what `encode` wrote to the program's version.

        What was said at another one says nothing of what only this one knows: that comes from `before`.
        """
        given, version = self.migration.document(name, after)
        if version != self.migration.version and before is not None:
            with suppress(MigrationMissingError, MigrationFailedError):  # nobody can tell how that version saw it
                seen = self.migration.bring(name, *self.migration.document(name, before), version)
                whole = carried(seen, Edit(kept.without(seen), given, ABSENT), self.schema.keys)
                given = whole if isinstance(whole, dict) else given
        return self.migration.bring(name, given, version, self.migration.version)

    def _is_current(self, name: str, data: bytes) -> bool:
        """Tell whether a document can be decoded as it stands: it is of the program's version, and keeps nothing."""
        if self._current.get(name) == data:
            return True
        try:
            stamp = _stamp_decoder.decode(data).schema_version
        except (msgspec.MsgspecError, RecursionError):
            return False
        if stamp != self.schema.version or kept.IN_TEXT in data:
            return False
        self._current.put(name, data, len(data))
        return True

    def _typed(self, name: str, document: Any, found: SchemaVersion, kind: Any) -> Any:
        plain: Any = kept.without(document)
        if _is_strict(kind):
            declared = set(kind.__struct_encode_fields__)
            plain = {field: item for field, item in plain.items() if field in declared or field not in RESERVED}
        try:
            return typed.convert(plain, kind)
        except InvalidValueError as error:
            if found == self.migration.version:
                raise
            reason = f"as {self.schema.version} it does not fit {getattr(kind, '__name__', kind)}: {error.reason}"
            raise MigrationFailedError(
                name,
                reason,
                self.kind,
                str(found),
                self.version,
                at_version=self.version,
                pointer=error.pointer,
            ) from error


@lru_cache(maxsize=256)
def _is_strict(kind: Any) -> bool:
    """Tell whether a type refuses the reserved members unless they are taken out before."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__struct_config__.forbid_unknown_fields
