"""What a store keeps of a kind, for programs that do not know it: its lenses, and a description of each version.

Each is an immutable file of canonical JSON, named by its SHA-256.

Format: docs/format/schemas.md, "Records".
"""

from typing import Any, NamedTuple, TypeAlias

import msgspec

from muniment.errors import CorruptionError, InvalidValueError, SchemaInvalidError, UnsupportedFormatError
from muniment.schema import steps
from muniment.schema.lens import OPS, Lens
from muniment.schema.schema import Schema
from muniment.schema.steps import LensStep
from muniment.values import canonical


class LensRecord(msgspec.Struct, frozen=True, tag_field="type", tag="lens"):
    """One step made of lenses."""

    kind: str
    older: str
    newer: str
    lenses: tuple[Lens, ...]

    def step(self) -> LensStep:
        """Give the step that it records.

        Raises:
            SchemaInvalidError: It leads nowhere.
        """
        older, newer = steps.declared(self.kind, self.older, self.newer, up=True)
        return LensStep(older=older, newer=newer, lenses=self.lenses)


class SchemaRecord(msgspec.Struct, frozen=True, tag_field="type", tag="schema"):
    """What documents of one schema version look like, and which they are."""

    kind: str
    version: str
    names: tuple[str, ...]
    json_schema: dict[str, Any]
    unversioned: str | None = None


Record: TypeAlias = LensRecord | SchemaRecord


class Stored(NamedTuple):
    """What a store keeps of one kind: its steps, the descriptions of its versions, and what cannot be read.

    A record that was damaged, or that a newer program wrote, is no fault until it is needed.
    """

    steps: tuple[LensStep, ...] = ()
    schemas: tuple[SchemaRecord, ...] = ()
    unreadable: tuple[CorruptionError | UnsupportedFormatError, ...] = ()


_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


class _Op(msgspec.Struct, frozen=True):
    op: str
    lenses: "tuple[_Op, ...]" = ()

    def names(self) -> set[str]:
        """Give the names of this lens and of those within it."""
        return {self.op}.union(*(one.names() for one in self.lenses))


class _Type(msgspec.Struct, frozen=True):
    type: str
    lenses: tuple[_Op, ...] = ()


def encode(record: Record) -> bytes:
    """Write a record as canonical bytes."""
    return canonical.encode(record)


def decode(kind: str, data: bytes) -> Record | None:
    """Read a record of a kind; None for one of a type that a newer program may know.

    Raises:
        SchemaInvalidError: It is none.
        UnsupportedFormatError: It has a lens that this program does not know: a newer one wrote it.
    """
    try:
        outline = msgspec.json.decode(data, type=_Type)
        if outline.type not in {"lens", "schema"}:
            return None
        if unknown := sorted(set[str]().union(*(one.names() for one in outline.lenses)) - OPS):
            raise UnsupportedFormatError(f"kind {kind}", f"a step has a lens {unknown[0]!r}", ", ".join(sorted(OPS)))
        record = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidValueError) as error:
        raise SchemaInvalidError(kind, f"a record that cannot be read: {error}") from error
    if record.kind != kind:
        raise SchemaInvalidError(kind, f"a record of kind {record.kind!r} lies among its own")
    return record


def of_schema(schema: Schema[Any]) -> SchemaRecord:
    """Give the description of a schema's version."""
    return SchemaRecord(
        kind=schema.kind,
        version=schema.version,
        names=schema.names,
        json_schema=schema.json_schema,
        unversioned=schema.unversioned,
    )


def of_step(kind: str, step: LensStep) -> LensRecord:
    """Give the record of a step."""
    return LensRecord(kind, str(step.older), str(step.newer), step.lenses)
