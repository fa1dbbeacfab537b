"""Descriptions of kinds in JSON Schema: what is in them, and that they are the same everywhere."""

import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import msgspec
import pytest

from muniment.errors import InvalidValueError
from muniment.schema.json_schema import describe
from muniment.schema.validator import Validator
from muniment.values import canonical


class Limit(msgspec.Struct, forbid_unknown_fields=True):
    """How much
    of it.
    """

    name: str
    most: int = 3


class Service(msgspec.Struct, forbid_unknown_fields=True):
    """What most tests describe: closed, with closed parts."""

    name: str
    limits: list[Limit] = []


class Folder(msgspec.Struct):
    """A tree of itself."""

    name: str
    within: "list[Folder]" = []


class Stamped(msgspec.Struct, forbid_unknown_fields=True):
    """A type that has its version as a field, and is within itself."""

    schema_version: Annotated[str, msgspec.Meta(description="which")] = "0.0"
    parent: "Stamped | None" = None


class Unlike:
    """A type that msgspec does not know."""


def refused(kind, document, version="1.2"):
    """The fault of a document, by the description of its type."""
    return Validator(describe(kind, "service", version)).fault(document)


def test_a_description_says_what_it_is():
    """It names the dialect, for editors, and the kind and version, for people."""
    described = describe(Service, "service", "1.2")
    assert described["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert described["title"] == "service 1.2"
    assert described["properties"]["schema_version"] == {"const": "1.2", "type": "string"}
    assert sorted(described["required"]) == ["name", "schema_version"]


def test_a_closed_type_admits_the_reserved_members():
    """`schema_version`, `$schema` and `schema_kept` are no unknown fields, nor is `schema_kept` further down.

    Asked of the bare description, as an editor would, which strips nothing before.
    """
    described = describe(Service, "service", "1.2")
    assert set(described["properties"]) == {"$schema", "limits", "name", "schema_kept", "schema_version"}
    assert set(described["$defs"]["Limit"]["properties"]) == {"most", "name", "schema_kept"}
    assert described["additionalProperties"] is described["$defs"]["Limit"]["additionalProperties"] is False


def test_the_version_is_required_and_no_other_will_do():
    """A document of another version is not described by this one."""
    assert refused(Service, {"schema_version": "1.2", "name": "a"}) is None
    assert refused(Service, {"schema_version": "1.3", "name": "a"}) == ("/schema_version", 'expected "1.2", not "1.3"')
    assert refused(Service, {"name": "a"}) == ("", '"schema_version" is missing')


def test_a_map_admits_what_was_kept_in_it():
    """In an editor too: a map of numbers may hold the object that a migration kept."""

    class Quotas(msgspec.Struct):
        of: dict[str, int]

    of = describe(Quotas, "quotas", "1.0")["properties"]["of"]
    assert of["additionalProperties"] == {"type": "integer"}
    assert of["properties"] == {"schema_kept": {"type": "object"}}


def test_a_tree_of_itself_carries_its_version_once():
    """The type that is the document may lie within it too, where no version is asked for, but none is checked."""
    inner = {"name": "b", "within": [{"name": "c"}]}
    assert refused(Folder, {"schema_version": "1.2", "name": "a", "within": [inner]}) is None
    faulty = {"schema_version": "1.2", "name": "a", "within": [{"name": "b", "within": [{"name": 3}]}]}
    assert refused(Folder, faulty) == ("/within/0/within/0/name", "expected a string, not 3")


def test_a_type_that_is_not_within_itself_has_no_second_description():
    """What nothing refers to is left out."""
    assert set(describe(Service, "service", "1.2")["$defs"]) == {"Limit"}
    assert "$defs" not in describe(Limit, "limit", "1.0")


def test_a_type_may_declare_its_version():
    """At the top it has to be the version described; further down it is a member like any other."""
    assert refused(Stamped, {"schema_version": "1.2", "parent": {"schema_version": "0.7"}}) is None
    assert refused(Stamped, {"schema_version": "1.2", "parent": {}}) is None
    assert refused(Stamped, {}) == ("", '"schema_version" is missing')
    described = describe(Stamped, "stamped", "1.2")
    assert described["properties"]["schema_version"] == {"const": "1.2", "description": "which", "type": "string"}


def test_renamed_members_are_described_by_the_name_in_the_file():
    """What counts is the name that stands in the document."""

    class Renamed(msgspec.Struct, rename="camel"):
        host_name: str

    assert refused(Renamed, {"schema_version": "1.2", "hostName": "a"}) is None
    assert refused(Renamed, {"schema_version": "1.2", "host_name": "a"}) == ("", '"hostName" is missing')


def test_a_decimal_may_be_a_number_too():
    """It is read from text and from a number."""

    class Price(msgspec.Struct):
        net: Decimal

    assert refused(Price, {"schema_version": "1.2", "net": "1.50"}) is None
    assert refused(Price, {"schema_version": "1.2", "net": 1.5}) is None
    assert refused(Price, {"schema_version": "1.2", "net": "dear"}) is not None


def test_a_set_may_name_an_item_twice():
    """Reading makes one of them, so the file is not at fault."""

    class Tagged(msgspec.Struct):
        tags: set[str]

    assert refused(Tagged, {"schema_version": "1.2", "tags": ["a", "a"]}) is None


def test_a_docstring_is_laid_out_alike_by_every_python():
    """Python 3.13 takes the indentation off by itself, older ones leave it."""
    assert describe(Service, "service", "1.2")["$defs"]["Limit"]["description"] == "How much\nof it."


def test_a_default_that_is_no_json_is_left_out():
    """A default is a hint; infinity cannot be written."""

    class Bounded(msgspec.Struct):
        most: float = float("inf")
        least: float = 0.5

    members = describe(Bounded, "bounded", "1.0")["properties"]
    assert members["most"] == {"type": "number"}
    assert members["least"] == {"type": "number", "default": 0.5}


def test_the_default_of_a_set_is_sorted():
    """A set has no order of its own."""

    class Tagged(msgspec.Struct):
        tags: frozenset[str] | None = frozenset({"c", "a", "b"})
        numbers: frozenset[int] = frozenset({3, 1, 2})

    members = describe(Tagged, "tagged", "1.0")["properties"]
    assert members["tags"]["default"] == ["a", "b", "c"]
    assert members["numbers"]["default"] == [1, 2, 3]


PROGRAM = """
import msgspec, sys
from muniment.schema.json_schema import describe
from muniment.values import canonical

class Point(msgspec.Struct, frozen=True):
    tags: frozenset[str] = frozenset("abcdefgh")

class Tagged(msgspec.Struct):
    tags: frozenset[str] = frozenset("abcdefgh")
    pairs: tuple[frozenset[str], int] = (frozenset("abcdefgh"), 1)
    at: Point = Point()
    plain: dict[str, int] = {}

sys.stdout.buffer.write(canonical.encode(describe(Tagged, "tagged", "1.0")))
"""


def test_a_description_is_the_same_in_every_process():
    """Hashes differ from process to process; the bytes do not, so that a stored description can be compared."""

    def told(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True)
        return done.stdout

    first, *others = [told(str(seed)) for seed in range(1, 5)]
    assert b'"default":["a","b"' in first
    assert others == [first] * 3


def test_a_description_is_plain_json():
    """What a `Meta` adds may be any Python that can be written; it is plain when it comes."""

    class Odd(msgspec.Struct):
        size: Annotated[int, msgspec.Meta(extra_json_schema={"examples": (1, 2)})]

    described = describe(Odd, "odd", "1.0")
    assert described["properties"]["size"] == {"examples": [1, 2], "type": "integer"}
    assert canonical.decode(canonical.encode(described)) == described


def test_a_member_of_a_reserved_name_is_refused():
    """`schema_kept` is the place of what a migration keeps; it is the name in the file that counts."""
    hoard = msgspec.defstruct("Hoard", [("kept", dict[str, Any])], rename={"kept": "schema_kept"})
    with pytest.raises(InvalidValueError, match="Hoard has a member schema_kept, which is reserved: rename it"):
        describe(hoard, "hoard", "1.0")
    spared = msgspec.defstruct("Spared", [("schema_kept", dict[str, Any])], rename={"schema_kept": "away"})
    assert "away" in describe(spared, "spared", "1.0")["properties"]


class Mixed(Enum):
    """Values that cannot be put in order."""

    ONE = 1
    TWO = "two"


class Foreign(msgspec.Struct):
    """With a part that msgspec knows nothing of."""

    it: Unlike


class Unordered(msgspec.Struct):
    """With an enumeration that has no order."""

    it: Mixed


class Unresolved(msgspec.Struct):
    """With a part that is not defined."""

    it: "Nowhere"  # type: ignore[name-defined]  # noqa: F821 - a name that cannot be resolved is what is tested


@pytest.mark.parametrize(
    ("kind", "named"), [(Foreign, "Unlike"), (Unordered, "Unordered"), (Unresolved, "Nowhere"), (Unlike, "Unlike")]
)
def test_what_msgspec_cannot_describe_is_named(kind, named):
    """The type, or the part of it, stands in the reason, which is one line."""
    with pytest.raises(InvalidValueError, match=named) as caught:
        describe(kind, "kind", "1.0")
    assert "\n" not in caught.value.reason


def test_a_document_is_an_object():
    """A Struct that is written as a list has no place for a version."""

    class Row(msgspec.Struct, array_like=True):
        a: int

    with pytest.raises(InvalidValueError, match="Row is no Struct that is written as a JSON object"):
        describe(Row, "row", "1.0")
    with pytest.raises(InvalidValueError, match="is no Struct"):
        describe(int, "row", "1.0")  # type: ignore[arg-type]


def test_parts_may_be_of_other_kinds():
    """Dataclasses inside, closed structs inside generic ones: all may keep what a migration kept."""

    @dataclass
    class Part:
        size: int

    class Whole(msgspec.Struct):
        part: Part

    described = describe(Whole, "whole", "1.0")
    assert described["$defs"]["Part"]["properties"]["schema_kept"] == {"type": "object"}
