"""The schema version of a document: which are read, which are refused, and what becomes of each."""

import json
from typing import Any

import msgspec
import pytest

from muniment import (
    DocumentInvalidError,
    InvalidValueError,
    MigrationMissingError,
    Schema,
    SchemaInvalidError,
    SchemaMajorMismatchError,
    Store,
)
from service_versions import Limits12, Service12, new, schema_10, schema_12

AUTHOR = "Ada <ada@example.org>"
WEB = "services/web"
UNKNOWN = {
    "$schema": "../.muniment/schemas/service/1.2.schema.json",
    "hostname": "a.example",
    "items": [{"id": "a", "label": "A", "x-item": 1}, {"id": "b", "label": "B", "x-item": 2}],
    "limits": {"maximum": 1, "x-limit": [1]},
    "name": "web",
    "schema_version": "1.2",
    "x-top": {"deep": None},
}


@pytest.fixture
def typed(root):
    """A new store opened with the newest schema."""
    with Store.init(root, author=AUTHOR, schemas=[schema_12()]) as made:
        yield made


@pytest.fixture
def on_disk(root):
    """Give a document's file as plain JSON."""
    return lambda name=WEB: json.loads((root / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("stamp", "error"),
    [
        ({}, SchemaMajorMismatchError),
        ({"schema_version": "2.0"}, SchemaMajorMismatchError),
        ({"schema_version": "0.9"}, SchemaMajorMismatchError),
        ({"schema_version": "1.2.3"}, DocumentInvalidError),
        ({"schema_version": 1.2}, DocumentInvalidError),
        ({"schema_version": None}, DocumentInvalidError),
    ],
)
def test_a_version_that_nobody_knows_is_refused_and_the_file_stays(typed, put, stamp, error):
    """Another major, no version, and what is none: by every verb, blind writes too."""
    text = json.dumps({"name": "web", "hostname": "h", "limits": {}, "items": [], **stamp})
    path = put(WEB, text)
    uses = [
        lambda: typed.read(WEB),
        lambda: typed.write(WEB, new()),
        lambda: typed.update(WEB, lambda value: value),
        lambda: typed.read_as(WEB, "1.0"),
        lambda: typed.commit("no"),
    ]
    for use in uses:
        with pytest.raises(error) as raised:
            use()
        assert type(raised.value) is error
        assert raised.value.name == WEB
        if isinstance(raised.value, DocumentInvalidError) and use is not uses[3]:
            assert (raised.value.path, raised.value.pointer) == (str(path), "/schema_version")
            assert raised.value.line == 1
    assert path.read_text() == text
    assert typed.status().invalid == (WEB,)


def test_an_older_minor_without_steps_is_missing_them(root, put):
    """It is the error of its own, that tells the kind, both versions and the document."""
    schema = Schema(Service12, kind="service", version="1.2", names="services/*")
    with Store.init(root, schemas=[schema]) as store:
        put(WEB, json.dumps({**UNKNOWN, "schema_version": "1.1"}))
        with pytest.raises(MigrationMissingError) as raised:
            store.read(WEB)
    error = raised.value
    assert type(error) is MigrationMissingError
    assert (error.name, error.kind, error.from_version, error.to_version) == (WEB, "service", "1.1", "1.2")


def test_unversioned_documents_are_adopted_where_the_schema_says_so(root, put, on_disk):
    """They count as that version; reading leaves them, writing stamps them."""
    with Store.init(root, schemas=[schema_12(unversioned="1.0")]) as store:
        text = '{"name":"web","host":"h","limits":{"max":1},"items":[]}'
        path = put(WEB, text)
        assert store.read(WEB) == new(hostname="h", limits=Limits12(1))
        assert path.read_text() == text
        with store.edit(WEB) as web:
            web.tls = True
        assert on_disk()["schema_version"] == "1.2"
        assert on_disk()["hostname"] == "h"


def test_a_newer_minor_without_lenses_is_read_as_it_is(typed, put, on_disk):
    """Its new fields are unknown ones, kept; it keeps its stamp."""
    put(WEB, json.dumps({**UNKNOWN, "schema_version": "1.7"}))
    assert typed.read(WEB).hostname == "a.example"
    with typed.edit(WEB) as web:
        web.tls = True
    assert on_disk() == {**UNKNOWN, "schema_version": "1.7", "tls": True}
    assert typed.read(WEB).tls


def test_two_schemas_for_one_name_are_told(root):
    """Whichever verb meets the name first; other names go on."""

    class Other(msgspec.Struct):
        pass

    other = Schema(Other, kind="other", version="1.0", names="services/w*")
    with Store.init(root, schemas=[schema_12(), other]) as store:
        store.write("services/api", new())
        for use in (lambda: store.write(WEB, new()), lambda: store.create(WEB, new())):
            with pytest.raises(SchemaInvalidError, match="services/web") as raised:
                use()
            assert "other" in str(raised.value)
        assert store.names() == ["services/api"]


def test_what_schemas_may_not_be_is_told_before_anything_is_made(root):
    """Two of one kind, one without its list, and what is no schema."""
    wrong: list[Any] = [[schema_10(), schema_12()], schema_12(), [Service12], 5]
    for schemas in wrong:
        with pytest.raises(SchemaInvalidError):
            Store.init(root, schemas=schemas)
    assert not root.exists()


def test_read_as_needs_a_schema_and_a_version(typed):
    """Without a schema no document has a schema version."""
    typed.write("other", {})
    with pytest.raises(MigrationMissingError) as raised:
        typed.read_as("other", "1.0")
    assert (raised.value.kind, raised.value.name) == (None, "other")
    typed.write(WEB, new())
    for version in ("1", "", "v1.0", 1):
        with pytest.raises(InvalidValueError):
            typed.read_as(WEB, version)
    with pytest.raises(MigrationMissingError):
        typed.read_as(WEB, "1.9")
    with pytest.raises(SchemaMajorMismatchError):
        typed.read_as(WEB, "3.0")


def test_history_is_read_at_the_current_version_and_keeps_its_bytes(root, put):
    """`at(old).read` migrates at the same place as `read`; the commit is as it was."""
    with Store.init(root, author=AUTHOR, schemas=[schema_10()]) as before:
        put(WEB, '{"name":"web","host":"h","limits":{"max":3},"items":[],"schema_version":"1.0"}')
        first = before.commit("old")
    with Store.open(root, author=AUTHOR, schemas=[schema_12()]) as store:
        assert store.at(first.id).read(WEB) == new(hostname="h", limits=Limits12(3))
        assert store.at(first.id).read_as(WEB, "1.1")["host"] == "h"
        store.update(WEB, lambda web: msgspec.structs.replace(web, port=1))
        store.commit("new")
        assert store.at("HEAD~1").read(WEB).port == 8080
        assert store.verify().ok
        store.rollback("HEAD~1", reason="back")
        assert store.read(WEB) == new(hostname="h", limits=Limits12(3))
    with Store.open(root) as plain:
        assert plain.read(WEB)["schema_version"] == "1.0"
