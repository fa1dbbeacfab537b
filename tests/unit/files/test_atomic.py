"""Whole files put in place: the old bytes or the new, the same permissions, and nothing left behind."""

import errno
import os
import stat
import sys
import time

import pytest

from muniment.files import atomic, disk

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


@pytest.fixture
def temporary(tmp_path):
    """The folder of temporary files, not made yet."""
    return tmp_path / "local" / "tmp"


@pytest.fixture
def target(tmp_path):
    """The file to be put in place, in a folder that is not made yet."""
    return tmp_path / "deep" / "er" / "web.json"


def left_in(folder):
    """The names in a folder, which need not exist."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def failing(error_number, *, from_call=1):
    """A stand-in for a system call that fails from its nth call on."""
    calls = []

    def call(*args):
        calls.append(args)
        if len(calls) >= from_call:
            raise OSError(error_number, os.strerror(error_number), args[0])

    return call


def test_a_new_file_is_made_with_its_folders(target, temporary):
    """The file holds the bytes, and no temporary file is left."""
    atomic.replace_file(str(target), b"new", str(temporary))
    assert target.read_bytes() == b"new"
    assert left_in(temporary) == []
    assert left_in(target.parent) == ["web.json"]


def test_an_open_reader_keeps_the_old_bytes(target, temporary):
    """A file is replaced and never written over."""
    atomic.replace_file(str(target), b"old", str(temporary))
    with target.open("rb") as reader:
        atomic.replace_file(str(target), b"new", str(temporary))
        assert reader.read() == b"old"
    assert target.read_bytes() == b"new"


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_permissions_are_kept(target, temporary, mode):
    """The new file has the permissions of the old one."""
    target.parent.mkdir(parents=True)
    target.touch()
    target.chmod(mode)
    atomic.replace_file(str(target), b"new", str(temporary))
    assert stat.S_IMODE(target.stat().st_mode) == mode


@posix_only
def test_a_new_file_has_the_permissions_of_the_umask(target, temporary):
    """Nothing was there to keep them of."""
    before = os.umask(0o027)
    try:
        atomic.replace_file(str(target), b"new", str(temporary))
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_the_order_is_sync_then_rename_then_sync_of_the_folder(target, temporary, monkeypatch):
    """A crash finds the old file or a whole new one, and the name is durable when the call is done."""
    atomic.replace_file(str(target), b"old", str(temporary))
    steps = []

    def noted(name, call):
        return lambda *args: (steps.append(name), call(*args))[1]  # type: ignore[func-returns-value]

    for name in ("write", "fsync", "replace"):
        monkeypatch.setattr(disk, name, noted(name, getattr(disk, name)))
    atomic.replace_file(str(target), b"new", str(temporary))
    assert steps == ["write", "fsync", "replace", "fsync"]
    steps.clear()
    atomic.replace_file(str(target), b"newer", str(temporary), sync=False)
    assert steps == ["write", "replace"]


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "chmod", "close"])
def test_where_a_call_fails_the_old_file_stays_and_nothing_is_left(target, temporary, monkeypatch, call):
    """The error is told, the target is as it was, and there is no temporary file."""
    atomic.replace_file(str(target), b"old", str(temporary))
    target.chmod(0o600)
    really_close = os.close
    with monkeypatch.context() as patch:
        if call == "close":
            patch.setattr(disk, "close", lambda fd: [really_close(fd), failing(errno.EIO)(fd)])
        else:
            patch.setattr(disk, call, failing(errno.ENOSPC))
        with pytest.raises(OSError, match=r"No space|error"):
            atomic.replace_file(str(target), b"new", str(temporary))
    assert target.read_bytes() == b"old"
    assert left_in(temporary) == []
    assert left_in(target.parent) == ["web.json"]


@posix_only
def test_another_file_system_is_reached_by_a_file_beside_the_target(target, temporary, monkeypatch):
    """Where a rename cannot cross, a hidden file beside the target is renamed; permissions are kept."""
    atomic.replace_file(str(target), b"old", str(temporary))
    target.chmod(0o640)
    renamed = []

    def replace(source, destination):
        renamed.append(os.path.relpath(source, target.parent))
        if os.path.dirname(source) != os.path.dirname(destination):
            raise OSError(errno.EXDEV, "other file system", source)
        os.replace(source, destination)

    monkeypatch.setattr(disk, "replace", replace)
    atomic.replace_file(str(target), b"new", str(temporary))
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert renamed[-1].startswith(".web.json.")
    assert left_in(temporary) == []
    assert left_in(target.parent) == ["web.json"]


@pytest.mark.parametrize("step", ["rename", "replace"])
def test_nothing_is_left_beside_the_target_when_that_fails_too(target, temporary, monkeypatch, step):
    """The file beside a target that cannot be replaced is gone again, under whichever name it had by then."""
    atomic.replace_file(str(target), b"old", str(temporary))

    def replace(source, destination):
        crossing = os.path.dirname(source) != os.path.dirname(destination)
        raise OSError(errno.EXDEV if crossing else errno.EACCES, "refused", source)

    monkeypatch.setattr(disk, "replace", replace)
    if step == "rename":
        monkeypatch.setattr(disk, "rename", failing(errno.EACCES))
    with pytest.raises(PermissionError):
        atomic.replace_file(str(target), b"new", str(temporary))
    assert target.read_bytes() == b"old"
    assert left_in(temporary) == []
    assert left_in(target.parent) == ["web.json"]


def test_temporary_names_are_never_the_same(temporary):
    """Staging many times gives as many files, each with its bytes."""
    paths = [atomic.stage(str(temporary), b"%d" % number, sync=False) for number in range(20)]
    assert len(set(paths)) == 20
    assert [disk.read_file(path) for path in paths] == [b"%d" % number for number in range(20)]


def test_staging_syncs_unless_told_not_to(temporary, monkeypatch):
    """The bytes are durable before anything is renamed."""
    synced: list[int] = []
    monkeypatch.setattr(disk, "fsync", synced.append)
    atomic.stage(str(temporary), b"x", sync=False)
    assert synced == []
    atomic.stage(str(temporary), b"x")
    assert len(synced) == 1


def test_discarding_what_is_gone_is_harmless(tmp_path):
    """A temporary file that somebody swept is no reason to fail."""
    atomic.discard(str(tmp_path / "gone.tmp"))


def test_a_file_is_created_once(target):
    """`create_file` makes a file with its folders, and says so where there is one already."""
    assert atomic.create_file(str(target), b"one") is True
    assert atomic.create_file(str(target), b"two") is False
    assert target.read_bytes() == b"one"


def test_the_mode_of_nothing_is_none(tmp_path):
    """There are no permissions to keep where there is no file."""
    assert atomic.mode_of(str(tmp_path / "absent")) is None


def test_sweeping_takes_only_what_is_old(temporary):
    """Files that crashed programs left more than an hour ago go; those of programs at work stay."""
    old, young = (atomic.stage(str(temporary), b"x", sync=False) for _ in range(2))
    hours_ago = time.time() - 3700
    os.utime(old, (hours_ago, hours_ago))
    (temporary / "folder").mkdir()
    os.utime(temporary / "folder", (hours_ago, hours_ago))
    assert atomic.sweep(str(temporary)) == 1
    assert left_in(temporary) == sorted(["folder", os.path.basename(young)])


def test_sweeping_where_there_is_no_folder_finds_nothing(temporary):
    """Before the first temporary file there is nothing to sweep."""
    assert atomic.sweep(str(temporary)) == 0
