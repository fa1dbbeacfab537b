"""Changes of many documents: one pack, few locks, the same result."""

import os

import pytest

from muniment import DirtyDocumentError, DocumentChangedError, Store
from muniment.repo.document_locks import MOST_AT_ONCE
from muniment.storage.local import MOST_LOOSE


def write_many(store, count, value=0, **options):
    """Commit that many documents in one transaction."""
    with store.transaction("many", **options) as tx:
        for number in range(count):
            tx.write(f"group{number % 7}/doc{number}", {"n": number, "value": value})
    return tx.commit


def files_in(folder):
    """The files below a folder, however deep."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("worktree", [True, False])
def test_many_objects_are_one_pack(store, root, worktree):
    """More than a few objects are stored in one file, and read from there by this program and others."""
    write_many(store, MOST_LOOSE, worktree=worktree)
    assert len(files_in(root / ".muniment" / "packs")) == 1
    assert files_in(root / ".muniment" / "objects") == []
    for reader in (store, Store.open(root)):
        assert len(reader.at("HEAD")) == MOST_LOOSE
        assert reader.at("HEAD")["group3/doc31"] == {"n": 31, "value": 0}
        report = reader.verify()
        assert (report.ok, report.packs, report.blobs) == (True, 1, MOST_LOOSE)
    reader.close()


def test_few_objects_are_single_files(store, root):
    """Just as many as are still written loose: contents, one tree node and the commit."""
    write_many(store, MOST_LOOSE - 2)
    assert len(files_in(root / ".muniment" / "objects")) == MOST_LOOSE
    assert not (root / ".muniment" / "packs").exists()


@pytest.mark.parametrize("count", [MOST_AT_ONCE, MOST_AT_ONCE + 1, 300])
def test_the_files_follow_however_many(store, root, count):
    """Below and above the number of locks that are held at once; and nothing is left open."""
    write_many(store, count)
    assert len(store.names()) == count
    assert store.status().clean
    write_many(store, count, value=1)
    assert store.read("group1/doc1") == {"n": 1, "value": 1}
    assert store.status().clean
    store.rollback("HEAD~1", reason="back")
    assert store.read("group1/doc1") == {"n": 1, "value": 0}
    assert store.status().clean
    assert os.listdir(root / ".muniment" / "local" / "tmp") == []
    assert store.verify().ok


def test_all_or_nothing_holds_for_many(store, root):
    """One edited document among many stops them all; no file has changed."""
    write_many(store, 100)
    store.write("group1/doc1", "mine")
    with pytest.raises(DirtyDocumentError) as raised:
        write_many(store, 100, value=1)
    assert raised.value.names == ("group1/doc1",)
    assert {store.read(name)["value"] for name in store.names() if name != "group1/doc1"} == {0}
    assert store.read("group1/doc1") == "mine"
    assert len(store.log()) == 1
    assert os.listdir(root / ".muniment" / "local" / "tmp") == []


def test_an_editor_that_a_large_change_overtook_is_told(store, root):
    """It held the lock of its document, which so many are not asked for: what it computed is not written."""
    write_many(store, MOST_AT_ONCE + 1)
    with pytest.raises(DocumentChangedError), store.edit("group1/doc1") as document:  # noqa: PT012 - its end is what raises
        document["value"] = "mine"
        with Store.open(root, author="Bob", lock_timeout_s=5) as other:
            write_many(other, MOST_AT_ONCE + 1, value=1)
    assert store.read("group1/doc1") == {"n": 1, "value": 1}


def test_many_documents_are_committed_from_files(store, put):
    """Written by hand, removed by hand."""
    for number in range(150):
        put(f"d{number}", str(number))
    store.commit("take them in")
    assert dict(store.at("HEAD")) == {f"d{number}": number for number in range(150)}
    for number in range(100):
        store.delete(f"d{number}")
    store.commit("fewer")
    assert len(store.at("HEAD")) == 50
    assert len(store.diff("HEAD~1", "HEAD")) == 100
    assert store.verify().ok


def test_equal_contents_are_stored_once(store):
    """A hundred documents that hold the same are one object."""
    with store.transaction("the same") as tx:
        for number in range(100):
            tx.write(f"d{number}", {"same": True})
    assert store.verify().blobs == 1


def test_a_large_document_goes_through(store):
    """Some megabytes in one file."""
    value = {f"name {number}": "x" * 1000 for number in range(3000)}
    store.write("large", value)
    store.commit("large")
    assert store.at("HEAD")["large"] == store.read("large") == value
