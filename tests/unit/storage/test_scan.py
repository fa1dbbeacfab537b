"""Scanning the working files: each document is found, and none is taken for unchanged that may have changed."""

import errno
import hashlib
import os
import sys
import time

import pytest

from muniment.errors import DocumentInvalidError, InvalidNameError
from muniment.files import disk
from muniment.storage import scan
from muniment.storage.scan import Scanner
from muniment.storage.working import WorkingFiles

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="names and links that Windows does not have")


def put(root, name, text="{}", *, settled=False):
    """Write a file below the store's folder; `settled` sets its times back so that they prove something."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if settled:
        settle(path)
    return path


def settle(path, at_ns=1_700_000_000_000_000_000):
    """Set the time of change to long ago, which the time of the inode's change cannot be."""
    os.utime(path, ns=(at_ns, at_ns))


def blob_id(text):
    """The id of an object with this text."""
    return hashlib.sha256(text.encode()).hexdigest()


class CountingFiles(WorkingFiles):
    """Working files that tell which documents were looked into."""

    def __init__(self, layout):
        super().__init__(layout, sync=False)
        self.asked = []

    def blob_id(self, name):
        """Give a document's id, and note that it was asked for."""
        self.asked.append(name)
        return super().blob_id(name)


@pytest.fixture
def files(layout):
    """Working files that count."""
    return CountingFiles(layout)


@pytest.fixture
def scanner(layout, files):
    """A scanner that has seen nothing yet."""
    return Scanner(layout, files)


@pytest.fixture
def later(monkeypatch):
    """Let some seconds pass for the scanner, so that times of change prove something."""

    def wait(seconds=10):
        now = time.time_ns
        monkeypatch.setattr(time, "time_ns", lambda: now() + seconds * 1_000_000_000)

    return wait


def test_an_empty_store_has_no_documents(scanner):
    """There is nothing to find."""
    found = scanner.scan()
    assert (found.blobs, found.invalid, list(scanner.names())) == ({}, {}, [])


def test_documents_are_found_in_all_folders(root, scanner):
    """Each under its name, with the id of what it holds."""
    put(root, "web.json", '{"a": 1}')
    put(root, "services/deep/er/api.json", "[ ]")
    found = scanner.scan()
    assert found.blobs == {"web": blob_id('{"a":1}'), "services/deep/er/api": blob_id("[]")}
    assert sorted(scanner.names()) == ["services/deep/er/api", "web"]


def test_other_files_are_not_documents(root, scanner):
    """Hidden files and folders, other suffixes, folders called like documents, and the store's own parts."""
    for name in (".hidden.json", ".git/config.json", "readme.md", "web.JSON.bak", "a/.b/c.json", "json"):
        put(root, name)
    put(root, ".muniment/format.json")
    (root / "folder.json").mkdir()
    found = scanner.scan()
    assert (found.blobs, found.invalid, list(scanner.names())) == ({}, {}, [])


def test_files_that_cannot_be_documents_are_told(root, scanner):
    """An invalid text or name does not hide the others; each is told with what is wrong."""
    put(root, "good.json")
    put(root, "broken.json", '{"a":')
    put(root, "double.json.json")
    found = scanner.scan()
    assert set(found.blobs) == {"good"}
    assert set(found.invalid) == {"broken", "double.json"}
    assert isinstance(found.invalid["broken"], DocumentInvalidError)
    assert isinstance(found.invalid["double.json"], InvalidNameError)
    assert sorted(scanner.names()) == ["broken", "good"]


@posix_only
@pytest.mark.parametrize("name", ["con", "a:b", "back\\slash", " space", "dot.", "e\u0301", "tab\t", "nul/inner"])
def test_names_that_other_systems_cannot_store_are_told(root, scanner, name):
    """They are no documents, and listed as such."""
    put(root, f"{name}.json")
    found = scanner.scan()
    assert set(found.invalid) == {name}
    assert list(scanner.names()) == []


@posix_only
@pytest.mark.parametrize("other", ["WEB", "sub/x/SUB", "Folder/two"])
def test_names_that_differ_by_case_only_are_told(root, scanner, other):
    """One of two is found, and the other is told, whichever comes first on the disk."""
    for name in ("web", "folder/one", "sub/x/sub", other):
        put(root, f"{name}.json")
    if len(os.listdir(root)) < 4 and other != "sub/x/SUB":
        pytest.skip("this file system takes the two for one")
    found = scanner.scan()
    assert len(found.blobs) == 3
    (error,) = found.invalid.values()
    assert "case" in error.reason


@posix_only
def test_links_are_followed_inside_and_refused_outside(root, scanner):
    """A link to a file in the store is a document, one that leads out is told, a broken one is nothing."""
    outside = put(root.parent, "outside.json", '"secret"')
    put(root, "real.json", "[1]")
    (root / "inside.json").symlink_to("real.json")
    (root / "out.json").symlink_to(outside)
    (root / "broken.json").symlink_to("nowhere.json")
    found = scanner.scan()
    assert found.blobs == {"real": blob_id("[1]"), "inside": blob_id("[1]")}
    assert set(found.invalid) == {"out"}
    assert isinstance(found.invalid["out"], InvalidNameError)


@posix_only
def test_links_to_folders_are_not_followed(root, scanner):
    """Neither by a scan nor by listing names, whatever prefix is asked for; so there are no endless loops."""
    put(root, "real/web.json")
    (root / "real" / "loop").symlink_to("..")
    (root / "link").symlink_to("real")
    (root / "out").symlink_to(root.parent)
    put(root.parent, "secret.json")
    assert set(scanner.scan().blobs) == {"real/web"}
    assert list(scanner.names()) == ["real/web"]
    assert [list(scanner.names(prefix)) for prefix in ("link/", "out/", "out/s", "real/loop/")] == [[], [], [], []]


def test_names_are_listed_by_prefix(root, scanner):
    """A prefix may end within a name or a folder, and may lead nowhere."""
    for name in ("a", "ab", "a/x", "a/xy/z", "ab/c"):
        put(root, f"{name}.json")
    names = ["a", "a/x", "a/xy/z", "ab", "ab/c"]
    for prefix in ("", "a", "ab", "a/", "a/x", "a/xy/", "ab/c", "b", "a/x/y", "../", "/", ".muniment/", "ab/../a/"):
        assert sorted(scanner.names(prefix)) == [name for name in names if name.startswith(prefix)], prefix


def test_a_settled_file_is_read_once(root, scanner, files, later):
    """A file whose times are old and the same is not read again; a changed one is."""
    put(root, "same.json", "[1]")
    put(root, "other.json", "[1]")
    later()
    scanner.scan()
    files.asked.clear()
    assert set(scanner.scan().blobs) == {"same", "other"}
    assert files.asked == []
    put(root, "other.json", "[2]")
    assert scanner.scan().blobs == {"same": blob_id("[1]"), "other": blob_id("[2]")}
    assert files.asked == ["other"]


def test_a_file_changed_a_moment_ago_is_read_again(root, scanner, monkeypatch):
    """Its times may be those of another change within the same tick: the same size and file, other content."""

    def ticking(entry):
        state = entry.stat()
        tick = -(-state.st_mtime_ns // 10**12) * 10**12  # a clock so coarse that both changes are in one tick
        return tick, tick, state.st_size, 7

    monkeypatch.setattr(scan, "signature_of", ticking)
    put(root, "web.json", "[1]")
    assert scanner.scan().blobs == {"web": blob_id("[1]")}
    put(root, "web.json", "[2]")
    assert scanner.scan().blobs == {"web": blob_id("[2]")}


@pytest.mark.parametrize("how", ["size", "time", "inode"])
def test_whatever_changes_about_a_file_makes_it_read_again(root, scanner, files, later, how):
    """Its size, its time of change and its inode each tell of a change."""
    path = put(root, "web.json", "[1]", settled=True)
    later()
    scanner.scan()
    if how == "size":
        path.write_text("[100]")
        settle(path)
    elif how == "time":
        path.write_text("[2]")
        settle(path, 1_600_000_000_000_000_000)
    else:
        other = put(root, "new.tmp", "[2]", settled=True)
        other.replace(path)
    expected = "[100]" if how == "size" else "[2]"
    assert scanner.scan().blobs == {"web": blob_id(expected)}


def test_the_next_program_need_not_read_again(root, layout, scanner, files, later):
    """What was found is written down in the cache folder, and believed by another scanner."""
    put(root, "web.json")
    later()
    first = scanner.scan()
    files.asked.clear()
    assert Scanner(layout, files).scan() == first
    assert files.asked == []
    assert os.path.exists(layout.stat_cache)


@pytest.mark.parametrize("damage", [b"", b"\0", b"\0\0\0\0", b"garbage" * 9, None])
def test_a_damaged_cache_is_as_good_as_none(root, layout, scanner, files, later, damage):
    """An empty, cut or changed file, or none at all, only means that everything is read."""
    put(root, "web.json", "[1]")
    later()
    scanner.scan()
    with open(layout.stat_cache, "rb") as file:
        whole = file.read()
    files.asked.clear()
    if damage is None:
        os.remove(layout.stat_cache)
    else:
        with open(layout.stat_cache, "wb") as file:
            file.write(damage)
    assert Scanner(layout, files).scan().blobs == {"web": blob_id("[1]")}
    with open(layout.stat_cache, "wb") as file:
        file.write(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert Scanner(layout, files).scan().blobs == {"web": blob_id("[1]")}
    assert files.asked == ["web", "web"]


def test_a_cache_that_cannot_be_written_costs_nothing_else(root, layout, scanner, later):
    """A scan does not fail for it."""
    put(root, "web.json")
    (root / ".muniment" / "local").touch()
    later()
    assert set(scanner.scan().blobs) == {"web"}


def test_what_is_gone_is_not_remembered(root, layout, scanner, later):
    """A deleted document is not found again from memory, nor from the cache."""
    path = put(root, "web.json")
    later()
    scanner.scan()
    path.unlink()
    assert scanner.scan().blobs == {}
    assert Scanner(layout, WorkingFiles(layout, sync=False)).scan().blobs == {}


@posix_only
def test_a_link_that_leads_round_in_a_circle_is_told(root, scanner):
    """It alone is invalid; the other documents are found."""
    put(root, "web.json")
    (root / "a.json").symlink_to("b.json")
    (root / "b.json").symlink_to("a.json")
    found = scanner.scan()
    assert found.blobs == {"web": blob_id("{}")}
    assert {name: type(error) for name, error in found.invalid.items()} == dict.fromkeys("ab", DocumentInvalidError)
    assert found.invalid["a"].path == str(root / "a.json")
    assert "cannot be read" in found.invalid["a"].reason
    assert sorted(scanner.names()) == ["a", "b", "web"]


def test_a_file_that_cannot_be_read_is_told(root, scanner, monkeypatch):
    """What the system refuses about one file is told of that one, and it is read once the system allows it."""
    for name in ("api", "web"):
        put(root, f"{name}.json")
    read_file = disk.read_file

    def refuse(path, *flags):
        if path.endswith("web.json"):
            raise PermissionError(errno.EACCES, "not yours", path)
        return read_file(path, *flags)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "read_file", refuse)
        found = scanner.scan()
    assert found.blobs == {"api": blob_id("{}")}
    assert found.invalid["web"].reason == "it cannot be read: not yours"
    assert scanner.scan().blobs.keys() == {"api", "web"}


@pytest.mark.parametrize("folder", ["", "/services"])
def test_a_folder_that_cannot_be_read_is_no_empty_one(root, scanner, monkeypatch, folder):
    """The scan fails, rather than take the documents in it for deleted."""
    put(root, "services/web.json")
    scandir = disk.scandir

    def refuse(path):
        if path == f"{root}{folder}":
            raise PermissionError(errno.EACCES, "not yours", path)
        return scandir(path)

    monkeypatch.setattr(disk, "scandir", refuse)
    with pytest.raises(PermissionError):
        scanner.scan()
