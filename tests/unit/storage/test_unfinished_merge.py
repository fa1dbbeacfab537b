"""The file that notes a merge under way, and the changes that write it."""

from pathlib import Path

import pytest

from muniment.files import disk
from muniment.storage.change import Change, Replacement, decode_change, encode_change
from muniment.storage.local import LocalStorage
from muniment.storage.unfinished_merge import UnfinishedMergeFile
from muniment.values import canonical
from muniment.values.ids import BlobId
from muniment.values.names import document_name


@pytest.fixture
def noted(layout):
    """The note of an empty store."""
    return UnfinishedMergeFile(layout)


def test_there_is_none_where_no_merge_is_under_way(noted, layout):
    """Also where this copy has no folder of its own yet."""
    assert noted.get() is None
    noted.apply(b"")
    assert noted.get() is None
    assert not Path(layout.local).exists()


def test_it_is_written_replaced_and_removed(noted, layout):
    """As often as that is applied: a change may be made again by whoever finishes it."""
    for data in (b"one", b"one", b"two"):
        noted.apply(data)
        assert noted.get() == data
    for _ in range(2):
        noted.apply(b"")
        assert noted.get() is None
    assert list(Path(layout.temporary).iterdir()) == []


def test_a_change_says_what_becomes_of_it():
    """None leaves it; the journal tells that from nothing, and keeps the bytes of files."""
    for merge in (None, b"", b"note"):
        change = Change([], [], [], [], [], b"", merge=merge, texts={document_name("a"): b"\xff"})
        assert decode_change(encode_change(change)) == change


@pytest.fixture
def storage(layout, monkeypatch):
    """An open storage in which nobody waits for the disk."""
    monkeypatch.setattr(disk, "fsync", lambda _: None)
    monkeypatch.setattr(disk, "fdatasync", lambda _: None)
    Path(layout.local).mkdir()
    Path(layout.format).write_text("{}")
    made = LocalStorage(layout, sync=True)
    yield made
    made.close()


def commit(storage, **fields):
    """Make a change of these fields."""
    with storage.exclusive(1.0):
        storage.commit(Change([], [], [], fields.pop("replacements", []), [], b"", **fields))


def test_a_change_writes_the_note_and_later_ones_leave_it(storage):
    """Until one says that the merge is over."""
    commit(storage, merge=b"note")
    commit(storage)
    assert storage.unfinished.get() == b"note"
    commit(storage, merge=b"")
    assert storage.unfinished.get() is None


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (b'{"a":1}', b'{"a":1}'),
        (b'{ "a" : 1.0 }\n\n', b'{"a":1}'),
        (b"", b""),
        (b"no JSON\xff", b"no JSON\xff"),
    ],
)
def test_a_file_gets_the_very_bytes_that_a_change_names(storage, layout, text, content):
    """However they are laid out, and where they are no document at all; what is read of it is what it holds."""
    name = document_name("folder/a")
    before = BlobId(canonical.digest(b"2"))
    storage.working.write(name, b"2")
    after = BlobId(canonical.digest(content))
    commit(storage, replacements=[Replacement(name, before, after)], texts={name: text})
    assert Path(layout.document(name)).read_bytes() == text
    assert storage.working.state_id(name) == after
