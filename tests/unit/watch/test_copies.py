"""The id by which a copy of a store is told from others: made once, mended where it is damaged, and never empty."""

import errno
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from disk_calls import CHANGES, At, fail, intercepted

from muniment import InvalidCursorError, StorageError, Store
from muniment.files.layout import Layout


@pytest.fixture
def copy_id(root):
    """The file of the id."""
    return Path(Layout(root).copy_id)


@pytest.fixture
def read_only():
    """Let the system refuse all changes, as it does on a medium that is read only."""

    def begin():
        return intercepted(At(1, fail(errno.EROFS), CHANGES, ever_after=True))

    return begin


def test_it_is_made_once(store, copy_id):
    """Whoever comes later reads it."""
    first = store.watch().cursor
    text = copy_id.read_text()
    assert store.watch().cursor.copy == first.copy
    assert (text, copy_id.read_text()) == (f"{first.copy}\n",) * 2
    assert len(first.copy) == 32


@pytest.mark.parametrize("damaged", ["", "\n", "0" * 31, "0" * 33, "x" * 32, "ü", "0" * 32 + "\n1"])
def test_a_damaged_one_is_made_anew(store, copy_id, damaged):
    """Else it would perhaps fit another copy; cursors with the id that was are refused, and the new ones are good."""
    before = store.watch().cursor
    copy_id.write_text(damaged, encoding="utf-8")
    after = store.watch().cursor
    assert len(after.copy) == 32
    assert copy_id.read_text() == f"{after.copy}\n"
    assert list(store.watch(since=str(after), timeout_s=0)) == []
    with pytest.raises(InvalidCursorError):
        store.watch(since=before)


def test_where_it_cannot_be_written_no_cursor_is_taken(store, root, tmp_path, read_only):
    """A watch works there, but its cursors say not of which copy they are: neither it nor another one takes them."""
    shutil.copytree(root, tmp_path / "copy")
    with read_only():
        changes = store.watch(timeout_s=0)
        assert list(changes) == []
        cursor = changes.cursor
        assert cursor.copy == ""
        with closing(Store.open(tmp_path / "copy")) as other:
            for one in (store, other):
                for since in (cursor, str(cursor)):
                    with pytest.raises(InvalidCursorError, match="could not be written"):
                        one.watch(since=since)
    with pytest.raises(InvalidCursorError, match="could not be written"):
        store.watch(since=cursor)


def test_a_good_one_is_read_where_nothing_can_be_written(store, read_only):
    """Then cursors are good there, too."""
    cursor = store.watch().cursor
    with read_only():
        assert list(store.watch(since=str(cursor), timeout_s=0)) == []


def test_a_full_disk_is_told(store, copy_id):
    """It may be over soon: rather than cursors that nobody will take, there are none."""
    with intercepted(At(1, fail(errno.ENOSPC), CHANGES, ever_after=True)), pytest.raises(StorageError):
        store.watch()
    assert not copy_id.exists()
    assert list(store.watch(since=store.watch().cursor, timeout_s=0)) == []
