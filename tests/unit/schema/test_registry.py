"""Which schema governs a document, and which lists of schemas are none."""

import msgspec
import pytest

from muniment.errors import SchemaInvalidError
from muniment.schema.registry import Registry
from muniment.schema.schema import Schema


class Any(msgspec.Struct):
    """A document."""


def schema(kind, *names):
    """A schema of a kind for some names."""
    return Schema(Any, kind=kind, version="1.0", names=names)


def test_the_one_that_governs():
    """Or none."""
    services, limits = schema("service", "services/*"), schema("limits", "**/limits")
    registry = Registry(one for one in (services, limits, services))
    assert registry.governing("services/web") is services
    assert registry.governing("a/limits") is limits
    assert registry.governing("other") is None
    assert Registry([]).governing("other") is None


def test_two_that_govern_one_document_are_an_error():
    """Each time it is asked for, and not for the others."""
    registry = Registry([schema("service", "services/*"), schema("limits", "**/limits")])
    for _ in range(2):
        with pytest.raises(SchemaInvalidError, match="services/limits") as caught:
            registry.governing("services/limits")
        assert caught.value.kind == "service"
    assert registry.governing("services/web") is not None


@pytest.mark.parametrize(
    "given", [schema("a", "a"), [Any], "schema", None, 5, [schema("a", "a"), schema("a", "b")], {"a": schema("a", "a")}]
)
def test_what_is_no_list_of_schemas_is_refused(given):
    """One schema without brackets, the type of one, and two of a kind."""
    with pytest.raises(SchemaInvalidError):
        Registry(given)
