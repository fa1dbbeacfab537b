"""The records of kinds: immutable files, named by their content, that any number of programs add to."""

import errno
import hashlib
import os
import sys
import threading

import pytest

from muniment import lens
from muniment.errors import HashMismatchError, MalformedError
from muniment.files import disk
from muniment.schema.record import LensRecord, SchemaRecord, Stored, encode
from muniment.storage.schema_files import SchemaFiles
from muniment.values import canonical

STEP = LensRecord("service", "1.0", "1.1", (lens.rename("host", "hostname"), lens.add("tls", default=False)))
NEXT = LensRecord("service", "1.1", "1.2", ())
DESCRIPTION = SchemaRecord("service", "1.1", ("services/*",), {"type": "object"}, "1.0")


@pytest.fixture
def files(layout):
    """The records of an empty store."""
    return SchemaFiles(layout, sync=True)


@pytest.fixture
def folder(layout, root):
    """The folder of the kind."""
    return root / ".muniment" / "schemas" / "service"


def put(folder, data):
    """Lay a record of these bytes beside the others, named rightly; give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(data).hexdigest()}.json"
    path.write_bytes(data)
    return path


def test_of_nothing_nothing_is_kept(files, folder):
    """Looking makes no folder."""
    assert files.kinds() == []
    assert files.load("service") == Stored()
    assert not folder.parent.exists()


def test_what_is_added_is_there(files, layout, folder):
    """For this program and for others; each file has the SHA-256 of its canonical bytes as its name."""
    files.add("service", [STEP, DESCRIPTION])
    for one in (files, SchemaFiles(layout, sync=False)):
        found = one.load("service")
        assert found.steps == (STEP.step(),)
        assert found.schemas == (DESCRIPTION,)
        assert one.kinds() == ["service"]
    assert {path.name for path in folder.iterdir()} == {
        hashlib.sha256(encode(record)).hexdigest() + ".json" for record in (STEP, DESCRIPTION)
    }
    assert os.listdir(layout.temporary) == []


def test_a_record_is_never_written_twice(files, folder):
    """Adding what is there touches nothing."""
    files.add("service", [STEP])
    (path,) = folder.iterdir()
    before = path.stat()
    files.add("service", [STEP, STEP])
    assert path.stat() == before


def test_what_others_add_is_seen(files, layout):
    """At once, although what was found is remembered."""
    files.add("service", [STEP])
    assert len(files.load("service").steps) == 1
    SchemaFiles(layout, sync=False).add("service", [NEXT])
    assert set(files.load("service").steps) == {STEP.step(), NEXT.step()}


def test_many_programs_add_at_once(layout, folder):
    """They add the same records; each is there once, whole."""
    failures = []

    def add():
        try:
            SchemaFiles(layout, sync=False).add("service", [STEP, NEXT, DESCRIPTION])
        except Exception as error:  # noqa: BLE001 - whatever it is
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(SchemaFiles(layout, sync=False).load("service").steps) == 2
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("data", [b"", b"{}", b'{"kind":"service"}'])
def test_a_record_that_was_changed_is_told(files, folder, data):
    """By its path, and by what it should hash to and does."""
    files.add("service", [STEP, DESCRIPTION])
    path = min(folder.iterdir())
    path.write_bytes(data)
    (error,) = files.load("service").unreadable
    assert isinstance(error, HashMismatchError)
    assert (error.path, error.expected) == (str(path), path.stem)
    assert error.found == hashlib.sha256(data).hexdigest()
    assert len(files.load("service").steps) + len(files.load("service").schemas) == 1


def lens_record(lenses, *, older=b"1.1", newer=b"1.2"):
    """Write the record of a step as text."""
    return b'{"kind":"service","lenses":%b,"newer":"%b","older":"%b","type":"lens"}' % (lenses, newer, older)


BROKEN = {
    "no JSON": b"{",
    "no object": b"[]",
    "no type": b"{}",
    "type": b'{"type":1}',
    "member missing": b'{"type":"lens","kind":"service","older":"1.0"}',
    "other kind": canonical.encode({**canonical.decode_trusted(encode(STEP)), "kind": "other"}),  # type: ignore[dict-item]
    "unknown option": lens_record(b'[{"op":"rename","old":"a","new":"b","x":1}]', newer=b"1.1", older=b"1.0"),
    "backwards": lens_record(b"[]", newer=b"1.0", older=b"1.1"),
    "no version": lens_record(b"[]", newer=b"x", older=b"1.1"),
    "reserved": lens_record(b'[{"op":"remove","field":"schema_version"}]'),
    "bad place": lens_record(b'[{"op":"move","source":"a~","target":"/b"}]'),
    "no version described": b'{"json_schema":{},"kind":"service","names":[],"type":"schema","version":"x"}',
    "no pattern": b'{"json_schema":{},"kind":"service","names":["a***"],"type":"schema","version":"1.0"}',
    "no schema": b'{"json_schema":[],"kind":"service","names":[],"type":"schema","version":"1.0"}',
    "unversioned": b'{"json_schema":{},"kind":"service","names":[],"type":"schema","unversioned":"x","version":"1.0"}',
    "bad UTF-8": b'{"type":"lens\xff"}',
    "deep": b'{"type":"lens","x":' + b"[" * 9000 + b"]" * 9000 + b"}",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_record_is_told(files, folder, data):
    """One that is named rightly and breaks the format: by its path, and nothing else leaves."""
    path = put(folder, data)
    (error,) = files.load("service").unreadable
    assert isinstance(error, MalformedError)
    assert error.path == str(path)


def test_records_that_a_newer_program_may_know_are_ignored(files, folder):
    """A type of record that this one does not know; and members more in one that it does."""
    put(folder, b'{"type":"something new","whatever":[1]}')
    put(folder, b'{"kind":"service","lenses":[],"newer":"1.2","note":"new","older":"1.1","type":"lens"}')
    assert files.load("service").steps == (NEXT.step(),)


def test_what_else_lies_there_is_left_alone(files, folder):
    """Files of other names, a folder, files beside the kinds, and hidden ones."""
    files.add("service", [STEP])
    for name in ("1.0.schema.json", "README.md", f"{'0' * 64}.json.tmp", f"{'0' * 63}.json"):
        (folder / name).write_text("{")
    (folder / "folder").mkdir()
    (folder.parent / "README").write_text("nothing")
    (folder.parent / ".hidden").mkdir()
    assert files.load("service").steps == (STEP.step(),)
    assert files.load("README") == Stored()
    assert ".hidden" not in files.kinds()


def test_a_description_is_replaced_by_another_of_its_version(files):
    """Those of other versions, and the lenses, stay."""
    other = SchemaRecord("service", "1.0", (), {})
    files.add("service", [STEP, DESCRIPTION, other])
    new = SchemaRecord("service", "1.1", ("services/**",), {"type": "object"})
    files.replace("service", new)
    found = files.load("service")
    assert found.steps == (STEP.step(),)
    assert sorted(found.schemas, key=lambda one: one.version) == [other, new]
    files.replace("service", new)
    assert files.load("service") == found


def test_a_description_that_goes_while_records_are_read_hides_no_lens(files, layout, folder, monkeypatch):
    """Another program exports between the listing and the reading: the steps are still found."""
    files.add("service", [STEP, NEXT, DESCRIPTION])
    gone = layout.record("service", canonical.digest(encode(DESCRIPTION)))
    read_file = disk.read_file

    def read(path, *flags):
        if path == gone and os.path.exists(gone):
            os.unlink(gone)
        return read_file(path, *flags)

    monkeypatch.setattr(disk, "read_file", read)
    assert set(files.load("service").steps) == {STEP.step(), NEXT.step()}


def test_two_programs_may_replace_one_description_at_once(files, layout, monkeypatch):
    """The second finds that the old one is gone already."""
    files.add("service", [DESCRIPTION])
    unlink = disk.unlink

    def twice(path):
        unlink(path)
        unlink(path)

    monkeypatch.setattr(disk, "unlink", twice)
    new = SchemaRecord("service", "1.1", (), {})
    files.replace("service", new)
    assert files.load("service").schemas == (new,)


def test_what_editors_read_is_pretty_and_left_alone_if_it_is_so_already(files, folder):
    """One file a version; the same content wakes nothing that watches it."""
    path = files.write_for_editors("service", "1.1", {"type": "object"})
    assert path == str(folder / "1.1.schema.json")
    assert (folder / "1.1.schema.json").read_text() == '{\n  "type": "object"\n}\n'
    before = os.stat(path)
    assert files.write_for_editors("service", "1.1", {"type": "object"}) == path
    assert os.stat(path) == before
    files.write_for_editors("service", "1.1", {"type": "array"})
    assert (folder / "1.1.schema.json").read_text() == '{\n  "type": "array"\n}\n'


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_where_nothing_may_be_written_records_are_read(files, folder):
    """And what is there already can be added, for that needs no writing."""
    files.add("service", [STEP])
    folder.chmod(0o500)
    try:
        assert files.load("service").steps == (STEP.step(),)
        files.add("service", [STEP])
        with pytest.raises(PermissionError):
            files.add("service", [NEXT])
    finally:
        folder.chmod(0o700)


def test_kinds_that_cannot_be_looked_at_are_an_error(files, folder, monkeypatch):
    """They are not taken for none: without its schema a document would be another."""
    files.add("service", [STEP])
    assert files.kinds() == ["service"]
    real = disk.stat

    def stat(path):
        if str(path) == str(folder):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path)

    monkeypatch.setattr(disk, "stat", stat)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        files.kinds()
