"""What holds between a type and its description: what the type reads, the description admits, and nearly the reverse.

The reverse does not hold where a type refuses what JSON Schema has no word for; `LOOSE` types are those.
"""

import datetime as dt
from decimal import Decimal
from enum import Enum, IntEnum
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from json_strategies import edited_copies, json_values
from muniment.schema.json_schema import describe
from muniment.schema.kept import without as without_kept
from muniment.schema.validator import Validator
from muniment.values import canonical, pointer

SHORT = Annotated[str, msgspec.Meta(min_length=1, max_length=3)]


class Colour(Enum):
    """Texts to choose from."""

    RED = "a"
    BLUE = "b"


class Rank(IntEnum):
    """Numbers to choose from."""

    FIRST = 0
    SECOND = 1


class Leaf(msgspec.Struct, tag="a", forbid_unknown_fields=True):
    """A closed branch of a tagged union, with bounds."""

    b: Annotated[int, msgspec.Meta(ge=0, lt=10)]


class Twig(msgspec.Struct, tag="b"):
    """The other branch, which holds the union again."""

    a: "list[Leaf | Twig]" = []
    c: str | None = None


class Flat(msgspec.Struct, forbid_unknown_fields=True):
    """Scalars, and a choice of each sort."""

    a: int
    b: str | None = None
    c: Colour | Rank | None = None
    d: bool = False
    e: Literal["a", 0] | None = None


class Tree(msgspec.Struct):
    """A document that holds its own type."""

    a: Leaf | Twig | str | None = None
    b: "dict[str, Tree]" = {}
    c: "list[Tree]" = []


class Maps(msgspec.Struct):
    """Maps and lists with bounds on what is in them."""

    a: dict[SHORT, int] = {}
    b: Annotated[list[SHORT], msgspec.Meta(max_length=2)] = []
    c: tuple[int, ...] | str = ""


class Texts(msgspec.Struct):
    """What reading takes in more than one form, or refuses by a rule of its own."""

    a: Decimal | None = None
    b: dt.date | None = None
    c: set[int] = set()
    d: Annotated[str, msgspec.Meta(pattern=r"\A[ab]*\Z")] | float = ""
    e: dict[int, int] = {}
    f: dt.timedelta | None = None


EXACT: list[Any] = [Flat, Tree, Maps]
LOOSE: list[Any] = [Texts]
SEEDS: dict[Any, list[Any]] = {
    Flat: [{"a": 1}, {"a": 0, "b": "x", "c": 1, "d": True, "e": "a"}, {"a": 2**70, "c": "b", "e": 0}],
    Tree: [
        {"a": {"type": "b", "a": [{"type": "a", "b": 1}], "c": None}},
        {"b": {"x": {"c": [{"a": "y"}]}}},
        {"c": [{"b": {}}]},
    ],
    Maps: [{"a": {"x": 1, "xyz": 2}, "b": ["a", "b"], "c": [1, 2]}, {"c": "a"}],
    Texts: [
        {"a": "1.5", "b": "2026-02-28", "c": [1, 1], "d": "ab", "e": {"1": 2}},
        {"a": 1.5, "d": 0.5, "f": "-P1D"},
    ],
}


@cache
def validator(kind: Any) -> Validator:
    """The description of a type, compiled once for all examples."""
    return Validator(describe(kind, "kind", "1.0"))


@st.composite
def documents(draw, kinds: list[Any]):
    """A type and a document that fits it or nearly does, with something kept in some of its objects."""
    kind = draw(st.sampled_from(kinds))
    document = draw(st.sampled_from(SEEDS[kind]).flatmap(edited_copies) | json_values())
    if isinstance(document, dict):
        document = {**document, "schema_version": "1.0"}
    return kind, draw(with_kept(document))


@st.composite
def with_kept(draw, value: Any):
    """The value with `schema_kept` in some of its objects, at any depth."""
    if isinstance(value, list):
        return [draw(with_kept(item)) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {"schema_kept": {"1.0>1.1:0": 3}} if draw(st.integers(0, 7)) == 0 else {}
    return {**{name: draw(with_kept(item)) for name, item in value.items()}, **kept}


def is_read(kind: Any, document: Any) -> bool:
    """Whether msgspec reads the document as a `kind`, when its version and what was kept is taken off."""
    bare = without_kept(document)
    if not isinstance(bare, dict):
        return False
    bare = {name: item for name, item in bare.items() if name not in ("schema_version", "$schema")}
    try:
        msgspec.convert(canonical.decode(canonical.encode(bare)), kind, str_keys=True)
    except msgspec.ValidationError:
        return False
    return True


@given(documents(EXACT + LOOSE))
def test_what_is_read_has_no_fault(case):
    """A program that has the type and one that has the description never disagree in this direction."""
    kind, document = case
    if is_read(kind, document):
        assert validator(kind).fault(document) is None


@given(documents(EXACT))
def test_what_is_not_read_has_a_fault_at_a_place_that_exists(case):
    """And the pointer leads to a value in the document, for types that JSON Schema can say all of."""
    kind, document = case
    told = validator(kind).fault(document)
    assert (told is None) == is_read(kind, document)
    if told is not None:
        place, reason = told
        pointer.get(document, place)
        assert 0 < len(reason) <= 200
        assert "\n" not in reason


@pytest.mark.parametrize("kind", EXACT + LOOSE)
def test_the_seeds_are_read(kind):
    """Else the laws above would be about faulty documents alone."""
    for seed in SEEDS[kind]:
        assert is_read(kind, seed)
        assert validator(kind).fault({**seed, "schema_version": "1.0"}) is None


@given(json_values(), st.data())
def test_stripping_takes_off_what_was_kept_and_nothing_else(value, data):
    """The value comes back as it was before anything was kept in it."""
    assert without_kept(data.draw(with_kept(value))) == value
    assert without_kept(value) is value or "schema_kept" in str(value)
