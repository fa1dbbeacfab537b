"""`edit` and the locks of documents: a whole cycle of reading and writing, in which nobody comes in between."""

import threading
from pathlib import Path

import pytest

from muniment import (
    DocumentChangedError,
    DocumentInvalidError,
    LockTimeoutError,
    Store,
)


def test_an_edit_is_written_when_the_block_ends(store):
    """Not before; and one that raises is not written at all."""
    store.write("web", {"port": 1})
    with store.edit("web") as web:
        web["port"] = 2
        assert store.read("web") == {"port": 1}
    assert store.read("web") == {"port": 2}
    with pytest.raises(ZeroDivisionError), store.edit("web") as web:
        web["port"] = 1 / 0
    with pytest.raises(ZeroDivisionError), store.edit("web") as web:  # noqa: PT012 - its end is what raises
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
        with pytest.raises((DocumentChangedError, DocumentInvalidError)), store.edit("web") as web:  # noqa: PT012 - its end is what raises
            web["port"] = 2
            path = put("web", theirs)
        assert path.read_text() == theirs
        store.write("web", {"port": 1})
    with pytest.raises(DocumentChangedError), store.edit("web") as web:  # noqa: PT012 - its end is what raises
        web["port"] = 2
        Path(f"{store.path}/web.json").unlink()
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
