"""`snapshot`: several working documents as of one moment."""

import threading

import pytest

from muniment import DocumentInvalidError, DocumentNotFoundError, LockTimeoutError, Store


def test_a_snapshot_is_a_mapping_of_the_working_files(store, put):
    """Names in order, values as they are now, committed or not."""
    store.write("b", 1)
    store.write("a/x", [2])
    with store.snapshot() as files:
        assert list(files) == files.names() == ["a/x", "b"]
        assert (len(files), files["b"], files.read("b", float), files.names("a/")) == (2, 1, 1.0, ["a/x"])
        assert ("b" in files, "never" in files, 1 in files) == (True, False, False)
        assert (files.get("never"), files.get("never", 3), files.get("b", 3)) == (None, 3, 1)
        with pytest.raises(DocumentNotFoundError):
            files.read("never")
        with pytest.raises(DocumentNotFoundError):
            _ = files["never"]
    put("b", "{")
    with store.snapshot() as files, pytest.raises(DocumentInvalidError):
        files.read("b")


def test_what_was_read_cannot_be_written_until_the_block_ends(store, root):
    """By any program; what was not read can."""
    for name in ("read", "other"):
        store.write(name, 1)
    store.commit("begin")
    with Store.open(root, author="Bob", lock_timeout_s=0.05) as other:
        with store.snapshot() as files:
            assert files["read"] == 1
            with pytest.raises(LockTimeoutError):
                other.write("read", 2)
            with pytest.raises(LockTimeoutError), other.transaction("no") as tx:
                tx.write("read", 2)
            other.write("other", 2)
            assert files["other"] == 2
        other.write("read", 2)


def test_two_snapshots_read_side_by_side(store, root):
    """Readers do not keep each other out."""
    store.write("web", 1)
    with Store.open(root, lock_timeout_s=0.05) as other, store.snapshot() as mine, other.snapshot() as theirs:
        assert (mine["web"], theirs["web"], other.read("web", locked=True)) == (1, 1, 1)


def test_a_snapshot_waits_for_an_editor(store, root):
    """And gives up in the end."""
    store.write("web", 1)
    with Store.open(root, lock_timeout_s=0.05) as other, store.edit("web"), other.snapshot() as files:
        with pytest.raises(LockTimeoutError) as raised:
            files.read("web")
        assert raised.value.resource == "web"


def test_a_snapshot_sees_all_of_a_transaction_or_nothing(store, root):
    """Pairs that are always written together are always read together."""
    with store.transaction("begin") as tx:
        tx.write("a", 0)
        tx.write("b", 0)

    def work():
        with Store.open(root, author="Bob", durability="os") as other:
            for number in range(1, 30):
                with other.transaction("both") as both:
                    both.write("a", number)
                    both.write("b", number)

    writer = threading.Thread(target=work)
    writer.start()
    seen = set()
    while writer.is_alive():
        with store.snapshot() as files:
            seen.add((files["a"], files["b"]))
    writer.join()
    with store.snapshot() as files:
        seen.add((files["a"], files["b"]))
    assert {a - b for a, b in seen} == {0}
    assert (29, 29) in seen


def test_a_very_large_change_waits_for_snapshots(store, root):
    """A transaction of more documents than are locked one by one is kept out as a whole."""
    with Store.open(root, author="Bob", lock_timeout_s=0.05) as other:
        with store.snapshot(), pytest.raises(LockTimeoutError), other.transaction("no") as tx:  # noqa: PT012 - its end is what raises
            for number in range(65):
                tx.write(f"doc{number}", 1)
        with other.transaction("yes") as tx:
            for number in range(65):
                tx.write(f"doc{number}", 1)
    assert len(store.names()) == 65
