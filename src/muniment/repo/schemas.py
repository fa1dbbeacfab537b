"""The kinds of documents of one open store: those that the program passed, and those that the store describes."""

from collections.abc import Iterator
from typing import Any

from muniment.errors import CorruptionError, SchemaInvalidError
from muniment.repo.described import Described
from muniment.repo.governed import Governed
from muniment.repo.recording import Recorder
from muniment.schema.record import Stored
from muniment.schema.registry import Registry
from muniment.schema.schema import Schema
from muniment.storage.schema_files import SchemaFiles


class Schemas:
    """Which kind governs a document."""

    def __init__(self, registry: Registry, files: SchemaFiles) -> None:
        self.files = files
        self._registry = registry
        self._known = {kind: Governed(schema, files) for kind, schema in registry.schemas.items()}
        self._recorders = {kind: Recorder(schema, files) for kind, schema in registry.schemas.items()}
        self._described: dict[str, tuple[Stored, Described]] = {}

    @property
    def passed(self) -> dict[str, Schema[Any]]:
        """The schemas that the program passed, by kind."""
        return self._registry.schemas

    def governing(self, name: str) -> Governed | None:
        """Find what reads and writes a document as a type; None where the program passed no schema for it.

        Raises:
            SchemaInvalidError: Two schemas govern it.
        """
        schema = self._registry.governing(name)
        return None if schema is None else self._known[schema.kind]

    def record(self, kind: str) -> None:
        """Let the store keep what programs need to know that have not its schema; errors as for `Recorder.record`."""
        self._recorders[kind].record()

    def of(self, name: str) -> Governed | Described | None:
        """Find the kind of a document, by what the program passed and by what the store describes.

        Raises:
            SchemaInvalidError: Two kinds govern it.
        """
        governed = self.governing(name)
        if governed is not None:
            return governed
        found = [described for described in self.described() if described.governs(name)]
        if len(found) > 1:
            reason = f"kind {found[1].kind!r} governs {name} too: narrow their names, or forget the one that is no more"
            raise SchemaInvalidError(found[0].kind, reason)
        return found[0] if found else None

    def refuse_damaged(self) -> None:
        """Refuse to go on where a record of a kind that only the store knows is damaged.

        Raises:
            CorruptionError: One is; the first that was found.
        """
        for kind in self.files.kinds():
            for error in self.files.load(kind).unreadable:
                if isinstance(error, CorruptionError):
                    raise error

    def all(self) -> list[Governed | Described]:
        """List the kinds, in the order of their names."""
        return sorted([*self._known.values(), *self.described()], key=lambda one: one.kind)

    def described(self) -> Iterator[Described]:
        """Give the kinds that only the store describes."""
        for kind in self.files.kinds():
            described = None if kind in self._known else self.description(kind)
            if described is not None:
                yield described

    def description(self, kind: str) -> Described | None:
        """Give a kind as the store describes it, also one that the program passed; None where it does not."""
        stored = self.files.load(kind)
        if not stored.schemas:
            return None
        if kind not in self._described or self._described[kind][0] is not stored:
            self._described[kind] = stored, Described(kind, stored.schemas, self.files)
        return self._described[kind][1]
