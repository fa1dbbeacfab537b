"""Which schema governs which document."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from muniment.errors import SchemaInvalidError
from muniment.schema.schema import Schema

_REMEMBERED = 8192


class Registry:
    """The schemas that a program opened a store with.

    Raises:
        SchemaInvalidError: Two are of one kind, or one is no schema.
    """

    def __init__(self, schemas: Iterable[Schema[Any]]) -> None:
        self.schemas: dict[str, Schema[Any]] = {}
        for schema in _listed(schemas):
            if not isinstance(schema, Schema):
                raise SchemaInvalidError(repr(schema), "`schemas=` takes a list of Schema")
            if self.schemas.setdefault(schema.kind, schema) is not schema:
                raise SchemaInvalidError(schema.kind, "two schemas of this kind were passed; keep one")
        self.governing = lru_cache(_REMEMBERED)(self._governing) if self.schemas else _none

    def _governing(self, name: str) -> Schema[Any] | None:
        """Find the schema that governs a document; None where none does.

        Raises:
            SchemaInvalidError: Two do.
        """
        found = [schema for schema in self.schemas.values() if schema.governs(name)]
        if len(found) > 1:
            raise SchemaInvalidError(found[0].kind, f"kind {found[1].kind!r} governs {name} too: narrow their names")
        return found[0] if found else None


def _none(_: str) -> None:
    return None


def _listed(schemas: Any) -> Iterable[Any]:
    if isinstance(schemas, Schema):
        raise SchemaInvalidError(schemas.kind, "`schemas=` takes a list of Schema: put brackets around it")
    if not isinstance(schemas, Iterable):
        raise SchemaInvalidError(repr(schemas), "`schemas=` takes a list of Schema")
    return schemas
