"""Governed documents by every verb that reads and writes them: typed values in and out, checked and stamped."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from muniment import DocumentExistsError, DocumentInvalidError, DocumentNotFoundError, InvalidValueError, Schema, Store
from service_versions import Service12, new, schema_12

AUTHOR = "Ada <ada@example.org>"
WEB = "services/web"


@pytest.fixture
def typed(root):
    """A new store opened with the newest schema."""
    with Store.init(root, author=AUTHOR, schemas=[schema_12()]) as made:
        yield made


@pytest.fixture
def on_disk(root):
    """Give a document's file as plain JSON."""
    return lambda name=WEB: json.loads((root / f"{name}.json").read_text())


def test_what_is_written_is_stamped_and_read_as_its_type(typed, on_disk):
    """A value of the type goes in and comes out; the file says its schema version."""
    typed.write(WEB, new(port=1))
    assert on_disk() == {
        "hostname": "a.example",
        "items": [],
        "limits": {"maximum": 10},
        "name": "web",
        "port": 1,
        "schema_version": "1.2",
        "tls": False,
    }
    found = typed.read(WEB)
    assert type(found) is Service12
    assert found == new(port=1)


def test_a_plain_object_is_written_as_well_as_a_typed_one(typed, on_disk):
    """It is checked and stamped the same way, and what it has beyond the type is kept."""
    typed.create(WEB, {"name": "web", "hostname": "h", "limits": {}, "items": [], "x-more": 1})
    assert on_disk()["schema_version"] == "1.2"
    assert on_disk()["x-more"] == 1
    assert typed.read(WEB) == new(hostname="h")


def test_only_governed_names_are_typed(typed, on_disk):
    """Documents without a schema stay plain JSON values, one folder too deep for the pattern too."""
    for name in ("other", "services/deep/er", "servicesweb"):
        typed.write(name, {"port": "any"})
        assert typed.read(name) == {"port": "any"}
        assert on_disk(name) == {"port": "any"}
        typed.write(name, [1])
        assert typed.read(name) == [1]


def test_every_way_to_read_gives_a_typed_value(typed):
    """`read`, `snapshot`, `at`, `transaction`, `edit` and `update` alike, and each value is the caller's own."""
    typed.write(WEB, new())
    typed.commit("begin")
    seen = [typed.read(WEB), typed.read(WEB, locked=True), typed.at("HEAD").read(WEB), typed.at("HEAD")[WEB]]
    with typed.snapshot() as documents:
        seen += [documents[WEB], documents.read(WEB), documents.get(WEB)]
    with typed.transaction("no change") as tx:
        seen.append(tx.read(WEB))
        tx.write("other", 1)
    with typed.edit(WEB) as web:
        seen.append(web)

    def look(web):
        seen.append(web)
        return web

    typed.update(WEB, look)
    assert [type(one) for one in seen] == [Service12] * len(seen)
    assert all(one == new() for one in seen)
    assert len({id(one) for one in seen}) == len(seen)


def test_another_type_may_be_asked_for(typed):
    """`read(name, type)` fits the document, at the program's schema version, to that type."""

    class Name(msgspec.Struct):
        name: str

    typed.write(WEB, new())
    typed.commit("begin")
    assert typed.read(WEB, Name) == Name("web")
    assert typed.at("HEAD").read(WEB, Name) == Name("web")
    assert typed.read(WEB, dict)["schema_version"] == "1.2"
    with pytest.raises(InvalidValueError):
        typed.read(WEB, 5)


FAULTS = {
    "type": ('{\n  "name": 5', "/name", (2, 11)),
    "nested": (
        '{\n  "name": "web", "items": [\n {"id": "a", "label": "A"},\n {"id": "b", "label": []}]',
        "/items/1/label",
        (4, 23),
    ),
    "missing": ('{\n  "hostname": "h"', "", (1, 1)),
}


@pytest.mark.parametrize("fault", ["type", "nested", "missing"])
def test_a_document_that_does_not_fit_is_told_with_the_place_and_the_file(typed, put, fault):
    """By all verbs that read the file: the pointer, the line, the column, the path; the file stays as it is."""
    begin, pointer, place = FAULTS[fault]
    rest = {"hostname": "h", "limits": {}, "items": [], "name": "web", "schema_version": "1.2"}
    missing = {"name"} if fault == "missing" else set()
    rest = {name: item for name, item in rest.items() if f'"{name}"' not in begin and name not in missing}
    text = begin + "," + json.dumps(rest)[1:]
    path = put(WEB, text)
    for use in (typed.read, lambda name: typed.update(name, str), lambda name: typed.edit(name).__enter__()):
        with pytest.raises(DocumentInvalidError) as raised:
            use(WEB)
        error = raised.value
        assert (error.name, error.path, error.pointer, (error.line, error.column)) == (WEB, str(path), pointer, place)
    assert path.read_text() == text


VALUES = [
    ({"name": "web"}, ""),
    ({"name": 1, "hostname": "h", "limits": {}, "items": []}, "/name"),
    ({"name": "w", "hostname": "h", "limits": {}, "items": [{"id": "a"}]}, "/items/0"),
    ({"name": "w", "hostname": "h", "limits": {}, "items": [], "schema_version": 1}, "/schema_version"),
    ([], ""),
    (None, ""),
]


@pytest.mark.parametrize(("value", "pointer"), VALUES)
def test_a_value_that_does_not_fit_is_refused(typed, on_disk, value, pointer):
    """By all verbs that write; nothing is written."""
    typed.write(WEB, new())
    typed.commit("begin")
    before = on_disk()
    writes = [
        lambda: typed.write(WEB, value),
        lambda: typed.create("services/other", value),
        lambda: typed.update(WEB, lambda _: value),
    ]
    for write in writes:
        with pytest.raises(DocumentInvalidError) as raised:
            write()
        assert (raised.value.pointer, raised.value.line) == (pointer, None)
    with pytest.raises(DocumentInvalidError), typed.transaction("no") as tx:
        tx.write(WEB, value)
    assert on_disk() == before
    assert typed.names() == [WEB]


def test_a_typed_value_that_was_broken_in_an_edit_is_refused(typed, on_disk):
    """An assignment is not checked by msgspec, but what is written is checked."""
    typed.write(WEB, new())
    with pytest.raises(DocumentInvalidError) as raised, typed.edit(WEB) as web:
        web.port = "eighty"
    assert raised.value.pointer == "/port"
    assert on_disk()["port"] == 8080
    typed.update(WEB, lambda value: value)  # and the lock is free again


def test_a_broken_file_is_mended_by_writing_it(typed, put):
    """What is no JSON, or no object, says nothing that could be lost."""
    for text in ("{ broken", "[]", "null", ' "text"'):
        put(WEB, text)
        with pytest.raises(DocumentInvalidError):
            typed.read(WEB)
        typed.write(WEB, new())
        assert typed.read(WEB) == new()


def test_existing_and_missing_documents_are_told_as_always(typed):
    """`create` of one that is there, and what reads one that is not."""
    typed.create(WEB, new())
    with pytest.raises(DocumentExistsError):
        typed.create(WEB, new())
    typed.delete(WEB)
    for use in (lambda: typed.read(WEB), lambda: typed.read_as(WEB, "1.0"), lambda: typed.explain(WEB)):
        with pytest.raises(DocumentNotFoundError):
            use()


class Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel", tag="strict", omit_defaults=True, frozen=True):
    """A type that uses what msgspec offers."""

    first_name: str
    port: int = 80
    when: datetime | None = None
    by_number: dict[int, str] = {}
    either: int | msgspec.UnsetType = msgspec.UNSET


def test_types_may_use_what_msgspec_offers(root, put, on_disk):
    """Other names, tags, times, numbers as names, left out defaults, and unknown names refused."""
    schema = Schema(Strict, kind="strict", version="1.0", names="strict")
    value = Strict("Ada", when=datetime(2026, 1, 1, tzinfo=UTC), by_number={1: "a"}, either=3)
    with Store.init(root, schemas=[schema]) as store:
        store.write("strict", value)
        stored = on_disk("strict")
        assert stored == {
            "byNumber": {"1": "a"}, "either": 3, "firstName": "Ada", "schema_version": "1.0", "type": "strict",
            "when": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        assert store.read("strict") == value
        put("strict", json.dumps({**stored, "$schema": "x.json", "port": 80}))
        store.update("strict", lambda old: msgspec.structs.replace(old, by_number={2: "b"}, either=msgspec.UNSET))
        assert on_disk("strict") == {
            "$schema": "x.json", "byNumber": {"2": "b"}, "firstName": "Ada", "port": 80, "schema_version": "1.0",
            "type": "strict", "when": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        put("strict", json.dumps({**stored, "unknown": 1}))
        with pytest.raises(DocumentInvalidError, match="unknown"):
            store.read("strict")


class Refused(Exception):  # noqa: N818 - somebody else's
    """What a program raises itself."""


class Even(msgspec.Struct):
    """A type that checks itself, and by whatever error comes up."""

    port: int

    def __post_init__(self) -> None:
        """Refuse odd ports."""
        if self.port % 2:
            raise {1: KeyError("odd"), 3: Refused("odd"), 5: ZeroDivisionError("odd")}.get(self.port, ValueError("odd"))


@pytest.mark.parametrize("port", [1, 3, 5, 7])
def test_what_the_type_itself_refuses_is_an_invalid_document(root, put, on_disk, port):
    """Whatever it raises: by all verbs that read or write, and the file stays; the cause is told."""
    with Store.init(root, author=AUTHOR, schemas=[Schema(Even, kind="even", version="1.0", names="even")]) as store:
        store.write("even", {"port": 2})
        for write in (
            lambda: store.write("even", {"port": port}),
            lambda: store.update("even", lambda _: {"port": port}),
        ):
            with pytest.raises(DocumentInvalidError, match="odd"):
                write()
        assert on_disk("even")["port"] == 2
        path = put("even", json.dumps({"port": port, "schema_version": "1.0"}))
        for use in (lambda: store.read("even"), lambda: store.update("even", str), lambda: store.commit("no")):
            with pytest.raises(DocumentInvalidError, match="odd") as raised:
                use()
            assert (raised.value.name, raised.value.path, raised.value.pointer) == ("even", str(path), "")
        assert store.status().invalid == ("even",)
        assert on_disk("even")["port"] == port
