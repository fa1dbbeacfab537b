"""Writing a pack: whole and durable before it shows, and nothing left behind where it fails."""

import errno
import hashlib
import os
import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from muniment.errors import HashMismatchError, InvalidValueError, MalformedError
from muniment.files import disk
from muniment.storage import pack_file
from muniment.storage.pack_writer import copy_pack, pack_pieces, write_pack
from muniment.storage.packs import Packs

PAGE = Path(__file__).resolve().parents[3] / "docs" / "format" / "packs.md"


def named(*bodies):
    """Objects as a writer takes them: each with its id."""
    return [(hashlib.sha256(body).hexdigest(), body) for body in bodies]


SOME = named(*(b'{"n":%d}' % n for n in range(100)))


@pytest.fixture
def folder(tmp_path):
    """The folder of the packs, not made yet."""
    return tmp_path / "packs"


@pytest.fixture
def temporary(tmp_path):
    """The folder of temporary files, not made yet."""
    return tmp_path / "tmp"


@pytest.fixture
def write(folder, temporary):
    """Write a pack and give its path."""
    return lambda objects, **options: folder / f"{write_pack(str(folder), str(temporary), objects, **options)}.pack"


@pytest.fixture(params=["written", "copied"])
def make(request, write, folder, temporary, tmp_path):
    """Make a pack of some objects, by writing it or by copying it from another folder; gives its path."""
    if request.param == "written":
        return write
    name = write_pack(str(tmp_path / "elsewhere"), str(tmp_path), SOME, sync=False)

    def copy(_):
        copy_pack(str(tmp_path / "elsewhere" / f"{name}.pack"), str(folder), str(temporary))
        return folder / f"{name}.pack"

    return copy


def left_in(*folders):
    """The names of the files in folders, which need not exist."""
    return sorted(path.name for folder in folders if folder.exists() for path in folder.iterdir())


def undumped(text):
    """The bytes that `od -A d -t x1` printed so: `*` repeats the line above it."""
    data = b""
    for line, following in pairwise(re.findall(r"^(?:\*|\d{7}.*)$", text, re.MULTILINE)):
        if line == "*":
            data += data[-16:] * ((int(following.split()[0]) - len(data)) // 16)
        else:
            data += bytes.fromhex(line.partition(" ")[2])
    return data


def test_the_example_of_the_format_page_is_what_is_written(write):
    """The page shows the very bytes that are written, under the very name."""
    path = write(named(b'{"port":8080}', b'{"port":8081}'))
    page = PAGE.read_text(encoding="utf-8")
    assert undumped(page) == path.read_bytes()
    assert f"packs/{path.name}`" in page


def test_a_pack_is_named_by_its_hash(write):
    """`sha256sum` of a pack is its name."""
    path = write(SOME)
    assert path.name == f"{hashlib.sha256(path.read_bytes()).hexdigest()}.pack"


def test_an_empty_pack_is_a_pack(write, folder):
    """No objects make a pack that holds none."""
    path = write([])
    packs = Packs(str(folder))
    assert packs.check(str(path)) is None
    assert list(packs.ids()) == []
    assert packs.get(SOME[0][0]) is None


def test_an_id_given_twice_is_refused(write, folder, temporary):
    """Ids are unique in a pack; the refusal leaves nothing behind."""
    with pytest.raises(InvalidValueError, match=SOME[3][0]):
        write([*SOME, SOME[3]])
    assert left_in(folder, temporary) == []


def test_objects_are_written_as_they_come(write, monkeypatch):
    """Never more than a chunk, a block and what follows it are held back, however many objects there are."""
    given, written, most_held = 0, 0, 0
    real_write = disk.write

    def spy(fd, data):
        nonlocal written
        written += len(data)
        return real_write(fd, data)

    def objects():
        nonlocal given, most_held
        for n in range(64):
            body = random.Random(n).randbytes(100_000)  # which no compression makes smaller
            given += len(body)
            most_held = max(most_held, given - written)
            yield hashlib.sha256(body).hexdigest(), body

    monkeypatch.setattr(disk, "write", spy)
    write(objects())
    assert given > 5 * pack_file.CHUNK_BYTES
    assert most_held <= pack_file.CHUNK_BYTES + 3 * 100_000


def test_a_pack_is_durable_before_it_is_visible(make, folder, monkeypatch):
    """Order of writing: the bytes are synced, then named, then the name is synced, then its folder's."""
    steps: list[str] = []

    def note(call):
        real = getattr(disk, call)

        def noting(*arguments):
            steps.append(f"{call} {arguments[0]}" if call == "sync_folder" else call)
            return real(*arguments)

        monkeypatch.setattr(disk, call, noting)

    for call in ("write", "rename", "sync_folder", "fsync"):
        note(call)
    make(SOME)
    in_folders = [f"sync_folder {folder}", "fsync", f"sync_folder {folder.parent}", "fsync"]
    assert steps == ["write", "fsync", "rename", *in_folders]


def test_without_sync_nothing_is_synced(write, monkeypatch):
    """`sync=False` leaves out every fsync."""
    monkeypatch.setattr(disk, "fsync", lambda _: pytest.fail("synced"))
    assert write(SOME, sync=False).exists()


@pytest.mark.parametrize("call", ["write", "fsync", "rename", "mkdir"])
def test_what_fails_leaves_no_temporary_file(make, folder, temporary, monkeypatch, call):
    """Whichever system call fails, the error comes through and nothing is left behind."""
    temporary.mkdir()

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    real_mkdir = disk.mkdir
    fails_for_packs_only = {"mkdir": lambda path: fail() if path == str(folder) else real_mkdir(path)}
    monkeypatch.setattr(disk, call, fails_for_packs_only.get(call, fail))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        make(SOME)
    assert left_in(folder, temporary) == []


def test_objects_that_fail_to_come_leave_no_temporary_file(write, folder, temporary):
    """An error of the iterable that gives the objects comes through and leaves nothing behind."""

    def objects():
        yield from SOME
        raise MalformedError("source", "unreadable")

    with pytest.raises(MalformedError, match="unreadable"):
        write(objects())
    assert left_in(folder, temporary) == []


def test_a_pack_crosses_file_systems(make, folder, temporary, monkeypatch):
    """Where a rename cannot reach, the pack is copied beside its place and synced before it gets its name."""
    real_rename, real_fsync = disk.rename, disk.fsync
    synced: list[int] = []

    def rename(source, target):
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        assert len(synced) == 2
        real_rename(source, target)

    def fsync(fd):
        synced.append(fd)
        real_fsync(fd)

    monkeypatch.setattr(disk, "rename", rename)
    monkeypatch.setattr(disk, "fsync", fsync)
    path = make(SOME)
    assert Packs(str(folder)).check(str(path)) is None
    assert left_in(folder, temporary) == [path.name]


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_what_fails_on_its_way_across_leaves_no_temporary_file(make, folder, temporary, monkeypatch, call):
    """Neither the file that was written first is left, nor the copy beside the place of the pack."""
    real_rename, real = disk.rename, getattr(disk, call)
    is_across = False

    def fail(*arguments):
        if is_across:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments)

    def rename(source, target):
        nonlocal is_across
        if Path(source).parent != Path(target).parent:
            is_across = True
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        (fail if call == "rename" else real_rename)(source, target)

    monkeypatch.setattr(disk, call, fail)
    monkeypatch.setattr(disk, "rename", rename)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        make(SOME)
    assert left_in(folder, temporary) == []


def test_where_a_rename_replaces_nothing_the_pack_in_place_stays(make, folder, temporary, monkeypatch):
    """The same objects written again are the same pack, also on Windows, whose rename refuses then."""
    path = make(SOME)

    def refuse(source, target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), source, None, target)

    monkeypatch.setattr(disk, "rename", refuse)
    assert make(SOME) == path
    assert left_in(folder, temporary) == [path.name]


def test_writing_a_damaged_pack_again_mends_it(make, folder):
    """A file of the right name with other bytes is replaced."""
    path = make(SOME)
    path.write_bytes(path.read_bytes()[:100])
    make(SOME)
    assert Packs(str(folder)).check(str(path)) is None


def test_a_damaged_pack_is_not_copied(write, folder, temporary, tmp_path):
    """What is not what its name says is refused, and nothing of it is left."""
    path = write(SOME)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(HashMismatchError):
        copy_pack(str(path), str(tmp_path / "copies"), str(temporary))
    assert left_in(tmp_path / "copies", temporary) == []


def test_the_pieces_of_a_pack_make_its_bytes(write):
    """The layout is one pure function of the objects, whatever the size of the writes."""
    assert b"".join(pack_pieces(SOME)) == write(SOME).read_bytes()
