"""Working documents by their verbs: read, write, create, update, edit, delete, names, exists."""

import json
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from muniment import (
    DocumentChangedError,
    DocumentExistsError,
    DocumentInvalidError,
    DocumentNotFoundError,
    InvalidNameError,
    LockTimeoutError,
    NotAStoreError,
    Store,
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
    "value", [None, True, 0, "", [], {}, -1.5, "é\U0001f600\u0000", 10**40, -(10**40), {"": {"/~": [[[]]]}}, 2**53 + 1, 1e-7]
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
    """The document's name and the pointer of the fault."""
    store.write("web", {"name": "web", "port": "eighty"})
    with pytest.raises(DocumentInvalidError) as raised:
        store.read("web", Service)
    assert (raised.value.name, raised.value.pointer) == ("web", "/port")


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
        lambda: store.update("web", lambda old: value),
    ]
    for write in writes:
        with pytest.raises(DocumentInvalidError) as raised:
            write()
        if pointer is not None:
            assert raised.value.pointer == pointer
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


BAD_NAMES = ["", "..", "../web", "/web", "a//b", ".hidden", "a/.git/b", "con", "a:b", "a\\b", "web.json", "x" * 201, "a\0b"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_be_is_refused_by_every_verb(store, root, name):
    """Before anything is looked up or made, inside the store or beside it."""
    store.write("good", 1)
    commit = store.commit("begin")
    before = visible(root)
    uses = [
        lambda: store.read(name),
        lambda: store.write(name, 1),
        lambda: store.create(name, 1),
        lambda: store.update(name, str),
        lambda: store.edit(name).__enter__(),
        lambda: store.delete(name),
        lambda: store.exists(name),
        lambda: store.history(name),
        lambda: store.log(name=name),
        lambda: store.diff(names=[name]),
        lambda: store.commit("no", names=[name]),
        lambda: store.rollback(commit.id, names=[name], reason="no"),
    ]
    for use in uses:
        with pytest.raises(InvalidNameError):
            use()
    for verb in ("read", "delete", "exists"):
        with pytest.raises(InvalidNameError), store.transaction("no") as tx:
            getattr(tx, verb)(name)
    with pytest.raises(InvalidNameError), store.transaction("no") as tx:
        tx.write(name, 1)
    with store.snapshot() as snapshot, pytest.raises(InvalidNameError):
        snapshot.read(name)
    assert visible(root) == before


def visible(root):
    """All that lies in and beside the store, but for its own locks."""
    return sorted(path for path in root.parent.rglob("*") if path.suffix != ".lock")


@pytest.mark.parametrize("name", ["é/ü", "日本/東京", "a b", "x" * 200, "web", "UPPER", "a.b.c", "-", "json", "\U0001f600"])
def test_unicode_and_odd_names_work(store, name):
    """A document of such a name goes through every verb."""
    store.write(name, 1)
    assert store.names() == [name]
    store.commit("begin")
    store.update(name, lambda old: old + 1)
    assert [change.name for change in store.diff()] == [name]
    store.commit("go on")
    assert store.at("HEAD~1")[name] == 1
    assert [version.change for version in store.history(name)] == ["updated", "created"]
    store.rollback("HEAD~1", reason="back")
    assert store.read(name) == 1
    store.delete(name)
    assert store.names() == []
    assert store.status().removed == (name,)


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
    assert raised.value.offset == 2
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


def test_an_edit_is_written_when_the_block_ends(store):
    """Not before; and one that raises is not written at all."""
    store.write("web", {"port": 1})
    with store.edit("web") as web:
        web["port"] = 2
        assert store.read("web") == {"port": 1}
    assert store.read("web") == {"port": 2}
    with pytest.raises(ZeroDivisionError), store.edit("web") as web:
        web["port"] = 1 / 0
    with pytest.raises(ZeroDivisionError), store.edit("web") as web:
        web["port"] = 3
        _ = 1 / 0
    assert store.read("web") == {"port": 2}
    with store.edit("web"):
        pass


def test_an_edit_that_changes_nothing_leaves_the_file(store, put):
    """A file that a person formatted keeps its bytes and its time."""
    path = put("web", '{ "port":   1 }')
    before = path.stat()
    with store.edit("web") as web:
        web["port"] = 1.0
    assert path.read_text() == '{ "port":   1 }'
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_an_edit_that_was_overtaken_writes_nothing(store, put):
    """Somebody without our locks replaced the file meanwhile: theirs stays."""
    store.write("web", {"port": 1})
    for theirs in ('{"port": 9}', "{ broken"):
        with pytest.raises((DocumentChangedError, DocumentInvalidError)), store.edit("web") as web:
            web["port"] = 2
            path = put("web", theirs)
        assert path.read_text() == theirs
        store.write("web", {"port": 1})
    with pytest.raises(DocumentChangedError), store.edit("web") as web:
        web["port"] = 2
        path.unlink()
    assert not store.exists("web")


def test_reformatting_meanwhile_does_not_overtake_an_edit(store, put):
    """The file was written anew with the same content: the edit goes on from just that."""
    store.write("web", {"port": 1})
    with store.edit("web") as web:
        web["port"] = 2
        put("web", '{"port":1}')
    assert store.read("web") == {"port": 2}


def test_an_editor_keeps_others_from_its_document_only(root, store):
    """Another program waits for the document that is edited; other documents and bare reads are free."""
    store.write("web", {"port": 1})
    store.write("api", {"port": 1})
    with Store.open(root, lock_timeout_s=0.05) as other, store.edit("web"):
        for use in (
            lambda: other.write("web", 2),
            lambda: other.update("web", str),
            lambda: other.delete("web"),
            lambda: other.read("web", locked=True),
        ):
            with pytest.raises(LockTimeoutError) as raised:
                use()
            assert raised.value.resource == "web"
            assert "process" in str(raised.value.holder)
        assert other.read("web") == {"port": 1}
        other.write("api", 2)
        assert other.read("api", locked=True) == 2


def test_a_thread_that_edits_reads_its_own_document(store):
    """`locked=True` inside an edit of the same thread does not wait for itself; a write is refused at once."""
    store.write("web", {"port": 1})
    with store.edit("web"):
        assert store.read("web", locked=True) == {"port": 1}
        with pytest.raises(LockTimeoutError):
            store.write("web", 2)
    store.write("web", 3)


def test_no_update_is_lost_between_threads(store):
    """Each sees what the one before wrote."""
    store.write("count", 0)

    def work():
        for _ in range(10):
            store.update("count", lambda old: old + 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read("count") == 40


def test_names_are_listed_in_order(store):
    """All, or those with a prefix, which may end anywhere."""
    for name in ("b", "a/2", "a/1", "a", "ab"):
        store.write(name, 0)
    assert store.names() == ["a", "a/1", "a/2", "ab", "b"]
    assert store.names("a/") == ["a/1", "a/2"]
    assert store.names("a") == ["a", "a/1", "a/2", "ab"]
    assert store.names("zzz") == []


@pytest.mark.parametrize("name", ["Web", "services/API", "Services/new", "STRASSE"])
def test_names_that_differ_by_case_only_are_refused(store, name):
    """By writing files and by committing without them."""
    for known in ("web", "services/api", "straße"):
        store.write(known, 1)
    store.commit("begin")
    for write in (store.write, store.create):
        with pytest.raises(InvalidNameError, match="case"):
            write(name, 2)
    for worktree in (True, False):
        with pytest.raises(InvalidNameError, match="case"), store.transaction("no", worktree=worktree) as tx:
            tx.write(name, 2)
    assert store.status().clean
    assert len(store.log()) == 1


def test_two_spellings_in_one_transaction_are_refused(store):
    """Neither is there yet, and they would hide each other."""
    for worktree in (True, False):
        with pytest.raises(InvalidNameError, match="case"), store.transaction("no", worktree=worktree) as tx:
            tx.write("new/web", 1)
            tx.write("New/api", 2)
    assert store.names() == []


def test_a_name_may_change_its_spelling_in_two_steps(store):
    """Once the old one is gone from the head, nothing is in the way of the new one."""
    store.write("web", 1)
    store.commit("begin")
    with store.transaction("remove", worktree=False) as tx:
        tx.delete("web")
    with store.transaction("rename", worktree=False) as tx:
        tx.write("WEB", 1)
    assert store.at("HEAD").names() == ["WEB"]


def test_two_spellings_made_by_hand_are_not_committed(store, put, root):
    """Also where only one of them is named."""
    put("web", "1")
    store.commit("begin")
    put("WEB", "2")
    if len(list(root.glob("*.json"))) < 2:
        pytest.skip("this file system takes the two for one")
    assert len(store.status().invalid) == 1
    with pytest.raises(InvalidNameError, match="case"):
        store.commit("all")
    with pytest.raises(InvalidNameError, match="case"):
        store.commit("one", names=["WEB"])


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
