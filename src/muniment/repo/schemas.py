"""The kinds of documents of one open store: those that the program passed, and those that the store describes.

Most stores have neither, and most programs are short: what kinds need is imported when there is one.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from muniment.errors import CorruptionError, SchemaInvalidError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.repo.merge_rules import MergeRuleSets

if TYPE_CHECKING:
    from muniment.repo.described import Described
    from muniment.repo.governed import Governed
    from muniment.repo.recording import Recorder
    from muniment.schema.record import Stored
    from muniment.schema.registry import Registry
    from muniment.schema.schema import Schema
    from muniment.storage.schema_files import SchemaFiles


class Schemas:
    """Which kind governs a document."""

    def __init__(self, layout: Layout, registry: "Registry | None", merge_rules: MergeRuleSets, *, sync: bool) -> None:
        self._layout = layout
        self._sync = sync
        self._registry = registry
        self._known: dict[str, Governed] = {}
        self._recorders: dict[str, Recorder] = {}
        self._described: dict[str, tuple[Stored, Described]] = {}
        if registry is not None:
            self._wire(registry, merge_rules)

    def _wire(self, registry: "Registry", merge_rules: MergeRuleSets) -> None:
        from muniment.repo.governed import Governed
        from muniment.repo.recording import Recorder

        for kind, schema in registry.schemas.items():
            self._known[kind] = Governed(schema, self.files)
            self._recorders[kind] = Recorder(schema, self.files, merge_rules.files)

    @cached_property
    def files(self) -> "SchemaFiles":
        """What the store keeps of the kinds."""
        from muniment.storage.schema_files import SchemaFiles

        return SchemaFiles(self._layout, sync=self._sync)

    @property
    def passed(self) -> "dict[str, Schema[Any]]":
        """The schemas that the program passed, by kind."""
        return {} if self._registry is None else self._registry.schemas

    def governing(self, name: str) -> "Governed | None":
        """Find what reads and writes a document as a type; None where the program passed no schema for it.

        Raises:
            SchemaInvalidError: Two schemas govern it.
        """
        if self._registry is None:
            return None
        schema = self._registry.governing(name)
        return None if schema is None else self._known[schema.kind]

    def record(self, kind: str) -> None:
        """Let the store keep what programs need to know that have not its schema; errors as for `Recorder.record`."""
        self._recorders[kind].record()

    def of(self, name: str) -> "Governed | Described | None":
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
        """Refuse to go on where a record of a kind is damaged.

        Raises:
            CorruptionError: One is; the first that was found.
        """
        for kind in self._kept_kinds():
            for error in self.files.load(kind).unreadable:
                if isinstance(error, CorruptionError):
                    raise error

    def all(self) -> "list[Governed | Described]":
        """List the kinds, in the order of their names."""
        return sorted([*self._known.values(), *self.described()], key=lambda one: one.kind)

    def described(self) -> "Iterator[Described]":
        """Give the kinds that only the store describes."""
        for kind in self._kept_kinds():
            described = None if kind in self._known else self.description(kind)
            if described is not None:
                yield described

    def description(self, kind: str) -> "Described | None":
        """Give a kind as the store describes it, also one that the program passed; None where it does not."""
        stored = self.files.load(kind)
        if not stored.schemas:
            return None
        if kind not in self._described or self._described[kind][0] is not stored:
            from muniment.repo.described import Described

            self._described[kind] = stored, Described(kind, stored.schemas, self.files)
        return self._described[kind][1]

    def _kept_kinds(self) -> list[str]:
        return self.files.kinds() if disk.exists(self._layout.schemas) else []
