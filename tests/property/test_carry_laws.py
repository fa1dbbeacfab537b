"""The laws of carrying an edit: unknown fields stay as they were, and known fields are as they were set.

A document is what a program wrote as a real msgspec type, with fields added that it does not know; the edit is
made to the typed value that it reads back, through the same two views that a store takes of it.
"""

from enum import Enum
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from json_strategies import json_values
from muniment.schema import known
from muniment.schema.carry import Edit, carried
from muniment.schema.item_keys import Keys
from muniment.values import canonical
from muniment.values.json_value import ABSENT, same

UNKNOWN = "zz"
"""How the names of unknown fields begin: no type here has such a field."""


class Level(Enum):
    """Names of a mapping that are no text in Python."""

    LOW = "low"
    HIGH = "high"


class Limits(msgspec.Struct, omit_defaults=True, rename="camel"):
    """A nested part, written without what has its default, under other names."""

    most_of_all: int = 3
    is_hard: bool = False


class Pair(msgspec.Struct, array_like=True):
    """A part that is written as a list, with an object in it."""

    limits: Limits
    weight: int = 1


class Text(msgspec.Struct, tag="text", tag_field="as"):
    """A branch of a tagged union."""

    words: str = ""


class Number(msgspec.Struct, tag="number", tag_field="as", omit_defaults=True):
    """Another branch of it."""

    least: int = 0
    limits: Limits | None = None


class Field(msgspec.Struct):
    """An item of a list in an item of a list."""

    name: str
    form: Text | Number


class Form(msgspec.Struct, omit_defaults=True):
    """An item of a list that is told by its id."""

    id: int
    title: str = ""
    fields: list[Field] = []


class Study(msgspec.Struct, rename="camel"):
    """One of each sort of part."""

    long_title: str
    limits: Limits
    may_be: Limits | None = None
    left_out: Limits | msgspec.UnsetType = msgspec.UNSET
    forms: list[Form] = []
    lists: list[Limits] = []
    by_name: dict[str, Limits] = {}
    by_level: dict[Level, list[Limits]] = {}
    pair: Pair | None = None
    tags: set[str] = set()
    edges: set[tuple[int, int]] = set()
    blocks: tuple[Limits, ...] = ()


KNOWN = known.of_type(Study)
KEYS = Keys({"/forms": "id", "/forms/*/fields": "name"})
small = st.integers(0, 4)
limits = st.builds(Limits, small, st.booleans())
parts = st.builds(Text, st.sampled_from(["", "a"])) | st.builds(Number, small, st.none() | limits)
fields = st.lists(st.builds(Field, st.sampled_from("abc"), parts), max_size=3, unique_by=lambda field: field.name)
forms = st.lists(st.builds(Form, small, st.sampled_from(["", "a"]), fields), max_size=3, unique_by=lambda form: form.id)
pairs = st.builds(Pair, limits, small)
studies = st.builds(
    Study,
    st.sampled_from(["", "a"]),
    limits,
    st.none() | limits,
    st.just(msgspec.UNSET) | limits,
    forms,
    st.lists(limits, max_size=3),
    st.dictionaries(st.sampled_from("ab"), limits),
    st.dictionaries(st.sampled_from(Level), st.lists(limits, max_size=2)),
    st.none() | pairs,
    st.sets(st.sampled_from("abc")),
    st.sets(st.tuples(small, small), max_size=3),
    st.lists(limits, max_size=2).map(tuple),
)
unknown_values = json_values(2).map(lambda value: canonical.decode_trusted(canonical.encode(value)))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents that fit, with unknown fields anywhere, and sets in the order in which people wrote them."""
    raw = KNOWN.lean(draw(studies))
    for name in "tags", "edges":
        raw[name] = draw(st.permutations(raw[name]))
    if raw["pair"] is not None:
        raw["pair"] += draw(st.lists(st.sampled_from(["new", 1]), max_size=2))
    for place in draw(st.lists(st.sampled_from(objects(raw)), max_size=6)):
        place[UNKNOWN + draw(st.sampled_from("ab"))] = draw(unknown_values)
    return raw


def objects(value: Any, name: str = "") -> list[dict[str, Any]]:
    """Every object in a document whose fields a type declares: not the mappings, in which all is known."""
    inside = value.items() if isinstance(value, dict) else [(name, item) for item in value or ()]
    found = [value] if isinstance(value, dict) and name not in {"byName", "byLevel"} else []
    return [*found, *(one for inner, item in inside if isinstance(item, dict | list) for one in objects(item, inner))]


def typed(raw: Any) -> Study:
    """Read a document as its type."""
    return msgspec.convert(raw, Study, str_keys=True)


def after(raw: dict[str, Any], edited: Study) -> Any:
    """The document with an edit, through the views that a store takes: each in full, and as it is written."""
    edit = Edit(KNOWN.full(typed(raw)), KNOWN.full(edited), KNOWN.lean(edited))
    return carried(raw, edit, KEYS)


def unknown(value: Any) -> dict[str, Any]:
    """What an object has that no type knows."""
    return {name: item for name, item in value.items() if name.startswith(UNKNOWN)}


def by(name: str, items: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Items by the field that tells them."""
    return {item[name]: item for item in items}


@given(documents(), studies)
def test_known_fields_are_as_they_were_edited(raw, edited):
    """Whatever is unknown in it, the document reads as the value that was written."""
    assert typed(after(raw, edited)) == edited


@given(documents())
def test_no_edit_changes_nothing(raw):
    """A value that is written as it was read leaves every byte in place, however that was spelled."""
    assert same(after(raw, typed(raw)), raw)


@given(documents(), studies, studies)
def test_carrying_leaves_alone_what_it_is_given(raw, edited, other):
    """The document that is carried over is no part of the bargain: it stays as it was, and so does the answer."""
    before = canonical.encode(raw)
    result = after(raw, edited)
    assert canonical.encode(raw) == before
    text = canonical.encode(result)
    after(result, other)
    assert canonical.encode(result) == text


@given(documents(), studies)
def test_unknown_fields_of_objects_stay(raw, edited):
    """At the top, in nested objects, in those of a mapping, and in one that is written as a list."""
    result = after(raw, edited)
    assert unknown(result) == unknown(raw)
    assert unknown(result["limits"]) == unknown(raw["limits"])
    for name in "mayBe", "leftOut":
        if isinstance(raw.get(name), dict) and isinstance(result.get(name), dict):
            assert unknown(result[name]) == unknown(raw[name])
    for name in raw["byName"].keys() & result["byName"].keys():
        assert unknown(result["byName"][name]) == unknown(raw["byName"][name])
    if raw["pair"] is not None and result["pair"] is not None:
        assert unknown(result["pair"][0]) == unknown(raw["pair"][0])
        assert result["pair"][2:] == raw["pair"][2:]


@given(documents(), st.permutations(range(4)), studies, st.data())
def test_unknown_fields_follow_the_key(raw, order, other, data):
    """Items that are told by a key keep theirs, and the items in them, however they are moved, added and removed."""
    edited = typed(raw)
    edited.forms = [edited.forms[index] for index in order if index < len(edited.forms)]
    for form in edited.forms:
        form.title = data.draw(st.sampled_from(["", "b"]))
        form.fields = data.draw(fields)
    edited.forms = edited.forms[: data.draw(small)]
    there = {form.id for form in edited.forms} | {form["id"] for form in raw["forms"]}
    edited.forms += [form for form in other.forms if form.id not in there]
    result = after(raw, edited)
    assert typed(result) == edited
    old = by("id", raw["forms"])
    for identity, item in by("id", result["forms"]).items():
        assert unknown(item) == unknown(old.get(identity, {}))
        old_fields = by("name", old.get(identity, {}).get("fields", []))
        for name, field in by("name", item.get("fields", [])).items():
            was = old_fields.get(name, {"form": {}})
            assert unknown(field) == unknown(was)
            assert unknown(field["form"]) == unknown(was["form"])


@given(documents(), st.data())
def test_unknown_fields_stay_in_place_where_the_length_is_unchanged(raw, data):
    """Items without a key keep theirs by their place, whatever is set in them."""
    edited = typed(raw)
    edited.lists = data.draw(st.lists(limits, min_size=len(edited.lists), max_size=len(edited.lists)))
    edited.blocks = tuple(data.draw(limits) for _ in edited.blocks)
    result = after(raw, edited)
    assert typed(result) == edited
    for name in "lists", "blocks":
        assert [unknown(item) for item in result[name]] == [unknown(item) for item in raw[name]]


@given(documents(), st.data())
def test_items_that_stayed_equal_keep_their_unknown_fields(raw, data):
    """Where the length changed, what is still there is told by what it says, if that tells it from the others."""
    edited = typed(raw)
    raw["lists"] = [item for index, item in enumerate(raw["lists"]) if edited.lists.index(edited.lists[index]) == index]
    edited = typed(raw)
    was = dict(zip(map(known_text, edited.lists), raw["lists"], strict=True))
    kept = [item for item in data.draw(st.permutations(edited.lists)) if data.draw(st.booleans())]
    added = [Limits(5), Limits(6)][: data.draw(st.integers(0, 2))]
    edited.lists = data.draw(st.permutations([*kept, *added]))
    result = after(raw, edited)
    assert typed(result) == edited
    if len(edited.lists) != len(raw["lists"]):
        for item, now in zip(edited.lists, result["lists"], strict=True):
            assert unknown(now) == unknown(was.get(known_text(item), {}))


def known_text(value: Any) -> bytes:
    """What a part says, as a key."""
    return canonical.encode(known.of_type(type(value)).full(value))


@given(documents(), studies)
def test_an_edit_over_what_nobody_could_read_keeps_all_that_it_does_not_say(raw, edited):
    """Where the document was broken, the new value is all known, and whatever else was there is unknown."""
    raw["limits"] = {"mostOfAll": "no number", **unknown(raw["limits"])}
    result: Any = carried(raw, Edit(ABSENT, KNOWN.full(edited), KNOWN.lean(edited)), Keys({}))
    assert unknown(result) == unknown(raw)
    assert unknown(result["limits"]) == unknown(raw["limits"])
    assert result["longTitle"] == edited.long_title
