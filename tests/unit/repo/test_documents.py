"""Working documents by their verbs: read, write, create, update, delete, exists."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from muniment import (
    DocumentExistsError,
    DocumentInvalidError,
    DocumentNotFoundError,
    NotAStoreError,
)


class Service(msgspec.Struct):
    """A type to read and write a document as."""

    name: str
    port: int = 80


def test_what_is_written_is_read(store, root):
    """A value comes back equal; the file is sorted, indented, and ends with a line feed."""
    store.write("services/web", {"port": 80, "name": "web", "tags": []})
    assert store.read("services/web") == {"name": "web", "port": 80, "tags": []}
    text = (root / "services" / "web.json").read_text()
    assert text == '{\n  "name": "web",\n  "port": 80,\n  "tags": []\n}\n'


@pytest.mark.parametrize(
    "value",
    [None, True, 0, "", [], {}, -1.5, "é\U0001f600\u0000", 10**40, -(10**40), {"": {"/~": [[[]]]}}, 2**53 + 1, 1e-7],
)
def test_every_json_value_survives(store, value):
    """On its way into a file, out of it, into history and out of that."""
    store.write("web", value)
    assert store.read("web") == value
    store.commit("take it in")
    assert store.at("HEAD")["web"] == value
    assert type(store.at("HEAD")["web"]) is type(value)


def test_a_whole_float_becomes_an_integer(store, root):
    """`1.0` is `1`, in the file and in history, and so no change against it."""
    store.write("web", {"a": 1.0, "b": -0.0, "c": 1e21})
    assert (root / "web.json").read_text() == '{\n  "a": 1,\n  "b": 0,\n  "c": 1e+21\n}\n'
    store.commit("take it in")
    (root / "web.json").write_text('{"a": 1.0, "b": 0e5, "c": 1000000000000000000000.0}')
    assert store.status().clean
    assert type(store.at("HEAD")["web"]["a"]) is int


def test_structs_are_written_and_read(store):
    """What msgspec can turn into JSON is a value; a type asks for it back."""
    store.write("web", Service("web"))
    assert store.read("web") == {"name": "web", "port": 80}
    assert store.read("web", Service) == Service("web", 80)
    assert store.read("web", dict[str, str | int]) == {"name": "web", "port": 80}
    store.write("when", datetime(2026, 1, 1, tzinfo=UTC))
    assert store.read("when") == "2026-01-01T00:00:00Z"


def test_a_type_that_does_not_fit_is_told_with_the_place(store):
    """The document's name, the pointer of the fault, and its line and column in the file, which is named too."""
    store.write("web", {"name": "web", "port": "eighty"})
    with pytest.raises(DocumentInvalidError) as raised:
        store.read("web", Service)
    assert (raised.value.name, raised.value.pointer) == ("web", "/port")
    assert str(raised.value) == (
        f"web: Expected `int`, got `str` at /port (line 3, column 11); mend {raised.value.path} and retry"
    )


FAULTS = {
    "type": (b'{\n  "x": [{}, "port"],\n  "name": "web", "port":\t"eighty"\n}', "/port", (3, 26)),
    "missing": (b'\n\n {"port": 80}', "", (3, 2)),
    "no object": (b"\r\n [80]", "", (2, 2)),
    "twice": (b'{"name": "web",\r  "x": 1, "x": 2}', "/x", (2, 11)),
}


@pytest.mark.parametrize(("text", "pointer", "line_and_column"), FAULTS.values(), ids=FAULTS)
def test_a_hand_edit_that_does_not_fit_is_told_by_line_and_column(store, root, text, pointer, line_and_column):
    """The first time, and when the text is known to be JSON; what is missing, by the object that lacks it."""
    store.write("web", Service("web"))
    (root / "web.json").write_bytes(text)
    for _ in range(2):
        with pytest.raises(DocumentInvalidError) as raised:
            store.read("web", Service)
        error = raised.value
        assert (error.pointer, (error.line, error.column)) == (pointer, line_and_column)
        assert "line {}, column {}".format(*line_and_column) in str(error)
        assert "byte" not in str(error)


REFUSED = {
    "nan": ({"a": [float("nan")]}, "/a/0"),
    "infinity": ({"a~/": float("-inf")}, "/a~0~1"),
    "surrogate": ({"a": "\ud800"}, "/a"),
    "surrogate in a name": ({"a": {"\ud800": 1}}, None),
    "integer name": ({"a": {1: 2}}, "/a"),
    "no JSON": ({"a": object()}, "/a"),
    "deep": (None, None),
}


@pytest.mark.parametrize(("value", "pointer"), REFUSED.values(), ids=REFUSED)
def test_a_value_that_cannot_be_stored_is_refused_with_the_place(store, root, value, pointer):
    """By every verb that writes; nothing is written, and the old document stays."""
    if value is None:
        for _ in range(201):
            value = [value]
    store.write("web", "old")
    writes = [
        lambda: store.write("web", value),
        lambda: store.create("new", value),
        lambda: store.update("web", lambda _: value),
    ]
    for write in writes:
        with pytest.raises(DocumentInvalidError) as raised:
            write()
        if pointer is not None:
            assert raised.value.pointer == pointer
        assert (raised.value.line, raised.value.column) == (None, None)
    with pytest.raises(DocumentInvalidError), store.transaction("no") as tx:
        tx.write("web", value)
    assert store.read("web") == "old"
    assert store.names() == ["web"]


def test_cyclic_values_are_refused(store):
    """A list that holds itself is nested without end."""
    value: list[object] = []
    value.append(value)
    with pytest.raises(DocumentInvalidError):
        store.write("web", value)


def test_a_document_is_created_once(store):
    """`create` refuses one that is there, valid or not, and leaves it."""
    store.create("web", 1)
    with pytest.raises(DocumentExistsError) as raised:
        store.create("web", 2)
    assert raised.value.name == "web"
    assert store.read("web") == 1


def test_an_invalid_file_is_in_the_way_of_create_and_can_be_overwritten(store, put):
    """`write` is how it is mended; until then it exists and cannot be read."""
    put("web", "{ broken")
    assert store.exists("web")
    with pytest.raises(DocumentExistsError):
        store.create("web", 1)
    with pytest.raises(DocumentInvalidError) as raised:
        store.read("web")
    assert (raised.value.offset, raised.value.line, raised.value.column) == (2, 1, 3)
    assert raised.value.path == f"{store.path}/web.json"
    store.write("web", 1)
    assert store.read("web") == 1


def test_what_is_not_there_is_told(store):
    """By each verb that needs a document."""
    uses = [
        lambda: store.read("web"),
        lambda: store.update("web", str),
        lambda: store.edit("web").__enter__(),
        lambda: store.delete("web"),
    ]
    for use in uses:
        with pytest.raises(DocumentNotFoundError) as raised:
            use()
        assert raised.value.name == "web"
    assert not store.exists("web")


def test_update_gives_the_new_value(store):
    """The function gets the old value, the caller the new one."""
    store.write("count", 1)
    assert store.update("count", lambda old: old + 1) == 2
    assert store.read("count") == 2


def test_in_a_store_that_was_deleted_nothing_is_made(store, root):
    """A verb that writes does not bring half a store back."""
    store.write("web", {"a": 1})
    shutil.rmtree(root)
    uses = [
        lambda: store.write("web", 1),
        lambda: store.create("new", 1),
        lambda: store.update("web", str),
        lambda: store.delete("web"),
        lambda: store.commit("no"),
        lambda: store.edit("web").__enter__(),
    ]
    for use in uses:
        with pytest.raises(NotAStoreError):
            use()
    with pytest.raises(NotAStoreError), store.transaction("no") as tx:
        tx.write("web", 1)
    assert not Path(root).exists()


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_permissions_are_kept_by_all_that_replace_a_file(store, root, mode):
    """Writing, editing, transactions and rolling back."""
    path = root / "web.json"
    store.write("web", {"n": 0})
    store.commit("begin")
    path.chmod(mode)
    store.write("web", {"n": 1})
    with store.edit("web") as web:
        web["n"] = 2
    store.commit("go on")
    with store.transaction("more") as tx:
        tx.write("web", {"n": 3})
    store.rollback("HEAD~1", reason="back")
    assert json.loads(path.read_text()) == {"n": 2}
    assert path.stat().st_mode & 0o777 == mode
