"""Working files: what people and programs wrote is read as it is, and replaced whole."""

import hashlib
import os
import sys

import pytest

from muniment.errors import DocumentInvalidError, DocumentNotFoundError, InvalidNameError, InvalidValueError
from muniment.files import disk
from muniment.storage.working import WorkingFiles
from muniment.values.names import DocumentName

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")


def put(root, name, text):
    """Write a document's file as an editor does."""
    path = root / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def blob_id(text):
    """The id of an object with this text."""
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_is_written_for_people(root, working):
    """Two spaces, a final newline, folders made where they are missing; nothing is left in the temporary folder."""
    working.write("services/web", b'{"name":"web","ports":[80,443]}')
    text = (root / "services" / "web.json").read_text()
    assert text == '{\n  "name": "web",\n  "ports": [\n    80,\n    443\n  ]\n}\n'
    assert os.listdir(root / ".muniment" / "local" / "tmp") == []


def test_a_file_that_holds_just_that_is_left_alone(root, working):
    """Nothing that watches the file wakes where nothing changed; other formatting is another file."""
    working.write("web", b"[1]")
    before = (root / "web.json").stat()
    working.write("web", b"[1]")
    after = (root / "web.json").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    put(root, "web", "[ 1 ]")
    working.write("web", b"[1]")
    assert (root / "web.json").read_text() == "[\n  1\n]\n"


@pytest.mark.parametrize("text", ['{"a":1,"b":[2]}', '{ "b": [2],\r\n\t"a": 1 }\n\n', '{"\\u0061":1,"b":[2e0]}'])
def test_how_a_file_is_written_does_not_matter(root, working, text):
    """Spaces, the order of names and escapes make no other document."""
    put(root, "web", text)
    assert working.read("web") == {"a": 1, "b": [2]}
    assert working.blob("web") == b'{"a":1,"b":[2]}'
    assert working.blob_id("web") == blob_id('{"a":1,"b":[2]}')


def test_a_changed_file_is_read_anew(root, working):
    """What is remembered of the old bytes says nothing about the new ones."""
    put(root, "web", '{"port":1}')
    for ask in (working.read, working.blob, working.blob_id, working.text):
        ask("web")
    put(root, "web", '{"port":2}')
    assert working.read("web") == {"port": 2}
    assert working.blob("web") == b'{"port":2}'
    assert working.blob_id("web") == blob_id('{"port":2}')
    assert working.valid_text("web") == b'{"port":2}'
    put(root, "web", '{"port":3')
    for ask in (working.read, working.blob, working.blob_id, working.valid_text):
        with pytest.raises(DocumentInvalidError):
            ask("web")


def test_each_read_gives_a_value_of_its_own(root, working):
    """Changing what was read changes nothing for the next reader."""
    put(root, "web", '{"ports":[1]}')
    working.read("web")["ports"].append(2)
    assert working.read("web") == {"ports": [1]}


def test_what_is_not_there_is_told(root, working):
    """No file, no folder, and a file where a folder would have to be are all the same."""
    put(root, "file", "{}")
    (root / "plain").touch()
    for name in ("web", "no/such/web", "plain/web"):
        for ask in (working.text, working.read, working.blob, working.remove):
            with pytest.raises(DocumentNotFoundError) as raised:
                ask(name)
            assert raised.value.name == name
        assert working.blob_id(name) is None


INVALID = {
    "cut": (b'{"a":1', None, 6),
    "twice": (b'{"a":1,"a":2}', "/a", 7),
    "nan": (b'{"a":NaN}', None, 5),
    "infinity": (b'[1,{"a":-Infinity}]', None, 8),
    "overflow": (b'{"a":[1e999]}', "/a/0", 6),
    "surrogate": (b'"\\ud800"', None, 1),
    "utf-8": (b'"\xff"', None, 1),
    "mark": (b"\xef\xbb\xbf{}", None, 0),
    "trailing": (b"{} {}", None, 3),
    "empty": (b"", None, 0),
    "deep": (b"[" * 201 + b"]" * 201, None, 200),
    "comment": (b"{} // no", None, 3),
}


@pytest.mark.parametrize(("data", "pointer", "offset"), INVALID.values(), ids=INVALID)
def test_a_file_that_cannot_be_stored_is_told_with_the_place(root, working, data, pointer, offset):
    """The error names the file, the byte, and the column of its line; the file is not touched."""
    path = put(root, "services/web", data)
    for ask in (working.read, working.blob, working.blob_id):
        with pytest.raises(DocumentInvalidError) as raised:
            ask("services/web")
        error = raised.value
        assert (error.name, error.path, error.offset) == ("services/web", str(path), offset)
        assert (error.pointer, error.line, error.column) == (pointer, 1, offset + 1)
    assert path.read_bytes() == data


def test_a_text_is_given_as_it_is_once_it_is_checked(root, working):
    """Its layout stays; a text that was found valid is given again without a look, another one is looked at."""
    put(root, "web", '{"port" : 80}\r\n')
    for _ in range(2):
        assert working.valid_text("web") == b'{"port" : 80}\r\n'
    put(root, "web", '{"port":80,"x":1,"x":2}')
    for _ in range(2):
        with pytest.raises(DocumentInvalidError, match="twice"):
            working.valid_text("web")
    with pytest.raises(DocumentNotFoundError):
        working.valid_text("no")


FAULTS = {
    "twice": (b'{\n  "port": 1,\n  "port": 2\n}', "/port", 17, (3, 3)),
    "cut": (b'{\r\n  "port": 1,\r\n', None, 17, (3, 1)),
    "in a word": ('{"é": "😀", "port": tru}'.encode(), None, 23, (1, 20)),
}


@pytest.mark.parametrize(("text", "pointer", "offset", "line_and_column"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_as_an_editor_shows_it(root, working, text, pointer, offset, line_and_column):
    """By line and column, in the message too, which tells no byte then; by each way of reading."""
    path = put(root, "web", text)
    for ask in (working.read, working.valid_text, working.blob, working.blob_id):
        with pytest.raises(DocumentInvalidError) as raised:
            ask("web")
        error = raised.value
        assert (error.pointer, error.offset, (error.line, error.column)) == (pointer, offset, line_and_column)
        line, column = line_and_column
        assert f"line {line}, column {column}" in str(error)
        assert "byte" not in str(error)
        assert str(error).endswith(f"; mend {path} and retry")


def test_a_fault_that_was_found_in_the_value_is_told_by_its_line_in_the_file(root, working):
    """Whoever knows only the pointer gets the byte, the line and the column of that text."""
    path = put(root, "web", '{\n  "port":\t"eighty"\n}')
    error = working.invalid("web", working.text("web"), InvalidValueError("no number", pointer="/port"))
    assert (error.name, error.path, error.pointer) == ("web", str(path), "/port")
    assert (error.offset, error.line, error.column) == (12, 2, 11)


def test_removing_takes_empty_folders_along(root, working):
    """Folders that hold nothing any more go; those that hold something, and the store's own, stay."""
    for name in ("a/b/c/web", "a/other"):
        working.write(name, b"{}")
    working.remove("a/b/c/web")
    assert sorted(os.listdir(root / "a")) == ["other.json"]
    working.remove("a/other")
    assert sorted(os.listdir(root)) == [".muniment"]


def test_staging_shows_nothing_until_it_is_published(root, working):
    """The next file lies beside the old one, synced; publishing puts it in place with its permissions."""
    path = put(root, "web", "{}")
    path.chmod(0o600)
    (staged,) = working.stage("web", blob_id("{}"), blob_id("[1]"), b"[\n  1\n]\n")
    assert path.read_text() == "{}"
    assert disk.read_file(staged.temporary) == b"[\n  1\n]\n"
    working.publish(staged)
    assert path.read_text() == "[\n  1\n]\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert working.blob_id("web") == blob_id("[1]")


@pytest.mark.parametrize("text", ["[2]", "{ broken", None])
def test_nothing_is_staged_over_what_somebody_else_wrote(root, working, text):
    """A file that does not hold what was expected stays, valid or not, there or not."""
    if text is not None:
        put(root, "web", text)
    assert working.stage("web", blob_id("{}"), blob_id("[1]"), b"[\n  1\n]\n") == []
    assert not (root / ".muniment" / "local").exists()


@pytest.mark.parametrize("before", ["{}", None])
def test_what_was_written_between_staging_and_publishing_stays(root, working, before):
    """A person was quicker: theirs stays, and the temporary file goes."""
    if before is not None:
        put(root, "web", before)
    (staged,) = working.stage("web", before and blob_id(before), blob_id("[1]"), b"[\n  1\n]\n")
    path = put(root, "web", '"theirs"')
    working.publish(staged)
    assert path.read_text() == '"theirs"'
    assert working.read("web") == "theirs"
    assert os.listdir(root / ".muniment" / "local" / "tmp") == []


def test_what_is_new_to_publish_gets_its_folders(root, working):
    """A document in a folder that does not exist yet is staged and published."""
    (staged,) = working.stage("a/b/web", None, blob_id("1"), b"1\n")
    working.publish(staged)
    assert (root / "a" / "b" / "web.json").read_text() == "1\n"


def test_every_replacement_is_synced_unless_told_not_to(layout, monkeypatch):
    """Durable files sync the file and its folder; without `sync` neither is."""
    synced: list[int] = []
    monkeypatch.setattr(disk, "fsync", synced.append)
    web = DocumentName("web")
    WorkingFiles(layout, sync=False).write(web, b"1")
    assert synced == []
    WorkingFiles(layout, sync=True).write(web, b"2")
    assert len(synced) == 2
    WorkingFiles(layout, sync=True).remove(web)
    assert len(synced) == 3


def test_a_name_that_differs_by_case_only_is_refused(root, working):
    """A new file would hide the other on some systems; replacing the one that is there is no new file."""
    working.write("services/Web", b"1")
    for name in ("services/web", "Services/web", "SERVICES/other"):
        with pytest.raises(InvalidNameError):
            working.write(name, b"2")
        with pytest.raises(InvalidNameError):
            working.stage(name, None, blob_id("2"), b"2\n")
    working.write("services/Web", b"2")
    assert os.listdir(root / "services") == ["Web.json"]


@posix_only
def test_a_link_inside_the_store_is_read_and_written_through(root, working):
    """The link stays a link, and the file that it means is replaced."""
    put(root, "real/web", '{"port":1}')
    (root / "web.json").symlink_to("real/web.json")
    assert working.read("web") == {"port": 1}
    working.write("web", b'{"port":2}')
    assert (root / "web.json").is_symlink()
    assert working.read("real/web") == {"port": 2}
    working.remove("web")
    assert working.read("real/web") == {"port": 2}


@posix_only
@pytest.mark.parametrize("name", ["web", "folder/web"])
def test_a_link_out_of_the_store_is_neither_read_nor_written(root, working, name):
    """Also where it took the place of what was an ordinary file or folder before."""
    outside = root.parent / "outside"
    outside.mkdir()
    secret = outside / "web.json"
    secret.write_text('"secret"')
    put(root, name, "{}")
    assert working.read(name) == {}
    path = root / f"{name}.json"
    path.unlink()
    if name == "web":
        path.symlink_to(secret)
    else:
        path.parent.rmdir()
        path.parent.symlink_to(outside)
    for ask in (working.text, working.read, working.blob, working.blob_id):
        with pytest.raises(InvalidNameError):
            ask(name)
    with pytest.raises(InvalidNameError):
        working.write(name, b"1")
    with pytest.raises(InvalidNameError):
        working.stage(name, None, blob_id("1"), b"1\n")
    assert secret.read_text() == '"secret"'


@posix_only
def test_a_link_that_leads_nowhere_is_no_document(root, working):
    """It is not there to be read; writing makes the file that it means."""
    (root / "web.json").symlink_to("missing.json")
    with pytest.raises(DocumentNotFoundError):
        working.read("web")
    working.write("web", b"1")
    assert working.read("missing") == 1
