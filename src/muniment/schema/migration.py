"""Bring a document of one kind to a schema version: raw JSON in, raw JSON out."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, TypeAlias

from muniment.errors import (
    InvalidValueError,
    MigrationFailedError,
    MigrationMissingError,
    SchemaInvalidError,
    SchemaMajorMismatchError,
)
from muniment.schema import kept
from muniment.schema.carry import Edit, carried
from muniment.schema.item_keys import Keys
from muniment.schema.record import Stored
from muniment.schema.steps import Steps
from muniment.schema.version import STAMP, SchemaVersion, schema_version, stamp_of
from muniment.schema.way import Way
from muniment.values import canonical
from muniment.values.json_value import ABSENT

Document: TypeAlias = dict[str, Any]


class Migration:
    """How the documents of one kind go from one schema version to another in one open store.

    `steps` are those that the program declared. What these do not reach, `stored` may: it gives
    what the store keeps, by whoever wrote it, and is asked only then.
    """

    def __init__(
        self,
        kind: str,
        version: str,
        unversioned: str | None,
        steps: Steps,
        stored: Callable[[], Stored],
        keys: Keys | None = None,
    ) -> None:
        self.kind = kind
        self.version = schema_version(version)
        self._unversioned = None if unversioned is None else schema_version(unversioned)
        self._steps = steps
        self._stored = stored
        self._keys = keys or Keys({})
        self._joined: tuple[Stored, Steps] = (Stored(), steps)

    def document(self, name: str, data: bytes) -> tuple[Document, SchemaVersion]:
        """Read a document, the caller's own to change, and its schema version.

        Raises:
            InvalidValueError: It is no object, or what it has as schema version is none; `pointer` says where.
            SchemaMajorMismatchError: It has none.
        """
        document = canonical.decode_trusted(data)
        if not isinstance(document, dict):
            raise InvalidValueError(f"a document of kind {self.kind} is an object", pointer="")
        found = stamp_of(document) or self._unversioned
        if found is None:
            raise SchemaMajorMismatchError(name, self.kind, None, str(self.version))
        return document, found

    def bring(self, name: str, document: Document, found: SchemaVersion, wanted: SchemaVersion) -> Document:
        """Bring a document, which this may change, from one schema version to another.

        Raises:
            MigrationMissingError: No steps lead there; of another major, `SchemaMajorMismatchError`.
            MigrationFailedError: A step does not suit the document, or the store's lenses are damaged.
        """
        if found == wanted:
            document[STAMP] = str(wanted)
            return document
        way = self.way(name, found, wanted)
        if way is None:
            missing = MigrationMissingError if found.major == wanted.major else SchemaMajorMismatchError
            raise missing(name, self.kind, str(found), str(wanted))
        return way.run(document, name)

    def own(self, name: str, data: bytes) -> tuple[Document, SchemaVersion]:
        """Read a document as the program's own version has it, and say which version it really has.

        A document of a newer minor version to which no steps lead stays as it is: what is new in
        it counts as unknown. Errors as for `document` and `bring`.
        """
        document, found = self.document(name, data)
        if self.is_left(name, found):
            return document, found
        return self.bring(name, document, found, self.version), found

    def is_left(self, name: str, found: SchemaVersion) -> bool:
        """Tell whether a document of a version is left as it is: a newer minor one to which no steps are known now."""
        is_newer_minor = found > self.version and found.major == self.version.major
        return is_newer_minor and self.way(name, found, self.version) is None

    def at_version(self, name: str, data: bytes, wanted: SchemaVersion) -> Document:
        """Read a document as plain JSON at a schema version, without what the steps keep.

        Errors as for `document` and `bring`.
        """
        document, found = self.document(name, data)
        brought = self.bring(name, document, found, wanted)
        return {field: kept.without(item) for field, item in brought.items() if field != kept.KEPT}

    def level(self, name: str, sides: Sequence[bytes | None], *, to_own: bool = True) -> list[Document | None]:
        """Bring several states of one document to one schema version: the program's own, or the newest among them.

        What is compared begins here, so that a renamed field is no difference; and what is merged, but without
        `to_own`, so that it comes to the same whichever program does it. None is
        the state of not being there, and stays None. Errors as for `document` and `bring`.
        """
        read = [None if side is None else self.document(name, side) for side in sides]
        found = [one[1] for one in read if one is not None]
        newest = max([self.version, *found] if to_own else found, default=self.version)
        return [None if one is None else self.bring(name, *one, newest) for one in read]

    def carry_back(
        self, name: str, before: Document, edited: Document, source: bytes, found: SchemaVersion
    ) -> Document:
        """Give a document of the version `found` with an edit that was made at the program's own version.

        `source` is the document as it was, `before` what `own` made of it, `edited` that with the
        edit. Lenses carry all of it; a step in Python may drop what the older version has no place
        for, so then only what the edit changed is carried over to `source`.

        Raises:
            MigrationMissingError: Steps lead down to the program's version, and none back up.
            MigrationFailedError: A step does not suit the edit.
        """
        edited[STAMP] = str(max(found, self.version))
        if found <= self.version:
            return edited
        way = self.way(name, self.version, found)
        way_here = self.way(name, found, self.version)
        if way_here is None:  # it was left as it is
            return edited
        if way is None:
            raise MigrationMissingError(name, self.kind, str(self.version), str(found))
        if way.keeps_all and way_here.keeps_all:
            return way.run(edited, name)
        original, _ = self.document(name, source)
        change = Edit(way.run(deepcopy(before), name), way.run(deepcopy(edited), name), ABSENT)
        result = carried(original, change, self._keys)
        return result if isinstance(result, dict) else original

    def way(self, name: str, start: SchemaVersion, end: SchemaVersion) -> Way | None:
        """Give the way between two versions; None where neither the program nor the store knows one."""
        return self._steps.way(start, end) or self._stored_way(name, start, end)

    def _stored_way(self, name: str, start: SchemaVersion, end: SchemaVersion) -> Way | None:
        """Look for a way by the store's lenses too; where there is none, what cannot be read there is at fault."""
        stored = self._stored()
        try:
            if stored is not self._joined[0]:
                self._joined = stored, self._steps.with_lenses(stored.steps)
        except SchemaInvalidError as error:
            raise MigrationFailedError(name, error.reason, self.kind, str(start), str(end)) from error
        way = self._joined[1].way(start, end)
        if way is None and stored.unreadable:
            cause = stored.unreadable[0]
            raise MigrationFailedError(name, str(cause), self.kind, str(start), str(end)) from cause
        return way
