"""Objects as single files: what the format promises of them beyond the contract of all object stores."""

import hashlib
import os
import stat
import sys

import pytest

from muniment.files import disk
from muniment.storage.loose import LooseObjects
from muniment.storage.objects import LocalObjects


def id_of(data):
    """The id of an object with these bytes."""
    return hashlib.sha256(data).hexdigest()


def test_an_object_is_one_file_named_by_its_hash(root, layout):
    """`sha256sum` of the file is its name, two digits of which are its folder's."""
    LooseObjects(layout).put(id_of(b"[1]"), b"[1]")
    (path,) = (root / ".muniment" / "objects").rglob("*.json")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == path.parent.name + path.stem
    assert len(path.parent.name) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_an_object_cannot_be_edited_by_mistake(layout):
    """Its file may be read, and not be written."""
    LooseObjects(layout).put(id_of(b"[1]"), b"[1]")
    assert stat.S_IMODE(os.stat(layout.object(id_of(b"[1]"))).st_mode) & 0o222 == 0


def test_files_that_are_no_objects_are_not_listed(root, layout):
    """What other programs leave in the folders is passed over."""
    objects = LooseObjects(layout)
    objects.put(id_of(b"[1]"), b"[1]")
    folder = root / ".muniment" / "objects"
    shard = folder / id_of(b"[1]")[:2]
    (folder / "stray").touch()
    (folder / ".DS_Store").touch()
    (shard / "notes.txt").touch()
    (shard / ("9" * 62)).touch()
    (shard / ("Z" * 62 + ".json")).touch()
    (folder / "zz").mkdir()
    (folder / "zz" / ("9" * 62 + ".json")).touch()
    assert list(objects.ids()) == [id_of(b"[1]")]


def test_an_object_that_is_read_was_checked_once(layout):
    """The store of all verbs checks what comes from the disk, remembers it, and `read` looks at the disk again."""
    objects = LocalObjects(layout)
    LooseObjects(layout).put(id_of(b"[1]"), b"[1]")
    assert objects.get(id_of(b"[1]")) == b"[1]"
    os.unlink(layout.object(id_of(b"[1]")))
    assert objects.get(id_of(b"[1]")) == b"[1]"
    with pytest.raises(Exception, match="no such object"):
        objects.read(id_of(b"[1]"))


def test_an_object_is_found_loose_and_packed(layout):
    """It is listed once, and a damaged loose copy does not pass for data."""
    objects = LocalObjects(layout)
    objects.put_pack([(id_of(b"[1]"), b"[1]"), (id_of(b"[2]"), b"[2]")], sync=False)
    objects.put(id_of(b"[1]"), b"[1]")
    assert sorted(objects.ids()) == sorted([id_of(b"[1]"), id_of(b"[2]")])
    assert list(objects.ids(id_of(b"[2]")[:9])) == [id_of(b"[2]")]
    assert LocalObjects(layout).get(id_of(b"[2]")) == b"[2]"


def test_what_is_packed_while_it_is_put_is_put_anew(layout, monkeypatch):
    """A file that is there at first may be deleted before it can be compared: by whoever packs, without the lock."""
    objects = LooseObjects(layout)
    objects.put(id_of(b"[1]"), b"[1]")
    read_file = disk.read_file

    def packed_meanwhile(path):
        disk.unlink(path)
        os.rmdir(os.path.dirname(path))
        return read_file(path)

    monkeypatch.setattr(disk, "read_file", packed_meanwhile)
    objects.put(id_of(b"[1]"), b"[1]")
    monkeypatch.undo()
    assert objects.get(id_of(b"[1]")) == b"[1]"
