"""The records of the kinds of documents, as files.

They are immutable and named by their content, so that any number of programs may add to them at once, and the
host repository merges them.

Format: docs/format/schemas.md.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from muniment.errors import (
    CorruptionError,
    InvalidNameError,
    InvalidValueError,
    MalformedError,
    SchemaInvalidError,
    UnsupportedFormatError,
)
from muniment.files import atomic, disk
from muniment.files.layout import Layout
from muniment.schema import pattern, record
from muniment.schema.record import LensRecord, Record, SchemaRecord, Stored
from muniment.schema.version import schema_version
from muniment.storage import checked
from muniment.storage.unchanged import Unchanged
from muniment.values import canonical

_RECORD = re.compile(r"([0-9a-f]{64})\.json")


class SchemaFiles:
    """The records that one store keeps."""

    def __init__(self, layout: Layout, *, sync: bool) -> None:
        self._layout = layout
        self._sync = sync
        self._found: Unchanged[Stored] = Unchanged()

    def kinds(self) -> list[str]:
        """List the kinds that the store keeps something of, in ascending order."""
        try:
            names = disk.listdir(self._layout.schemas)
        except FileNotFoundError:
            return []
        return sorted(name for name in names if not name.startswith(".") and disk.is_folder(self._layout.kind(name)))

    def load(self, kind: str) -> Stored:
        """Give what the store keeps of a kind, in the order of the files' names."""
        try:
            return self._found.get(self._layout.kind(kind), lambda _: self._load(kind))
        except (FileNotFoundError, NotADirectoryError):
            return Stored()

    def add(self, kind: str, records: Iterable[Record]) -> None:
        """Keep records durably; those that are there already cost a look."""
        for one in records:
            data = record.encode(one)
            path = self._layout.record(kind, canonical.digest(data))
            if not os.path.exists(path):
                atomic.replace_file(path, data, self._layout.temporary, sync=self._sync)

    def replace(self, kind: str, new: SchemaRecord) -> None:
        """Keep the description of a version in place of others of the same version."""
        self.add(kind, [new])
        for path, found in self.records(kind):
            if isinstance(found, SchemaRecord) and found.version == new.version and found != new:
                with suppress(FileNotFoundError):  # another program did it at the same moment
                    disk.unlink(path)

    def write_for_editors(self, kind: str, version: str, json_schema: object) -> str:
        """Write the JSON Schema of a version where editors look for it, and give the path."""
        path = self._layout.editor_schema(kind, version)
        text = canonical.pretty(canonical.encode(json_schema))
        with suppress(FileNotFoundError):
            if disk.read_file(path) == text:
                return path
        atomic.replace_file(path, text, self._layout.temporary, sync=self._sync)
        return path

    def forget(self, kind: str) -> list[str]:
        """Delete all that the store keeps of a kind, and give the paths; none where it keeps nothing."""
        folder = self._layout.kind(kind)
        with suppress(FileNotFoundError, NotADirectoryError):
            paths = [f"{folder}/{name}" for name in sorted(disk.listdir(folder))]
            for path in paths:
                disk.unlink(path)
            disk.rmdir(folder)
            return paths
        return []

    def _load(self, kind: str) -> Stored:
        found = [one for _, one in self.records(kind)]
        return Stored(
            tuple(one.step() for one in found if isinstance(one, LensRecord)),
            tuple(one for one in found if isinstance(one, SchemaRecord)),
            tuple(one for one in found if isinstance(one, CorruptionError | UnsupportedFormatError)),
        )

    def records(self, kind: str) -> Iterator[tuple[str, Record | CorruptionError | UnsupportedFormatError]]:
        """Read the records of a kind anew: the path of each, and the record or why it cannot be read."""
        for path, digest in self._paths(kind):
            try:
                found = self._read(kind, path, digest)
            except (CorruptionError, UnsupportedFormatError) as error:
                yield path, error
            else:
                if found is not None:
                    yield path, found

    def _paths(self, kind: str) -> list[tuple[str, str]]:
        matches = map(_RECORD.fullmatch, sorted(disk.listdir(self._layout.kind(kind))))
        return [(self._layout.record(kind, match[1]), match[1]) for match in matches if match]

    def _read(self, kind: str, path: str, digest: str) -> Record | None:
        try:
            data = checked.read(path, digest)
        except FileNotFoundError:  # a description that `replace` took away since it was listed
            return None
        try:
            read = record.decode(kind, data)
            _check(read)
        except (SchemaInvalidError, InvalidNameError, InvalidValueError) as error:
            raise MalformedError(path, error.reason) from error
        return read


def _check(found: Record | None) -> None:
    """Check what the types of a record do not tell: its versions, and its patterns."""
    if isinstance(found, LensRecord):
        found.step()
    elif found is not None:
        for version in filter(None, (found.version, found.unversioned)):
            schema_version(version)
        for text in found.names:
            pattern.compiled(text)
