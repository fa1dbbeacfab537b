"""What a type does not know of a document stays, whoever writes it and however."""

import json
import math

import msgspec
import pytest

from muniment import DirtyDocumentError, DocumentChangedError, DocumentInvalidError, Schema, Store
from service_versions import Item12, Limits12, new, schema_12

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


def fields_of(value):
    """Change each known field of a service of which the rest must stay."""
    value.hostname = "b.example"
    value.tls = True
    value.limits.maximum = 2
    value.items[0].label = "changed"


def by_edit(store):
    """In place."""
    with store.edit(WEB) as web:
        fields_of(web)


def by_update(store):
    """By a function that gives another value."""

    def changed(web):
        fields_of(web)
        return msgspec.structs.replace(web)

    store.update(WEB, changed)


def by_write(store):
    """By a value that was read."""
    web = store.read(WEB)
    fields_of(web)
    store.write(WEB, web)


def by_new_value(store):
    """By a value that was never read."""
    items = [Item12("a", "changed"), Item12("b", "B")]
    store.write(WEB, new(hostname="b.example", tls=True, limits=Limits12(2), items=items))


def in_transaction(store):
    """In a transaction, in place."""
    with store.transaction("change") as tx, tx.edit(WEB) as web:
        fields_of(web)


def blindly_in_transaction(store):
    """In a transaction that never read it."""
    web = store.read(WEB)
    fields_of(web)
    with store.transaction("change") as tx:
        tx.write(WEB, web)


def twice_in_transaction(store):
    """In a transaction, in two steps, the second on top of the first."""
    with store.transaction("change") as tx:
        tx.update(WEB, lambda web: msgspec.structs.replace(web, hostname="b.example"))
        with tx.edit(WEB) as web:
            fields_of(web)


WRITES = [by_edit, by_update, by_write, by_new_value, in_transaction, blindly_in_transaction, twice_in_transaction]


@pytest.mark.parametrize("change", WRITES, ids=lambda function: function.__name__)
def test_what_the_type_does_not_know_survives_every_write(typed, put, on_disk, change):
    """At the top, in nested objects, in the items of lists; `$schema` is kept too."""
    put(WEB, json.dumps(UNKNOWN))
    typed.commit("by hand")
    change(typed)
    assert on_disk() == {
        **UNKNOWN,
        "hostname": "b.example",
        "items": [{"id": "a", "label": "changed", "x-item": 1}, {"id": "b", "label": "B", "x-item": 2}],
        "limits": {"maximum": 2, "x-limit": [1]},
        "tls": True,
    }


def test_items_are_told_by_their_key(typed, put, on_disk):
    """What the type does not know of an item moves and goes with it; a new item has nothing of another's."""
    put(WEB, json.dumps(UNKNOWN))
    with typed.edit(WEB) as web:
        web.items = [Item12("c", "C"), web.items[1]]
    assert on_disk()["items"] == [{"id": "c", "label": "C"}, {"id": "b", "label": "B", "x-item": 2}]


def test_a_transaction_keeps_what_it_was_given_itself(typed, on_disk):
    """An unknown field that it wrote is still there after it changed a known one."""
    with typed.transaction("begin") as tx:
        tx.write(WEB, {"name": "web", "hostname": "h", "limits": {}, "items": [], "x-more": 1})
        tx.update(WEB, lambda web: msgspec.structs.replace(web, hostname="b.example"))
    assert (on_disk()["x-more"], on_disk()["hostname"]) == (1, "b.example")


@pytest.mark.parametrize("verb", ["create", "write"])
def test_a_document_made_anew_in_a_transaction_has_nothing_of_the_deleted_one(typed, put, on_disk, verb):
    """It was deleted with all that it held, as it is outside of transactions."""
    put(WEB, json.dumps(UNKNOWN))
    typed.commit("by hand")
    with typed.transaction("anew") as tx:
        tx.delete(WEB)
        getattr(tx, verb)(WEB, new(name="fresh"))
        assert tx.read(WEB) == new(name="fresh")
    assert "x-top" not in on_disk()
    assert typed.at("HEAD").read(WEB, dict) == on_disk()


def test_an_edit_that_changes_nothing_writes_nothing(typed, put, root):
    """Neither what was formatted by hand, nor a document of an older schema version."""
    texts = {WEB: json.dumps(UNKNOWN), "services/old": '{"name":"o","host":"h","limits":{},"items":[]}'}
    texts["services/old"] = texts["services/old"][:-1] + ',"schema_version":"1.0"}'
    put(WEB, texts[WEB])
    put("services/old", texts["services/old"].replace('"limits":{}', '"limits":{"max":1}'))
    texts["services/old"] = texts["services/old"].replace('"limits":{}', '"limits":{"max":1}')
    for name, text in texts.items():
        with typed.edit(name):
            pass
        typed.update(name, lambda value: value)
        assert (root / f"{name}.json").read_text() == text


def test_an_invalid_document_is_mended_by_writing_it_and_keeps_what_is_unknown(typed, put, on_disk):
    """Its known fields are replaced, whatever they were; the others stay."""
    put(WEB, json.dumps({**UNKNOWN, "name": 5, "limits": "none"}))
    typed.write(WEB, new())
    assert typed.read(WEB) == new()
    assert on_disk()["x-top"] == UNKNOWN["x-top"]


def test_a_hand_edit_meanwhile_stays(typed, put):
    """An edit of a file that somebody replaced during the block is refused, and theirs stays."""
    typed.write(WEB, new())
    path = put(WEB, json.dumps({**UNKNOWN, "x-top": 0}))
    with pytest.raises(DocumentChangedError), typed.edit(WEB) as web:  # noqa: PT012 - its end is what raises
        web.tls = True
        put(WEB, json.dumps(UNKNOWN))
    assert json.loads(path.read_text()) == UNKNOWN


def test_a_transaction_refuses_a_document_edited_by_hand(typed, put):
    """What is not committed yet would be lost."""
    typed.write(WEB, new())
    typed.commit("begin")
    path = put(WEB, json.dumps(UNKNOWN))
    with pytest.raises(DirtyDocumentError), typed.transaction("no") as tx:
        tx.write(WEB, new(port=1))
    assert json.loads(path.read_text()) == UNKNOWN


class Point(msgspec.Struct, array_like=True):
    """A type that is written as a list."""

    x: int
    y: int


class Box(msgspec.Struct):
    """A type within others."""

    size: int = 1


class Drawing(msgspec.Struct):
    """A type that holds others in every way."""

    points: list[Point] = []
    named: dict[str, Point] = {}
    boxes: dict[str, Box] = {}
    best: Box | None = None
    queue: list[Box] = []


def test_it_stays_in_mappings_and_in_types_written_as_lists_too(root, put, on_disk):
    """And goes with what is deleted; items without a key are told by what stayed equal where the length changed."""
    with Store.init(root, schemas=[Schema(Drawing, kind="drawing", version="1.0", names="drawing")]) as store:
        put("drawing", json.dumps({
            "points": [[1, 2, "x"], [3, 4, "y"]],
            "named": {"a": [1, 2, {"k": 1}]},
            "boxes": {"a": {"size": 1, "x": 1}, "b": {"size": 2, "x": 2}},
            "best": {"x": 5},
            "queue": [{"size": 1, "x": 1}, {"size": 2, "x": 2}, {"size": 3, "x": 3}],
            "schema_version": "1.0",
        }))  # fmt: skip
        with store.edit("drawing") as drawing:
            drawing.points[0].x = drawing.named["a"].y = 9
            drawing.named["b"] = Point(0, 0)
            del drawing.boxes["a"]
            drawing.boxes["b"].size = 6
            drawing.best.size = 7
            drawing.queue.pop(0)
        assert on_disk("drawing") == {
            "points": [[9, 2, "x"], [3, 4, "y"]],
            "named": {"a": [1, 9, {"k": 1}], "b": [0, 0]},
            "boxes": {"b": {"size": 6, "x": 2}},
            "best": {"size": 7, "x": 5},
            "queue": [{"size": 2, "x": 2}, {"size": 3, "x": 3}],
            "schema_version": "1.0",
        }


@pytest.mark.parametrize("tags", [None, {"a"}], ids=["plain", "with a set"])
def test_what_is_no_number_is_no_null(root, tags):
    """NaN is refused with its place, also where the type would take null for it."""

    class Measured(msgspec.Struct):
        """A number or none."""

        value: float | None
        tags: set[str] | None = None

    class Plain(msgspec.Struct):
        """The same, at msgspec's speed."""

        value: float | None

    kind = Plain if tags is None else Measured
    with Store.init(root, schemas=[Schema(kind, kind="measured", version="1.0", names="*")]) as store:
        with pytest.raises(DocumentInvalidError) as raised:
            store.write("one", Plain(math.nan) if tags is None else Measured(math.nan, tags))
        assert raised.value.pointer == "/value"
        assert not store.exists("one")
