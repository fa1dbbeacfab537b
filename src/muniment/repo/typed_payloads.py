"""Payloads of ledger entries as a program's types: each kind of entry by its schema, older ones migrated on reading."""

from collections.abc import Iterable, Mapping
from typing import Any

from muniment.errors import DocumentInvalidError, InvalidValueError
from muniment.repo.governed import Governed
from muniment.repo.parts import Parts
from muniment.repo.recording import Recorder
from muniment.schema.schema import Schema
from muniment.values import canonical, typed


class TypedPayloads:
    """What makes payloads of values and values of payloads, for the kinds that have a schema or a type."""

    def __init__(self, parts: Parts, given: Any) -> None:
        self._types: dict[str, Any] = {}
        self._every: Any = None
        self._governed: dict[str, tuple[Governed, Recorder]] = {}
        for kind, one in _by_kind(given):
            if isinstance(one, Schema):
                files = parts.schemas.files
                self._governed[kind] = Governed(one, files), Recorder(one, files, parts.merge_rules.files)
            else:
                typed.check_type(one)
                self._types[kind] = one
        if isinstance(given, type):
            typed.check_type(given)
            self._every = given

    def encode(self, kind: str, value: object) -> object:
        """Give the plain JSON value that is kept of a payload.

        Raises:
            DocumentInvalidError: It does not fit its kind; it says where.
        """
        governed = self._governed.get(kind)
        try:
            if governed is not None:
                data = governed[0].encode(kind, value)
                governed[1].record()
                return canonical.decode_trusted(data)
            wanted = self._types.get(kind, self._every)
            if wanted is None:
                return value
            data = canonical.encode(value)
            canonical.decode_as(data, wanted)
            return canonical.decode_trusted(data)
        except InvalidValueError as error:
            raise DocumentInvalidError(kind, error.reason, pointer=error.pointer, offset=error.offset) from error

    def decode(self, kind: str, payload: Any) -> Any:
        """Give what the reader shall see of a payload that was kept.

        Raises:
            DocumentInvalidError: It does not fit its kind; it says where.
        """
        governed = self._governed.get(kind)
        wanted = self._types.get(kind, self._every)
        if governed is None and wanted is None:
            return payload
        try:
            data = canonical.encode(payload)
            return governed[0].value(kind, data) if governed is not None else canonical.decode_as(data, wanted)
        except InvalidValueError as error:
            raise DocumentInvalidError(kind, error.reason, pointer=error.pointer, offset=error.offset) from error


def _by_kind(given: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(given, Schema):
        return [(given.kind, given)]
    if isinstance(given, type):
        return []
    if isinstance(given, Mapping):
        return list(given.items())
    found = list(given) if isinstance(given, Iterable) else [given]
    if not all(isinstance(one, Schema) for one in found):
        raise InvalidValueError("`schema=` of a ledger takes schemas, or a type")
    return [(one.kind, one) for one in found]
