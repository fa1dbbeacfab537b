"""The few system calls with a rule of their own."""

import errno
import os
import sys
import time

import pytest

from muniment.files import disk


class Sharing:
    """A rename as Windows refuses it while a reader holds the file: so many times, then it works."""

    def __init__(self, monkeypatch, refusals, winerror):
        self.refusals = refusals
        self.winerror = winerror
        self.tries = 0
        self.really = os.replace
        self.pauses: list[float] = []
        monkeypatch.setattr(os, "replace", self.replace)
        monkeypatch.setattr(time, "sleep", self.pauses.append)

    def replace(self, source, target):
        """Refuse, or rename."""
        self.tries += 1
        if self.tries <= self.refusals:
            error = PermissionError(errno.EACCES, "in use", source)
            if self.winerror is not None:
                vars(error)["winerror"] = self.winerror
            raise error
        self.really(source, target)


@pytest.fixture
def files(tmp_path):
    """A file to be renamed, and one to be replaced."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"new")
    target.write_bytes(b"old")
    return source, target


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_replacing_waits_for_readers_to_let_go(files, monkeypatch, winerror):
    """A sharing violation is tried again after a pause, until it works."""
    source, target = files
    sharing = Sharing(monkeypatch, 3, winerror)
    disk.replace(str(source), str(target))
    assert target.read_bytes() == b"new"
    assert sharing.tries == 4
    assert len(sharing.pauses) == 3
    assert min(sharing.pauses) > 0


def test_replacing_does_not_wait_for_ever(files, monkeypatch):
    """A reader that never lets go is an error in the end, after about two seconds."""
    source, target = files
    sharing = Sharing(monkeypatch, 10**9, 32)
    with pytest.raises(PermissionError):
        disk.replace(str(source), str(target))
    assert target.read_bytes() == b"old"
    assert 1 <= sum(sharing.pauses) <= 4


@pytest.mark.parametrize("winerror", [None, 17])
def test_other_refusals_are_told_at_once(files, monkeypatch, winerror):
    """What waiting cannot cure is not tried again."""
    source, target = files
    sharing = Sharing(monkeypatch, 1, winerror)
    with pytest.raises(PermissionError):
        disk.replace(str(source), str(target))
    assert (sharing.tries, sharing.pauses) == (1, [])


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 300_000])
def test_a_file_is_read_whole(tmp_path, size):
    """Every byte comes, at and around the size of one read."""
    data = os.urandom(size)
    (tmp_path / "file").write_bytes(data)
    assert disk.read_file(str(tmp_path / "file")) == data


def test_all_is_written_however_little_is_taken_at_a_time(tmp_path, monkeypatch):
    """A system that takes three bytes at a time gets all of them, in order."""
    really = os.write
    monkeypatch.setattr(disk, "write", lambda fd, data: really(fd, bytes(data[:3])))
    fd = os.open(tmp_path / "file", disk.CREATE_NEW)
    try:
        disk.write_all(fd, b"0123456789")
        disk.write_all(fd, b"")
    finally:
        os.close(fd)
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_folders_are_made_with_those_above(tmp_path):
    """What is missing is made; what is there is no error."""
    deep = tmp_path / "a" / "b" / "c"
    disk.make_folders(str(deep))
    disk.make_folders(str(deep))
    assert deep.is_dir()


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path):
    """A file is no folder to make others in."""
    (tmp_path / "a").touch()
    with pytest.raises(NotADirectoryError):
        disk.make_folders(str(tmp_path / "a" / "b"))


def test_syncing_what_is_gone_is_told(tmp_path):
    """A sync that did not happen never passes for one that did."""
    with pytest.raises(FileNotFoundError):
        disk.sync_file(str(tmp_path / "absent"))
    if sys.platform != "win32":
        with pytest.raises(FileNotFoundError):
            disk.sync_folder(str(tmp_path / "absent"))


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has syncfs")
def test_a_whole_file_system_is_synced_where_there_is_a_call_for_it(tmp_path):
    """It says that it did; of a folder that is gone it does not."""
    assert disk.sync_file_system(str(tmp_path)) is True
    with pytest.raises(FileNotFoundError):
        disk.sync_file_system(str(tmp_path / "absent"))


def test_elsewhere_there_is_no_such_call(tmp_path, monkeypatch):
    """Where there is none, the caller is told to sync file by file."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert disk.sync_file_system(str(tmp_path)) is False
