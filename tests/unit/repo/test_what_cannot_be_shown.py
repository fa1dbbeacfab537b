"""A change in the journal harms nobody, even where the system keeps one of its documents from being shown."""

import errno
import os
import shutil

import pytest

from muniment import MalformedError, StorageError, Store
from muniment.files import disk
from muniment.storage import checkpoint, local


def write_both(store):
    """Write a document whose place is taken, and one whose place is free."""
    with store.transaction("both") as tx:
        tx.write("dir", 1)
        tx.write("other", 2)


def test_a_folder_in_the_place_of_a_document_is_refused_before_the_commit_point(tmp_path):
    """Nothing is committed, and other documents can be."""
    store = Store.init(tmp_path / "store", author="Ada")
    (tmp_path / "store" / "dir.json").mkdir()
    with pytest.raises(StorageError):
        write_both(store)
    assert store.log() == []
    with store.transaction("one") as tx:
        tx.write("other", 2)
    assert store.status().clean


def test_a_document_that_cannot_be_shown_keeps_no_other_from_it(tmp_path, monkeypatch):
    """The commit stands, the other documents are shown, that one shows as removed, and writers go on."""
    store = Store.init(tmp_path / "store", author="Ada")
    replace = disk.replace

    def refuse(source, target):
        if target.endswith("/b.json"):
            raise PermissionError(errno.EACCES, "no", target)
        replace(source, target)

    monkeypatch.setattr(disk, "replace", refuse)
    with store.transaction("three") as tx:
        for name in ("a", "b", "c"):
            tx.write(name, 1)
    assert [commit.message for commit in store.log()] == ["three"]
    with store.transaction("more", worktree=False) as tx:
        tx.write("d", 2)
    assert (store.read("a"), store.read("c"), store.status().removed) == (1, 1, ("b", "d"))
    monkeypatch.undo()
    with Store.open(store.path, author="Bob") as other:
        other.write("e", 3)
        other.commit("and on", names=["e"])
        assert other.verify().ok


def test_deleted_heads_are_no_fresh_start(tmp_path):
    """A store whose refs are gone says so; it never begins a second history beside the first."""
    store = Store.init(tmp_path / "store", author="Ada")
    store.write("a", 1)
    store.commit("first")
    shutil.rmtree(tmp_path / "store" / ".muniment" / "refs")
    for verb in (store.log, store.status, lambda: store.commit("second", allow_empty=True)):
        with pytest.raises(MalformedError, match="refs"):
            verb()
    assert "head-invalid" in [finding.code for finding in store.verify().findings]


def test_a_record_of_a_newer_program_is_told(tmp_path):
    """A whole record that this program cannot read is an error of ours, in every verb, and a finding."""
    store = Store.init(tmp_path / "store", author="Ada")
    store.write("a", 1)
    store.commit("first")
    journal = store._parts.storage._journal
    journal.pending()
    journal.append(b"\x93\x01\x02\x03")
    with Store.open(store.path, author="Bob") as other:
        with pytest.raises(MalformedError):
            other.commit("second", allow_empty=True)
        assert [finding.code for finding in other.verify().findings] == ["journal-damaged"]


def test_a_checkpoint_that_failed_before_a_write_is_not_forgotten(tmp_path, monkeypatch):
    """The write is refused; and a second try does not take the records for durable."""
    store = Store.init(tmp_path / "store", author="Ada")
    with store.transaction("one") as tx:
        tx.write("a", 1)

    def fail(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(local, "make_durable", fail)
    with pytest.raises(StorageError):
        store.write("b", 2)
    monkeypatch.setattr(local, "make_durable", checkpoint.make_durable)
    assert not store._parts.storage.is_settled()
    with Store.open(store.path, author="Bob") as other:
        assert other.log()[0].message == "one"
        other.write("b", 2)
        assert other.verify().ok


def test_the_commit_that_is_given_is_the_one_that_is_stored(tmp_path):
    """Its `meta` is as everybody else reads it, and no part of it is the caller's own."""
    store = Store.init(tmp_path / "store", author="Ada")
    tags = ["x"]
    meta = {"ratio": 1.0, "tags": tags}
    made = store.commit("first", allow_empty=True, meta=meta)
    tags.append("y")
    with Store.open(store.path) as other:
        assert other.log() == [made]
    assert len({made, *store.log()}) == 1
