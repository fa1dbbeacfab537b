"""Packs: read by many, and never a wrong byte out of a damaged one."""

import errno
import hashlib
import os
import random
import struct
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from muniment.errors import CorruptionError, HashMismatchError, MalformedError, UnsupportedFormatError
from muniment.files import disk
from muniment.storage import pack_block, pack_file
from muniment.storage.pack_file import PackFile
from muniment.storage.pack_layout import HEADER, MAGIC, TRAILER, VERSION
from muniment.storage.pack_writer import nothing_alike, write_pack
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

    def write(objects, alike=nothing_alike):
        return folder / f"{write_pack(str(folder), str(tmp_path / 'tmp'), objects, alike=alike)}.pack"

    return write


def overwrite(path, offset, data):
    """Write over bytes of a file, counted from its end where `offset` is negative."""
    whole = bytearray(path.read_bytes())
    start = offset % len(whole)
    whole[start : start + len(data)] = data
    path.write_bytes(whole)


def column(path, name):
    """The offset of a column of a pack's index."""
    start, blocks, count = TRAILER.unpack(path.read_bytes()[-TRAILER.size :])
    sizes = {"offsets": 8 * blocks, "sizes": 8 * blocks, "firsts": 4 * blocks, "bases": 4 * blocks, "keys": 8 * count}
    return start + sum(
        size for other, size in sizes.items() if list(sizes).index(other) < [*sizes, "numbers"].index(name)
    )


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
    large = write(named(random.Random(1).randbytes(pack_file._MAPPED_FROM_BYTES)))
    assert PackFile(str(large))._map is not None
    assert PackFile(str(write(SOME)))._map is None


VERSIONS = named(
    *(b'{"version":%d,"text":"%s"}' % (n, random.Random(5).randbytes(400).hex().encode()) for n in range(99))
)


@pytest.mark.usefixtures("reading")
def test_versions_of_a_document_are_packed_against_the_first_of_them(write, folder):
    """What is alike is told once, though no compression makes it smaller by itself; every version is read."""
    path = write(VERSIONS, alike=lambda _: "a document")
    assert PackFile(str(path)).index.blocks > 2
    assert PackFile(str(path)).index.place(2).base == 0
    assert path.stat().st_size < len(VERSIONS) * 100
    packs = Packs(str(folder))
    assert [packs.get(object_id) for object_id, _ in reversed(VERSIONS)] == [body for _, body in reversed(VERSIONS)]
    assert packs.check(str(path)) is None


def test_a_block_is_unpacked_once(write, folder, monkeypatch):
    """Who reads one document after the other unpacks each block, and each base, once."""
    path = write(VERSIONS, alike=lambda _: "a document")
    unpacked = []
    real = pack_block.unpack

    def unpack(*arguments):
        unpacked.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(pack_block, "unpack", unpack)
    packs = Packs(str(folder))
    for object_id, body in VERSIONS:
        assert packs.get(object_id) == body
    assert len(unpacked) == PackFile(str(path)).index.blocks


@pytest.mark.usefixtures("reading")
def test_damage_in_an_object_is_never_given(write, folder):
    """A flipped bit is an error that names the pack, and the other objects are still read."""
    bodies = named(*(random.Random(n).randbytes(100) for n in range(9)))  # which lie in the file as they are
    path = write(bodies)
    overwrite(path, path.read_bytes().index(bodies[0][1]) + 1, b"!")
    packs = Packs(str(folder))
    with pytest.raises(HashMismatchError) as caught:
        packs.get(bodies[0][0])
    assert (caught.value.path, caught.value.expected) == (str(path), bodies[0][0])
    assert packs.get(bodies[1][0]) == bodies[1][1]


def test_another_object_of_the_same_key_is_no_damage(write, folder):
    """The index has a part of the id alone: a pack may not have what its key promises."""
    write(SOME)
    other = SOME[0][0][:16] + ABSENT[16:]
    packs = Packs(str(folder))
    assert packs.get(other) is None
    assert packs.get(SOME[0][0]) == SOME[0][1]


DAMAGE = {
    "other magic": (lambda path: overwrite(path, 0, b"NOTAPACK"), "not a pack"),
    "empty file": (lambda path: path.write_bytes(b""), "not a pack"),
    "header alone": (lambda path: path.write_bytes(path.read_bytes()[: HEADER.size]), "cut short"),
    "last byte gone": (lambda path: path.write_bytes(path.read_bytes()[:-1]), "cut short"),
    "byte too many": (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "cut short"),
    "index elsewhere": (lambda path: overwrite(path, -TRAILER.size, struct.pack("<Q", 1 << 63)), "cut short"),
    "other count": (lambda path: overwrite(path, -4, struct.pack("<I", 101)), "cut short"),
    "no blocks": (lambda path: overwrite(path, -16, struct.pack("<QI", column(path, "offsets") + 24, 0)), "cut short"),
    "a place beyond": (lambda path: overwrite(path, column(path, "offsets"), struct.pack("<Q", 1 << 40)), "not where"),
    "a place before": (lambda path: overwrite(path, column(path, "offsets"), struct.pack("<Q", 0)), "not where"),
    "no object": (lambda path: overwrite(path, column(path, "firsts"), struct.pack("<I", 100)), "not where"),
    "its own base": (lambda path: overwrite(path, column(path, "bases"), struct.pack("<I", 0)), "not where"),
    "a base beyond": (lambda path: overwrite(path, column(path, "bases"), struct.pack("<I", 7)), "not where"),
    "too large": (lambda path: overwrite(path, column(path, "sizes"), struct.pack("<Q", 1 << 21)), "not where"),
    "other size": (lambda path: overwrite(path, column(path, "sizes"), struct.pack("<Q", 999)), "block 0"),
    "other frame": (lambda path: overwrite(path, HEADER.size, b"????"), "block 0"),
    "wild numbers": (lambda path: overwrite(path, column(path, "numbers"), b"\xff" * 400), "leads to no object"),
}


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize(("damage", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_a_broken_pack_is_malformed(write, folder, damage, reason):
    """A file that breaks the format is refused with its path and the reason, by whatever needs it."""
    path = write(SOME)
    damage(path)
    with pytest.raises(MalformedError, match=reason) as caught:
        Packs(str(folder)).get(SOME[0][0])
    assert caught.value.path == str(path)


@pytest.mark.parametrize(("offset", "found"), [(8, "version 3"), (12, "flags 0x3")])
def test_a_newer_pack_is_refused(write, folder, offset, found):
    """A version or flag that this program does not know is no damage: it asks for a newer program."""
    path = write(SOME)
    overwrite(path, offset, b"\3")
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


def test_refresh_gives_the_packs_that_are_there(write, folder):
    """`refresh` gives the names of all packs, new ones first, as they are to be asked."""
    packs = Packs(str(folder))
    assert packs.refresh() == ()
    first = write(SOME)
    assert packs.refresh() == (first.name,)
    second = write(OTHERS)
    assert packs.refresh() == (second.name, first.name)
    first.unlink()
    assert packs.refresh() == (second.name,)


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
def test_ids_that_begin_so(write, folder):
    """An object in two packs is one object; a prefix of any length narrows the ids."""
    write(SOME)
    write([*OTHERS, *SOME[:10]])
    packs = Packs(str(folder))
    everything = sorted(object_id for object_id, _ in SOME + OTHERS)
    assert packs.ids() == set(everything)
    for prefix in ("0", "ff", everything[7][:9], everything[-1]):
        assert packs.ids(prefix) == {object_id for object_id in everything if object_id.startswith(prefix)}


def spoil_by_a_link(path):
    """Put a link that leads nowhere in the place of a pack."""
    path.unlink()
    path.symlink_to("nowhere")


def spoil_by_a_folder(path):
    """Put a folder in the place of a pack."""
    path.unlink()
    path.mkdir()


def spoil_by_cutting(path):
    """Leave a pack's first half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("spoil", [spoil_by_a_link, spoil_by_a_folder, spoil_by_cutting])
def test_a_pack_that_cannot_be_read_hides_nothing_of_the_others(write, folder, spoil):
    """Objects and ids of other packs are found; what may lie in that one is an error that names it."""
    spoiled = write(SOME)
    write(OTHERS)
    spoil(spoiled)
    packs = Packs(str(folder))
    assert packs.get(OTHERS[0][0]) == OTHERS[0][1]
    assert packs.ids() == {object_id for object_id, _ in OTHERS}
    for ask in (packs.get, packs.ids):
        with pytest.raises(MalformedError) as caught:
            ask(SOME[0][0])
        assert caught.value.path == str(spoiled)
    assert isinstance(packs.check(str(spoiled)), CorruptionError)


def test_a_disk_that_cannot_read_a_pack_is_told_with_its_name(write, folder, monkeypatch):
    """EIO in one pack is a fault of that pack, at whichever read it comes."""
    path = write(SOME)
    packs, opened = Packs(str(folder)), PackFile(str(path))
    real = disk.pread

    def fail(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(disk, "pread", fail)
    for ask in (packs.get, opened.get):
        with pytest.raises(MalformedError, match=os.strerror(errno.EIO)):
            ask(SOME[0][0])
    monkeypatch.setattr(disk, "pread", real)
    assert packs.get(SOME[0][0]) == SOME[0][1]


def test_ids_are_found_while_packs_are_packed_anew(write, folder, monkeypatch):
    """A pack that goes while it is asked is looked for under its new name."""
    old = write(SOME)
    packs = Packs(str(folder))
    packs.refresh()
    real = PackFile.ids

    def ids(pack, prefix=""):
        if old.exists():
            write([*SOME, *OTHERS])
            old.unlink()
        return real(pack, prefix)

    monkeypatch.setattr(PackFile, "ids", ids)
    assert packs.ids(SOME[7][0][:10]) == {SOME[7][0]}


@pytest.mark.usefixtures("reading")
def test_a_pack_that_was_put_back_is_read_anew(write, folder):
    """Who opened a pack while it was damaged finds what it has once another file has its name."""
    path = write(SOME)
    whole = path.read_bytes()
    overwrite(path, column(path, "keys"), bytes(8 * len(SOME)))
    packs = Packs(str(folder))
    assert packs.get(SOME[0][0]) is None
    path.rename(folder / "aside")
    path.write_bytes(whole)
    assert packs.get(SOME[0][0]) == SOME[0][1]
    assert packs.ids(SOME[7][0][:10]) == {SOME[7][0]}


def test_of_packs_of_a_newer_program_only_those_are_opened_that_have_to_be(write, folder):
    """Who gathers packs leaves them alone; who must know all is told."""
    newer = write(SOME)
    overwrite(newer, len(MAGIC), struct.pack("<I", VERSION + 1))
    write(OTHERS)
    packs = Packs(str(folder))
    assert [pack.index.count for pack in packs.opened(newer=False)] == [len(OTHERS)]
    with pytest.raises(UnsupportedFormatError):
        packs.opened()


def test_the_pack_that_answered_last_is_asked_first(write, folder, monkeypatch):
    """Neighbours lie in one pack: the second lookup goes straight to it."""
    paths = {str(write(objects)): objects for objects in (SOME, OTHERS, named(b"1"))}
    packs = Packs(str(folder))
    asked: list[str] = []
    real_get = PackFile.get

    def get(pack, object_id):
        asked.append(pack.path)
        return real_get(pack, object_id)

    monkeypatch.setattr(PackFile, "get", get)
    for path, objects in paths.items():
        packs.get(objects[0][0])
        asked.clear()
        packs.get(objects[-1][0])
        assert asked == [path]


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


def _rebuilt(objects, *, keys=list, numbers=list, sizes=list, offset=HEADER.size, between=b"", flags=0):
    """The bytes of a pack of one block, by the format page alone, with parts of it changed."""
    bodies = [body for _, body in objects]
    block = struct.pack(f"<{len(bodies) - 1}I", *sizes([len(body) for body in bodies[:-1]])) + b"".join(bodies)
    table = sorted((int(object_id[:16], 16), number) for number, (object_id, _) in enumerate(objects))
    index = struct.pack("<QQII", offset, len(block), 0, 0xFFFFFFFF)
    index += struct.pack(f"<{len(table)}Q", *keys([key for key, _ in table]))
    index += struct.pack(f"<{len(table)}I", *numbers([number for _, number in table]))
    trailer = struct.pack("<QII", HEADER.size + len(block) + len(between), 1, len(table))
    return struct.pack("<8sII", b"MUNIPACK", 2, flags) + between + block + index + trailer


def test_a_pack_written_by_the_page_is_read(folder):
    """The page is enough to write one."""
    data = _rebuilt(SOME)
    folder.mkdir()
    path = folder / f"{hashlib.sha256(data).hexdigest()}.pack"
    path.write_bytes(data)
    packs = Packs(str(folder))
    assert packs.check(str(path)) is None
    assert [packs.get(object_id) for object_id, _ in SOME] == [body for _, body in SOME]


@pytest.mark.parametrize(
    ("change", "kind", "reason"),
    [
        ({"keys": lambda keys: keys[::-1]}, MalformedError, "out of order"),
        ({"numbers": lambda numbers: [numbers[0]] * len(numbers)}, MalformedError, "each object once"),
        ({"between": b"hidden", "offset": HEADER.size + 6}, MalformedError, "not at the beginning"),
        ({"between": b"hidden"}, MalformedError, "block 0"),
        ({"sizes": lambda sizes: [1 << 31] * len(sizes)}, MalformedError, "block 0"),
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


def test_what_is_packed_anew_while_it_is_looked_for_is_there(write, folder, monkeypatch):
    """Who asks for what lies there now follows a pack that is deleted after the folder was looked at."""
    old = write(SOME[:50])
    packs = Packs(str(folder))
    looked_at = disk.listdir

    def looking(path):
        found = looked_at(path)
        if old.exists():
            write(SOME)
            old.unlink()
        return found

    monkeypatch.setattr(disk, "listdir", looking)
    assert packs.has_now(SOME[7][0])
    assert not packs.has_now(ABSENT)


def test_what_was_deleted_is_not_there_now(write, folder, reading):
    """Whatever was read of a pack before."""
    old = write(SOME)
    packs = Packs(str(folder))
    assert packs.get(SOME[7][0]) == SOME[7][1]
    write(OTHERS)
    old.unlink()
    assert not packs.has_now(SOME[7][0])
    assert packs.has_now(OTHERS[7][0])
