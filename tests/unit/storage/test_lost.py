"""What repair takes away is moved, wherever the folder is that keeps it."""

import errno
from pathlib import Path

import pytest

from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage.lost import Lost

LARGE = bytes(range(256)) * 5_000


@pytest.fixture
def layout(tmp_path):
    """The paths of a store with one pack."""
    made = Layout(tmp_path / "store")
    Path(made.packs).mkdir(parents=True)
    Path(made.pack("a")).write_bytes(LARGE)
    return made


@pytest.fixture
def apart(layout, monkeypatch):
    """Let `local` be on another file system; gives what was done to files, in order."""
    done = []
    rename, unlink, fsync = disk.rename, disk.unlink, disk.fsync

    def crossing(source, target):
        if (layout.local in source) != (layout.local in target):
            raise OSError(errno.EXDEV, "Invalid cross-device link", source)
        rename(source, target)

    def refused(source, _):
        raise OSError(errno.EXDEV, "Invalid cross-device link", source)

    monkeypatch.setattr(disk, "rename", crossing)
    monkeypatch.setattr(disk, "link", refused)

    def unlinking(path):
        done.append("unlink")
        unlink(path)

    def syncing(fd):
        done.append("fsync")
        fsync(fd)

    monkeypatch.setattr(disk, "unlink", unlinking)
    monkeypatch.setattr(disk, "fsync", syncing)
    return done


def test_a_file_is_moved_to_another_file_system(layout, apart):
    """It is durable there before it goes here."""
    lost = Lost(layout)
    lost.move(layout.pack("a"))
    assert Path(f"{lost.folder}/packs/a.pack").read_bytes() == LARGE
    assert not Path(layout.pack("a")).exists()
    before = apart[: apart.index("unlink")]
    assert len(before) >= 2


def test_a_file_is_kept_on_another_file_system(layout, apart):
    """Two names are not needed: a copy does."""
    lost = Lost(layout)
    lost.keep(layout.pack("a"))
    assert Path(f"{lost.folder}/packs/a.pack").read_bytes() == Path(layout.pack("a")).read_bytes() == LARGE
    assert "unlink" not in apart


def test_another_fault_is_told(layout, monkeypatch):
    """Nothing is taken away then."""

    def failing(source, _):
        raise PermissionError(errno.EACCES, "refused", source)

    monkeypatch.setattr(disk, "rename", failing)
    with pytest.raises(PermissionError):
        Lost(layout).move(layout.pack("a"))
    assert Path(layout.pack("a")).read_bytes() == LARGE
