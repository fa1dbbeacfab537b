"""What a typed value says in JSON: in full, and as it is written."""

import dataclasses
import datetime as dt
import uuid
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

from muniment.schema import known

T = TypeVar("T")


class Level(Enum):
    """A name that is no text in Python."""

    LOW = "low"


class Inner(msgspec.Struct, omit_defaults=True, rename="camel"):
    """Left out in writing as far as it is default."""

    most_of_all: int = 3
    maybe: int | msgspec.UnsetType = msgspec.UNSET


class Item(msgspec.Struct, array_like=True, tag="item"):
    """Written as a list."""

    inner: Inner


class Number(msgspec.Struct, tag=7, tag_field="is", omit_defaults=True):
    """A branch with a number for a tag."""

    least: int = 0


class All(msgspec.Struct):
    """Of everything one."""

    a: list[Inner]
    b: tuple[Item, ...]
    c: Number


class Pair(msgspec.Struct, Generic[T]):
    """Made for a type."""

    one: T
    n: int


class PairOfNumbers(msgspec.Struct):
    """Holds a generic type."""

    pair: Pair[Number]


@dataclasses.dataclass
class Other:
    """What msgspec takes too."""

    tags: set[str]


class Box(msgspec.Struct):
    """A mapping with names of any sort."""

    found: dict[Any, Any]


def test_all_that_a_value_says():
    """With the fields that have their default, the tags, and the names as they are written; not what is unset."""
    value = All([Inner(), Inner(most_of_all=4, maybe=1)], (Item(Inner()),), Number())
    lean, full, _ = known.of_type(All)
    assert full(value) == {
        "a": [{"mostOfAll": 3}, {"mostOfAll": 4, "maybe": 1}],
        "b": [["item", {"mostOfAll": 3}]],
        "c": {"is": 7, "least": 0},
    }
    assert lean(value) == {"a": [{}, {"mostOfAll": 4, "maybe": 1}], "b": [["item", {}]], "c": {"is": 7}}


def test_what_is_no_json_is_said_in_json():
    """Times, enumerations, UUIDs, sets and classes, also as names: the same in both views."""
    name = uuid.UUID(int=1)
    value = Box({Level.LOW: dt.date(2024, 5, 1), name: {"b", "a"}, "x": Other({"c", "b"}), "y": Level.LOW})
    expected = {"low": "2024-05-01", str(name): ["a", "b"], "x": {"tags": ["b", "c"]}, "y": "low"}
    lean, full, _ = known.of_type(Box)
    assert full(value) == lean(value) == {"found": expected}


def test_which_types_leave_something_out():
    """One that is written without its defaults, or holds such a one however deep; types within themselves too."""

    class Closed(msgspec.Struct):
        """All is written."""

        items: list[Item] | None = None

    class Open(msgspec.Struct):
        """All is written."""

        number: int = 1

    assert known.of_type(Closed).full(Closed([Item(Inner())])) == {"items": [["item", {"mostOfAll": 3}]]}
    assert known.of_type(Closed).lean(Closed([Item(Inner())])) == {"items": [["item", {}]]}
    assert known.of_type(Open).lean is known.of_type(Open).full
    assert known.of_type(PairOfNumbers).full(PairOfNumbers(Pair(Number(), 1))) == {
        "pair": {"one": {"is": 7, "least": 0}, "n": 1}
    }


def test_sets_are_told_in_one_order():
    """However the process hashes, and whether or not their items can be sorted in Python."""

    class Point(msgspec.Struct, frozen=True):
        """No order of its own."""

        x: int
        y: str = "y"

    class Points(msgspec.Struct):
        """A set of structs, and one of texts."""

        all: frozenset[Point]
        names: set[str]

    lean, full, _ = known.of_type(Points)
    value = Points(frozenset({Point(3), Point(1), Point(2)}), {"c", "a", "b"})
    expected = {"all": [{"x": 1, "y": "y"}, {"x": 2, "y": "y"}, {"x": 3, "y": "y"}], "names": ["a", "b", "c"]}
    assert lean(value) == full(value) == expected
