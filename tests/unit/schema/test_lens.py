"""How lenses are declared: what each takes, and what none could be."""

from typing import Any

import msgspec
import pytest

from muniment import lens as public
from muniment.errors import InvalidValueError
from muniment.schema import lens

untyped: Any = lens
"""The constructors, as a program calls them that no type checker saw."""


@pytest.mark.parametrize(
    "declare",
    [
        lambda: untyped.rename("a", "a"),
        lambda: untyped.rename("a", 5),
        lambda: untyped.rename(None, "b"),
        lambda: untyped.rename("schema_version", "b"),
        lambda: untyped.rename("a", "schema_kept"),
        lambda: untyped.rename("\ud800", "b"),
        lambda: untyped.add("$schema"),
        lambda: untyped.add("a", object()),
        lambda: untyped.add("a", float("nan")),
        lambda: untyped.add("a", {1: 2}),
        lambda: untyped.remove("a", {1: 2}),
        lambda: untyped.remove("a", optional=1),
        lambda: untyped.move("", "/a"),
        lambda: untyped.move("/", "/a"),
        lambda: untyped.move("/a", "/b/schema_kept/c"),
        lambda: untyped.move("/a~", "/b"),
        lambda: untyped.move(5, "/b"),
        lambda: untyped.wrap("a", optional="yes"),
        lambda: untyped.unwrap(["a"]),
        lambda: untyped.convert("a", ["low"]),
        lambda: untyped.convert("a", {"low": 1}, 5),
        lambda: untyped.convert("a", {"low": object()}),
        lambda: untyped.inside("a", "wrap"),
        lambda: untyped.each("a", [lens.wrap("b")]),
        lambda: untyped.each("schema_version", lens.wrap("b")),
    ],
)
def test_what_suits_no_document_is_refused_when_it_is_declared(declare):
    """Names that are no text or reserved, values that are no JSON, lenses that are none: never at the first read."""
    with pytest.raises(InvalidValueError):
        declare()


@pytest.mark.parametrize(
    "text",
    [
        '{"op":"rename","old":"schema_version","new":"b"}',
        '{"op":"rename","old":"a","new":"a"}',
        '{"op":"move","source":"","target":"/a"}',
        '{"op":"move","source":"a","target":"/b"}',
        '{"op":"move","source":"/a~2","target":"/b"}',
        '{"op":"inside","field":"a","lenses":[{"op":"wrap","field":"schema_kept"}]}',
    ],
)
def test_what_is_read_is_checked_as_what_is_declared(text):
    """A record that somebody else wrote cannot do what no declaration may."""
    with pytest.raises(InvalidValueError):
        msgspec.json.decode(text, type=lens.Lens)


def test_the_first_slash_of_a_place_may_be_left_out():
    """Both spellings are one lens."""
    assert lens.move("port", "listen/port") == lens.move("/port", "/listen/port")


def test_a_default_is_its_own():
    """What the program does with a list later changes no lens."""
    default = {"tags": ["a"]}
    one = lens.add("a", default)
    default["tags"].append("b")
    assert one == lens.add("a", {"tags": ["a"]})


def test_a_conversion_leads_back_to_the_first_of_several():
    """Unless it says itself what leads back."""
    assert untyped.convert("a", {"x": 1, "y": 1.0, "z": True}).down == ((True, "z"), (1, "x"))
    assert untyped.convert("a", {"x": 1, "y": 1}, {1: "y"}).down == ((1, "y"),)


def test_programs_import_all_constructors():
    """The public module gives each kind of lens."""
    assert {getattr(public, name) for name in public.__all__ if name != "Lens"} == {
        lens.rename, lens.add, lens.remove, lens.move, lens.wrap,
        lens.unwrap, lens.convert, lens.inside, lens.each,
    }  # fmt: skip
