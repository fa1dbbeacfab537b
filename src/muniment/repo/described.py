"""A kind of documents that this program has no type for: what the store itself knows of it."""

from muniment.errors import DocumentInvalidError, InvalidValueError, MalformedError
from muniment.schema import pattern
from muniment.schema.migration import Document, Migration
from muniment.schema.record import SchemaRecord
from muniment.schema.steps import Steps
from muniment.schema.validator import Validator
from muniment.schema.version import STAMP, SchemaVersion, schema_version
from muniment.storage.schema_files import SchemaFiles
from muniment.values import canonical


class Described:
    """The documents of one kind, by the descriptions and the lenses that the store keeps.

    The descriptions of the newest version tell which documents are of the kind. A document is
    checked by the description of its own version; of several for one version, one that it fits is
    enough.
    """

    def __init__(self, kind: str, schemas: tuple[SchemaRecord, ...], files: SchemaFiles) -> None:
        self._by_version: dict[SchemaVersion, list[SchemaRecord]] = {}
        for one in schemas:
            self._by_version.setdefault(schema_version(one.version), []).append(one)
        newest = self._by_version[max(self._by_version)]
        self.kind = kind
        self.version = newest[0].version
        self.names = tuple(sorted({name for one in newest for name in one.names}))
        unversioned = next((one.unversioned for one in newest if one.unversioned is not None), None)
        self.migration = Migration(kind, self.version, unversioned, Steps(kind), lambda: files.load(kind))
        self._validators: dict[SchemaVersion, list[Validator]] = {}

    def governs(self, name: str) -> bool:
        """Tell whether a document of that name is of this kind."""
        return pattern.fits(self.names, name)

    def check(self, name: str, data: bytes) -> None:
        """Check a document.

        Raises:
            InvalidValueError: It does not fit the description of its version, or else of the newest.
            MigrationMissingError, MigrationFailedError: It cannot be brought there.
        """
        document, found = self.migration.document(name, data)
        if found not in self._by_version:
            document, found = self.migration.own(name, data)[0], self.migration.version
        self._check(document, found)

    def check_as_written(self, name: str, data: bytes) -> bool:
        """Check a document by the description of its own version; False if there is none.

        Raises:
            InvalidValueError: It does not fit it.
        """
        document, found = self.migration.document(name, data)
        if found not in self._by_version:
            return False
        self._check(document, found)
        return True

    def migrated(self, name: str, data: bytes) -> bytes | None:
        """Give a document at the newest version that the store describes; None if it is there, or beyond.

        Errors as for `check`.
        """
        _, found = self.migration.document(name, data)
        if found >= self.migration.version:
            return None
        document, _ = self.migration.own(name, data)
        try:
            self._check(document, self.migration.version)
        except InvalidValueError as error:
            reason = f"as {self.kind} {self.version} it would not be valid: {error.reason}"
            raise DocumentInvalidError(name, reason, pointer=error.pointer) from error
        return canonical.encode(document)

    def _check(self, document: Document, version: SchemaVersion) -> None:
        stamped = {**document, STAMP: str(version)}  # it may say none, or a newer minor version
        faults = [validator.fault(stamped) for validator in self._validators_of(version)]
        if None not in faults:
            pointer, reason = next(fault for fault in faults if fault is not None)
            raise InvalidValueError(reason, pointer=pointer)

    def _validators_of(self, version: SchemaVersion) -> list[Validator]:
        if version not in self._validators:
            try:
                made = [Validator(one.json_schema) for one in self._by_version[version]]
            except InvalidValueError as error:
                raise MalformedError(f"the record of {self.kind} {version}", error.reason) from error
            self._validators[version] = made
        return self._validators[version]
