"""What a schema may be declared with."""

import pickle

import msgspec
import pytest

from muniment.errors import SchemaInvalidError
from muniment.schema import lens
from muniment.schema.schema import Schema


class Service(msgspec.Struct):
    """A document."""

    name: str = ""


class Row(msgspec.Struct, array_like=True):
    """Written as a list."""

    name: str = ""


class Unreadable(msgspec.Struct):
    """A union that JSON cannot tell apart."""

    either: Service | Row | dict[str, int] | list[str]


class Opaque:
    """What JSON Schema has no word for."""


class Undescribed(msgspec.Struct):
    """A type with a field of such a sort."""

    inner: Opaque


class Keeping(msgspec.Struct):
    """A type that gives another meaning to what the steps keep."""

    schema_kept: dict[str, int] = {}


class Renaming(msgspec.Struct):
    """The same, by the name that is written."""

    kept: int = msgspec.field(name="schema_kept", default=0)


class Numbered(msgspec.Struct):
    """A type whose schema version is no text."""

    schema_version: float = 1.0


class Stamped(msgspec.Struct):
    """A type that sees the schema version."""

    schema_version: str = ""


def schema(**changed):
    """A schema with some arguments changed."""
    given = {"type": Service, "kind": "service", "version": "1.2", "names": "services/*", **changed}
    return Schema(given.pop("type"), **given)


@pytest.mark.parametrize(
    "changed",
    [
        *({"kind": kind} for kind in ("", "a/b", "../a", "con", "a\n", 5, None, b"service", " a")),
        *({"version": version} for version in ("1", "01.2", 1.2, None, "1.2.3", (1, 2))),
        *({"unversioned": version} for version in ("", 1.0, "x", "1.3", "1.10", "2.0")),
        *({"names": names} for names in ("", "/a", ["a", ""], [["a"]], 5, None, b"ab", ["a", None])),
        *({"keys": keys} for keys in ("abc", [("/a", "id")], {"a": "id"}, {"/a": 5}, {5: "id"}, 7)),
        *({"type": kind} for kind in (dict, Row, Service(), None, "Service", Unreadable, int)),
        *({"type": kind} for kind in (Undescribed, Keeping, Renaming, Numbered)),
    ],
)
def test_what_cannot_be_is_a_typed_error(changed):
    """It names the kind, and comes before any document is touched; it travels between processes whole."""
    with pytest.raises(SchemaInvalidError) as caught:
        schema(**changed)
    kind = str(changed.get("kind", "service"))
    for error in caught.value, pickle.loads(pickle.dumps(caught.value)):  # noqa: S301
        assert error.kind == kind
        assert error.reason
        assert (error.from_version, error.to_version) == (None, None)


def test_a_type_may_see_the_schema_version():
    """As text; and documents without one may be of the version itself."""
    assert schema(type=Stamped, unversioned="1.2").unversioned == "1.2"


def test_the_documents_that_it_governs():
    """One pattern, or several; a name fits whole."""
    assert schema().governs("services/web")
    assert not schema().governs("services/web/a")
    several = schema(names=(pattern for pattern in ["a", "**/b"]))
    assert [name for name in ("a", "b", "x/b", "xb", "a/x") if several.governs(name)] == ["a", "b", "x/b"]
    assert several.names == ("a", "**/b")


def test_steps_are_declared_by_decorating():
    """The function stays what it was; a second step and one that leads the wrong way are refused."""
    one = schema()

    @one.upgrade("1.0", "1.1")
    def add(raw):
        raw["a"] = 1

    assert add({}) is None
    with pytest.raises(SchemaInvalidError):
        one.upgrade("1.0", "1.1")(add)
    with pytest.raises(SchemaInvalidError):
        one.downgrade("1.0", "1.1")
    with pytest.raises(SchemaInvalidError):
        one.upgrade("1.1", "1.2")("add")
    with pytest.raises(SchemaInvalidError) as caught:
        one.lens("1.1", "1.2", [lens.wrap("a")])
    assert (caught.value.from_version, caught.value.to_version) == ("1.1", "1.2")
    one.lens("1.1", "1.2")
    assert [step.key for step in one.steps.lens_steps] == ["1.1>1.2:"]
