"""What a store is told of a kind before the first document of it is written, for programs that do not know it."""

from typing import Any

from muniment.errors import SchemaInvalidError
from muniment.schema import record
from muniment.schema.record import Stored
from muniment.schema.schema import Schema
from muniment.storage.merge_rule_files import MergeRuleFiles
from muniment.storage.schema_files import SchemaFiles


class Recorder:
    """Sees to it that the store keeps the lenses of one schema, what its documents look like, and how to merge them."""

    def __init__(self, schema: Schema[Any], files: SchemaFiles, merge_rules: MergeRuleFiles) -> None:
        self._schema = schema
        self._files = files
        self._merge_rules = merge_rules
        self._seen: Stored | None = None

    def record(self) -> None:
        """Let the store keep what is missing; where nothing changed since the last time, a look at one folder.

        A type that changed under one version is described anew, beside the old description: a
        document is valid that fits one of them.

        Raises:
            SchemaInvalidError: The store keeps another lens for one of the steps.
        """
        kind, stored = self._schema.kind, self._files.load(self._schema.kind)
        if stored is self._seen:
            return
        for step in self._schema.steps.lens_steps:
            if any(step.key == other.key and step != other for other in stored.steps):
                reason = "the store keeps another lens of this step; give what changed a new schema version"
                raise SchemaInvalidError(kind, reason, from_version=str(step.older), to_version=str(step.newer))
        self._files.add(kind, [record.of_step(kind, step) for step in self._schema.steps.lens_steps])
        self._files.add(kind, [record.of_schema(self._schema)])
        if not self._schema.merge_rules.is_empty:  # else what others declared stays in force
            self._merge_rules.put(self._schema.merge_rules)
        self._seen = self._files.load(kind)
