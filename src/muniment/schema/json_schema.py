"""Describe a kind of document in JSON Schema, for editors and for programs that do not have its Python type.

The description admits whatever `msgspec.convert` admits, and the reserved members. It says less than the type
where JSON Schema, or msgspec's description, has no word for it: what `__post_init__` refuses, the names in a map
whose keys are no plain text, the form of a `datetime` unless `Meta(tz=True)` asks for a time zone. It says more in
three places: an enumeration's `_missing_` is not known to it, `extra_json_schema` is taken at its word, and the tag of
a Struct, which is always written, is asked for even where reading could do without.

Source: JSON Schema 2020-12, https://json-schema.org/draft/2020-12
"""

import inspect
from collections.abc import Iterator
from typing import Any

import msgspec

from muniment.errors import InvalidValueError
from muniment.schema.kept import KEPT
from muniment.schema.reserved import EDITOR
from muniment.schema.version import STAMP
from muniment.values import canonical

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DEFS = "#/$defs/"
_Schema = dict[str, Any]


def describe(type: type[msgspec.Struct], kind: str, version: str) -> _Schema:  # noqa: A002 - the word of the public interface
    """Give the JSON Schema of the documents of `kind` at the schema version `version`.

    Plain JSON, and the same for the same arguments in every process, so that its canonical bytes can be
    compared. It changes with the docstrings of the types, which become descriptions (`python -OO` has none),
    and may change with the version of msgspec, which drafts it.

    Raises:
        InvalidValueError: The reason names the type or member that cannot be described. Annotate it with
            `msgspec.Meta(extra_json_schema=...)`, or rename the member where its name is reserved.
    """
    drafted = _drafted(type)
    definitions = drafted.get("$defs", {})
    reference = drafted.get("$ref", "")
    top = definitions.get(reference.removeprefix(_DEFS), {})
    if top.get("type") != "object":
        raise InvalidValueError(
            f"{_name(type)} is no Struct that is written as a JSON object: a document has to be one"
        )
    _settle(drafted)
    described: _Schema = {
        **top,
        EDITOR: DIALECT,
        "title": f"{kind} {version}",
        "properties": _top_members(top["properties"], version),
        "required": [STAMP, *(name for name in top["required"] if name != STAMP)],
    }
    others = {name: schema for name, schema in definitions.items() if schema is not top}
    if canonical.encode(reference) in canonical.encode([described, others]):  # a tree of itself
        others[reference.removeprefix(_DEFS)] = top
    if others:
        described["$defs"] = others
    plain = canonical.decode(canonical.encode(described))
    assert isinstance(plain, dict)  # noqa: S101 - what was encoded is one
    return plain


def _drafted(type: type[msgspec.Struct]) -> _Schema:  # noqa: A002 - as above
    try:
        return msgspec.json.schema(type)
    except (TypeError, ValueError, LookupError, NameError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise InvalidValueError(f"{_name(type)} cannot be described in JSON Schema: {reason}") from error


def _name(type: object) -> str:  # noqa: A002 - as above
    return getattr(type, "__name__", repr(type))


def _top_members(members: _Schema, version: str) -> _Schema:
    """Give the members of the document itself: those of the type, and those that only the outermost object has."""
    declared = members.get(STAMP, {})
    told = {word: declared[word] for word in ("title", "description") if word in declared}
    return {EDITOR: {"type": "string"}, **members, STAMP: {**told, "type": "string", "const": version}}


def _settle(drafted: _Schema) -> None:
    """Go through all of msgspec's draft, in place: settle what differs from reading, and from process to process."""
    schemas = list(_schemas(drafted))
    has_sets = any(schema.get("uniqueItems") for schema in schemas)
    for schema in schemas:
        if "default" in schema:
            _settle_default(schema, has_sets=has_sets)
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])  # as Python does itself from 3.13 on
        if schema.get("format") == "decimal" and schema.get("type") == "string":
            schema["type"] = ["number", "string"]
    for schema in schemas:
        schema.pop("uniqueItems", None)  # read as a set, a list may name an item twice
        _admit_kept(schema)


def _schemas(schema: Any) -> Iterator[_Schema]:
    """Give every schema that msgspec drafts within `schema`, itself included; what a Meta adds stays as it is."""
    if not isinstance(schema, dict):
        return
    yield schema
    for word in ("items", "additionalProperties", "propertyNames"):
        yield from _schemas(schema.get(word))
    for word in ("prefixItems", "anyOf"):
        for one in schema.get(word, ()):
            yield from _schemas(one)
    for word in ("properties", "$defs"):
        for one in schema.get(word, {}).values():
            yield from _schemas(one)


def _settle_default(schema: _Schema, *, has_sets: bool) -> None:
    """Sort a set's default, whose order is that of hashes; drop one that may hold a set inside, or is no JSON."""
    default = schema["default"]
    try:
        canonical.encode(default)
    except InvalidValueError:
        del schema["default"]
        return
    if not has_sets or not default or not isinstance(default, (list, tuple, dict)):
        return
    if any(one.get("uniqueItems") for one in (schema, *schema.get("anyOf", ()))):
        schema["default"] = sorted(default, key=canonical.encode)
    else:
        del schema["default"]


def _admit_kept(schema: _Schema) -> None:
    """Let every object keep what a lossy migration kept in it, be it closed or a map of something else."""
    closed_or_known = schema.get("type") == "object" and "properties" in schema
    if closed_or_known and KEPT in schema["properties"]:
        told = schema.get("title", "a type")
        raise InvalidValueError(f"{told} has a member {KEPT}, which is reserved: rename it")
    if closed_or_known or isinstance(schema.get("additionalProperties"), dict):
        schema.setdefault("properties", {})[KEPT] = {"type": "object"}
