"""One kind of document as three versions of a program know it, for tests in which they share a store.

1.1 has a port more; 1.2 calls three things otherwise, at the top, in an object and in the items of a list, has a
switch more, and has no owner any more. Every step is made of lenses.
"""

from typing import Any

import msgspec

from muniment import Schema, lens

PATTERN = "services/*"


class Limits10(msgspec.Struct):
    """What an old program knows of limits."""

    max: int = 10


class Item10(msgspec.Struct):
    """What an old program knows of an item."""

    id: str
    title: str


class Service10(msgspec.Struct, kw_only=True):
    """A service as the oldest program knows it."""

    name: str
    host: str
    owner: str = ""
    limits: Limits10
    items: list[Item10]


class Service11(Service10, kw_only=True):
    """A service as the program in between knows it."""

    port: int


class Limits12(msgspec.Struct):
    """What the newest program knows of limits."""

    maximum: int = 10


class Item12(msgspec.Struct):
    """What the newest program knows of an item."""

    id: str
    label: str


class Service12(msgspec.Struct, kw_only=True):
    """A service as the newest program knows it."""

    name: str
    hostname: str
    port: int = 8080
    tls: bool = False
    limits: Limits12
    items: list[Item12]


def schema_10(**options: Any) -> Schema[Service10]:
    """Make the schema of the oldest program: it knows no steps."""
    return _schema(Service10, "1.0", options)


def schema_11(**options: Any) -> Schema[Service11]:
    """Make the schema of the program in between."""
    made = _schema(Service11, "1.1", options)
    _first_step(made)
    return made


def schema_12(**options: Any) -> Schema[Service12]:
    """Make the schema of the newest program."""
    made = _schema(Service12, "1.2", options)
    _first_step(made)
    made.lens(
        "1.1",
        "1.2",
        lens.rename("host", "hostname"),
        lens.add("tls", default=False),
        lens.remove("owner", default="", optional=True),
        lens.inside("limits", lens.rename("max", "maximum")),
        lens.each("items", lens.rename("title", "label")),
    )
    return made


def _schema(kind: Any, version: str, options: dict[str, Any]) -> Schema[Any]:
    settings: dict[str, Any] = {"names": PATTERN, "keys": {"/items": "id"}, **options}
    return Schema(kind, kind="service", version=version, **settings)


def _first_step(schema: Schema[Any]) -> None:
    schema.lens("1.0", "1.1", lens.add("port", default=8080))


def old(**fields: Any) -> Service10:
    """Make a service of version 1.0."""
    return msgspec.structs.replace(Service10(name="web", host="a.example", limits=Limits10(), items=[]), **fields)


def new(**fields: Any) -> Service12:
    """Make a service of version 1.2."""
    return msgspec.structs.replace(Service12(name="web", hostname="a.example", limits=Limits12(), items=[]), **fields)
