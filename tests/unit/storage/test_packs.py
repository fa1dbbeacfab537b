"""Packs: read by many, and never a wrong byte out of a damaged one."""

import hashlib
import os
import struct
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from muniment.errors import HashMismatchError, MalformedError, UnsupportedFormatError
from muniment.files import disk
from muniment.storage import pack_file
from muniment.storage.pack_file import ENTRY, FAN_OUT, HEADER, TRAILER, PackFile
from muniment.storage.pack_writer import write_pack
from muniment.storage.packs import Packs


def named(*bodies):
    """Objects as a writer takes them: each with its id."""
    return [(hashlib.sha256(body).hexdigest(), body) for body in bodies]


SOME = named(*(b'{"n":%d}' % n for n in range(100)))
OTHERS = named(*(b'{"other":%d}' % n for n in range(40)))
ABSENT = hashlib.sha256(b"absent").hexdigest()


@pytest.fixture(params=["index held", "file mapped"])
def reading(request, monkeypatch):
    """Read packs in both ways, whatever their size."""
    monkeypatch.setattr(pack_file, "_MAPPED_FROM_BYTES", 1 << 40 if request.param == "index held" else 0)


@pytest.fixture
def folder(tmp_path):
    """The folder of the packs, not made yet."""
    return tmp_path / "packs"


@pytest.fixture
def write(folder, tmp_path):
    """Write a pack and give its path."""
    return lambda objects: folder / f"{write_pack(str(folder), str(tmp_path / 'tmp'), objects)}.pack"


def overwrite(path, offset, data):
    """Write over bytes of a file, counted from its end where `offset` is negative."""
    whole = bytearray(path.read_bytes())
    start = offset % len(whole)
    whole[start : start + len(data)] = data
    path.write_bytes(whole)


def index_of(path):
    """The offset of a pack's index."""
    return TRAILER.unpack(path.read_bytes()[-TRAILER.size :])[0]


# --- Reading one pack ------------------------------------------------------------------------------


@pytest.mark.usefixtures("reading")
def test_what_was_written_is_read(write, folder):
    """Every object comes back by its id, and no other id has one."""
    write(SOME)
    packs = Packs(str(folder))
    assert [packs.get(object_id) for object_id, _ in SOME] == [body for _, body in SOME]
    assert packs.get(ABSENT) is None


def test_a_large_pack_is_mapped_and_a_small_one_is_not(write):
    """Thousands of small packs hold no descriptor: only a large one holds its map."""
    large = write(named(b'"%s"' % (b"x" * pack_file._MAPPED_FROM_BYTES)))
    assert PackFile(str(large))._map is not None
    assert PackFile(str(write(SOME)))._map is None


@pytest.mark.usefixtures("reading")
def test_damage_in_an_object_is_never_given(write, folder):
    """A flipped bit is an error that names the pack, and the other objects are still read."""
    path = write(SOME)
    overwrite(path, HEADER.size + 1, b"!")
    packs = Packs(str(folder))
    with pytest.raises(HashMismatchError) as caught:
        packs.get(SOME[0][0])
    assert (caught.value.path, caught.value.expected) == (str(path), SOME[0][0])
    assert packs.get(SOME[1][0]) == SOME[1][1]


DAMAGE = {
    "other magic": (lambda path: overwrite(path, 0, b"NOTAPACK"), "not a pack"),
    "empty file": (lambda path: path.write_bytes(b""), "not a pack"),
    "header alone": (lambda path: path.write_bytes(path.read_bytes()[: HEADER.size]), "cut short"),
    "last byte gone": (lambda path: path.write_bytes(path.read_bytes()[:-1]), "cut short"),
    "byte too many": (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "cut short"),
    "index elsewhere": (lambda path: overwrite(path, -TRAILER.size, struct.pack("<Q", 1 << 63)), "cut short"),
    "other count": (lambda path: overwrite(path, -8, struct.pack("<Q", 101)), "cut short"),
    "wild fan-out": (lambda path: overwrite(path, index_of(path), b"\xff" * FAN_OUT.size), "fan-out"),
    "wild places": (
        lambda path: overwrite(path, index_of(path) + FAN_OUT.size, _entries_with_offset(path, 1 << 40)),
        "leads out",
    ),
    "places in the header": (
        lambda path: overwrite(path, index_of(path) + FAN_OUT.size, _entries_with_offset(path, 0)),
        "leads out",
    ),
}


def _entries_with_offset(path, offset):
    start = index_of(path) + FAN_OUT.size
    entries = ENTRY.iter_unpack(path.read_bytes()[start : -TRAILER.size])
    return b"".join(ENTRY.pack(raw_id, offset, size) for raw_id, _, size in entries)


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize(("damage", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_a_broken_pack_is_malformed(write, folder, damage, reason):
    """A file that breaks the format is refused with its path and the reason, by whatever needs it."""
    path = write(SOME)
    damage(path)
    with pytest.raises(MalformedError, match=reason) as caught:
        Packs(str(folder)).get(SOME[0][0])
    assert caught.value.path == str(path)


@pytest.mark.parametrize(("offset", "found"), [(8, "version 2"), (12, "flags 0x2")])
def test_a_newer_pack_is_refused(write, folder, offset, found):
    """A version or flag that this program does not know is no damage: it asks for a newer program."""
    path = write(SOME)
    overwrite(path, offset, b"\2")
    with pytest.raises(UnsupportedFormatError, match=found):
        Packs(str(folder)).get(SOME[0][0])


# --- Reading the set -------------------------------------------------------------------------------


def test_nothing_is_looked_at_before_the_first_question(folder, monkeypatch):
    """To make the set costs nothing, and its folder need not exist."""
    with monkeypatch.context() as patch:
        for call in ("stat", "listdir", "open_fd"):
            patch.setattr(disk, call, lambda *_: pytest.fail("looked"))
        packs = Packs(str(folder))
    assert packs.get(ABSENT) is None
    assert list(packs.files()) == list(packs.ids()) == []
    assert not packs.refresh()


def test_a_pack_written_meanwhile_is_found(write, folder):
    """A lookup that misses looks at the folder again."""
    packs = Packs(str(folder))
    assert packs.get(SOME[0][0]) is None
    write(SOME)
    assert packs.get(SOME[0][0]) == SOME[0][1]
    write(OTHERS)
    assert packs.get(OTHERS[0][0]) == OTHERS[0][1]


def test_refresh_tells_of_new_packs_once(write, folder):
    """`refresh` is true if there is a pack that was not known before."""
    packs = Packs(str(folder))
    first = write(SOME)
    assert [packs.refresh(), packs.refresh()] == [True, False]
    write(OTHERS)
    first.unlink()
    assert [packs.refresh(), packs.refresh()] == [True, False]


def test_an_unchanged_folder_is_not_listed_again(write, folder, monkeypatch):
    """A miss costs one look at the folder's time of change, if that is old enough to be believed."""
    write(SOME)
    packs = Packs(str(folder))
    os.utime(folder, ns=(0, 10**18))
    packs.refresh()
    monkeypatch.setattr(disk, "listdir", lambda _: pytest.fail("listed"))
    assert packs.get(ABSENT) is None


def test_a_change_in_the_same_tick_of_the_clock_is_seen(write, folder):
    """A recent time of change proves nothing: the next change may bear the same."""
    write(SOME)
    packs = Packs(str(folder))
    packs.refresh()
    before = folder.stat()
    write(OTHERS)
    os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert packs.get(OTHERS[0][0]) == OTHERS[0][1]


def test_other_files_in_the_folder_are_ignored(write, folder):
    """A name that is not 64 hex digits and `.pack` is no pack."""
    path = write(SOME)
    for name in (".DS_Store", f"{path.stem}.pack.tmp", f"{path.stem.upper()}.pack", "notes.pack", path.stem):
        (folder / name).write_text("no pack")
    packs = Packs(str(folder))
    assert list(packs.files()) == [str(path)]
    assert sorted(packs.ids()) == sorted(object_id for object_id, _ in SOME)


@pytest.mark.usefixtures("reading")
def test_ids_are_sorted_and_each_given_once(write, folder):
    """An object in two packs is one object; a prefix of any length narrows the ids."""
    write(SOME)
    write([*OTHERS, *SOME[:10]])
    packs = Packs(str(folder))
    everything = sorted(object_id for object_id, _ in SOME + OTHERS)
    assert list(packs.ids()) == everything
    for prefix in ("0", "ff", everything[7][:9], everything[-1]):
        assert list(packs.ids(prefix)) == [object_id for object_id in everything if object_id.startswith(prefix)]


def test_the_pack_that_answered_last_is_asked_first(write, folder, monkeypatch):
    """Neighbours lie in one pack: the second lookup goes straight to it."""
    paths = {str(write(objects)): objects for objects in (SOME, OTHERS, named(b"1"))}
    packs = Packs(str(folder))
    opened: list[str] = []
    real_open = disk.open_fd

    def open_fd(path, *rest):
        opened.append(path)
        return real_open(path, *rest)

    monkeypatch.setattr(disk, "open_fd", open_fd)
    for path, objects in paths.items():
        packs.get(objects[0][0])
        opened.clear()
        packs.get(objects[-1][0])
        assert opened == [path]


@pytest.mark.usefixtures("reading")
def test_a_faulty_pack_hides_nothing_that_another_holds(write, folder):
    """Damage is an error only for what no other pack can give."""
    packs = Packs(str(folder))
    for objects in (SOME, OTHERS):
        path = write([*objects, *named(b"shared")])
        overwrite(path, 0, b"?")
        healthy = OTHERS if objects is SOME else SOME
        write([*healthy, *named(b"shared")])
        assert packs.get(named(b"shared")[0][0]) == b"shared"
        with pytest.raises(MalformedError):
            packs.get(objects[0][0])
        packs.close()


@pytest.mark.usefixtures("reading")
def test_objects_are_found_in_the_pack_that_took_the_place_of_theirs(write, folder):
    """Packs that were packed anew and deleted are followed, whether they were open or not."""
    packs = Packs(str(folder))
    first, second = write(SOME), write(OTHERS)
    assert packs.get(SOME[0][0]) == SOME[0][1]
    write([*SOME, *OTHERS])
    first.unlink()
    second.unlink()
    assert [packs.get(object_id) for object_id, _ in SOME + OTHERS] == [body for _, body in SOME + OTHERS]


def test_a_closed_set_opens_again(write, folder):
    """`close` forgets; the next use looks again."""
    write(SOME)
    packs = Packs(str(folder))
    assert packs.get(SOME[0][0])
    packs.close()
    assert packs.get(SOME[1][0]) == SOME[1][1]


@pytest.mark.usefixtures("reading")
def test_threads_share_a_set(write, folder):
    """Threads that read while packs are written, and the set is closed under them, get every object."""
    batches = [named(*(b'{"batch":%d,"n":%d}' % (batch, n) for n in range(40))) for batch in range(8)]
    packs = Packs(str(folder))
    write(batches[0])

    def read_all(objects):
        return all(packs.get(object_id) == body for object_id, body in objects)

    with ThreadPoolExecutor(4) as threads:
        answers = []
        for objects in batches:
            write(objects)
            answers += [threads.submit(read_all, objects) for _ in range(4)]
            packs.close()
        assert all(answer.result() for answer in answers)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
@pytest.mark.usefixtures("reading")
def test_a_forked_child_reads_on(write, folder):
    """A set that was opened before a fork answers in the child and in the parent."""
    write(SOME)
    packs = Packs(str(folder))
    assert packs.get(SOME[0][0])
    child = os.fork()
    if child == 0:
        os._exit(0 if all(packs.get(object_id) == body for object_id, body in SOME) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert packs.get(SOME[1][0]) == SOME[1][1]


# --- Checking --------------------------------------------------------------------------------------


def test_a_sound_pack_has_no_problem(write, folder):
    """What the writer wrote passes the check."""
    packs = Packs(str(folder))
    write(SOME)
    write(OTHERS)
    assert [packs.check(path) for path in packs.files()] == [None, None]


def test_a_changed_byte_is_a_problem(write, folder):
    """The check compares the whole file with its name, which is never fooled."""
    path = write(SOME)
    overwrite(path, 30, b"?")
    problem = Packs(str(folder)).check(str(path))
    assert isinstance(problem, HashMismatchError)
    assert problem.expected == path.stem


def _rebuilt(objects, *, entries=list, firsts=lambda counts: counts, between=b"", flags=0):
    """The bytes of a pack, by the format page alone, with parts of it changed."""
    table, position, bodies = [], HEADER.size, b""
    for object_id, body in objects:
        table.append((bytes.fromhex(object_id), position, len(body)))
        position, bodies = position + len(body), bodies + body
    table = entries(sorted(table))
    counts = firsts([sum(raw_id[0] < first for raw_id, _, _ in table) for first in range(257)])
    index = struct.pack("<257I", *counts) + b"".join(struct.pack("<32sQQ", *entry) for entry in table)
    trailer = struct.pack("<QQ", position + len(between), len(table))
    return struct.pack("<8sII", b"MUNIPACK", 1, flags) + bodies + between + index + trailer


@pytest.mark.parametrize(
    ("change", "kind", "reason"),
    [
        ({"entries": lambda table: table[::-1]}, MalformedError, "out of order"),
        ({"entries": lambda table: [table[0], *table]}, MalformedError, "out of order"),
        ({"entries": lambda table: table[1:]}, MalformedError, "do not fill"),
        ({"between": b"hidden"}, MalformedError, "do not fill"),
        ({"firsts": lambda counts: [0] * 256 + [counts[-1]]}, MalformedError, "fan-out"),
        ({"flags": 1}, UnsupportedFormatError, "flags 0x1"),
    ],
)
def test_a_pack_that_breaks_the_format_under_its_own_hash_is_a_problem(folder, change, kind, reason):
    """The name proves that the bytes are as written, the check of the index that they were written right."""
    data = _rebuilt(SOME, **change)
    path = folder / f"{hashlib.sha256(data).hexdigest()}.pack"
    folder.mkdir()
    path.write_bytes(data)
    problem = Packs(str(folder)).check(str(path))
    assert isinstance(problem, kind)
    assert reason in str(problem)
