"""Packing: what was loose or in small packs is in one, nothing is lost, and packs stay few."""

import errno
import hashlib
import os
import random
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from muniment.errors import CorruptionError, LockTimeoutError
from muniment.files import disk
from muniment.storage import packer as packer_module
from muniment.storage.objects import LocalObjects
from muniment.storage.pack_file import PackFile
from muniment.storage.pack_order import PackOrder
from muniment.storage.packer import Packer
from muniment.storage.packing import GROWTH, PackReport
from muniment.values import canonical


def named(*bodies):
    """Objects by their ids."""
    return {hashlib.sha256(body).hexdigest(): body for body in bodies}


def some(count, start=0):
    """Objects that are not alike."""
    return named(*(canonical.encode({"n": n, "text": "x" * (n % 50)}) for n in range(start, start + count)))


@pytest.fixture
def objects(layout):
    """All objects of a store."""
    return LocalObjects(layout)


@pytest.fixture
def packer(layout, objects):
    """Who packs them."""
    return Packer(layout, objects, lambda _: nullcontext())


def put(objects, some_objects):
    """Store objects loose."""
    for object_id, data in some_objects.items():
        objects.put(object_id, data)


def everything(layout):
    """Read all objects from the disk, as another program does."""
    found = LocalObjects(layout)
    return {object_id: found.read(object_id) for object_id in found.ids()}


def packs_of(layout):
    """How many objects each pack has, ascending."""
    return sorted(PackFile(path).index.count for path in LocalObjects(layout).packs.files())


def test_loose_objects_become_one_pack(layout, objects, packer):
    """Nothing is loose any more, not even a folder is left, and every object is read as before."""
    put(objects, some(100))
    before_bytes = sum(map(len, some(100).values()))
    report = packer.pack(0)
    assert report == PackReport(100, 0, 100, before_bytes, report.after_bytes)
    assert 0 < report.after_bytes < before_bytes
    assert os.listdir(layout.objects) == []
    assert everything(layout) == some(100)


def test_nothing_to_pack_is_nothing_done(layout, objects, packer):
    """A second time changes no file."""
    assert packer.pack(0) == PackReport()
    put(objects, some(10))
    packer.pack(0)
    before = os.listdir(layout.packs)
    assert packer.pack(0) == PackReport()
    assert os.listdir(layout.packs) == before


def test_packs_stay_in_a_progression(layout, objects, packer):
    """Each pack has at least twice as many objects as all smaller ones together; objects are rarely written anew."""
    dice = random.Random(1)
    stored: dict[str, bytes] = {}
    written = 0
    for _ in range(40):
        batch = some(dice.choice([1, 3, 10, 40]), len(stored))
        put(objects, batch)
        stored |= batch
        written += packer.pack(0).objects
        sizes = packs_of(layout)
        assert all(sizes[place] >= GROWTH * sum(sizes[:place]) for place in range(1, len(sizes)))
    assert everything(layout) == stored
    assert sum(packs_of(layout)) == len(stored)
    assert written < 8 * len(stored)  # the logarithm, to the base of one and a half, is 16


def test_an_object_that_is_loose_and_packed_is_packed_once(layout, objects, packer):
    """Who stores an object again stores it loose: the next packing takes it away."""
    put(objects, some(30))
    packer.pack(0)
    for object_id, data in some(30).items():
        objects.rewrite(object_id, data)
    assert packer.pack(0).objects == 30
    assert packs_of(layout) == [30]
    assert list(objects.loose.ids()) == []
    assert everything(layout) == some(30)


def test_what_is_half_written_stays(layout, objects, packer):
    """An object that somebody is writing just now, or left half written, is left to him."""
    put(objects, some(5))
    half = next(iter(some(1, 99)))
    put(objects, {half: b'{"n"'})
    assert packer.pack(0).objects == 5
    assert list(objects.loose.ids()) == [half]


def test_a_damaged_pack_ends_it_before_anything_is_deleted(layout, objects, packer):
    """A fault is told, and everything is where it was."""
    put(objects, named(*(random.Random(n).randbytes(99) for n in range(9))))
    packer.pack(0)
    [path] = objects.packs.files()
    data = bytearray(Path(path).read_bytes())
    data[50] ^= 1
    Path(path).write_bytes(data)
    put(objects, some(20))
    with pytest.raises(CorruptionError):
        packer.pack(0)
    assert sorted(objects.loose.ids()) == sorted(some(20))
    assert list(objects.packs.files()) == [path]


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_full_disk_loses_nothing(layout, objects, packer, monkeypatch, call):
    """Where the pack cannot be written, all is as it was, and no file is left."""
    put(objects, some(20))

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(disk, call, fail)
        with pytest.raises(OSError, match="space"):
            packer.pack(0)
    assert everything(layout) == some(20)
    assert list(objects.packs.files()) == []
    assert os.listdir(layout.temporary) == []


def test_what_was_written_is_read_again_before_anything_is_deleted(layout, objects, packer, monkeypatch):
    """A pack that does not hold what it should replaces nothing."""
    put(objects, some(20))
    real = disk.rename

    def rename(source, target):
        with open(source, "r+b") as file:
            file.seek(40)
            file.write(b"????")
        real(source, target)

    monkeypatch.setattr(disk, "rename", rename)
    with pytest.raises(CorruptionError):
        packer.pack(0)
    assert sorted(objects.loose.ids()) == sorted(some(20))
    assert list(objects.packs.files()) == []


def test_what_stopped_programs_left_among_the_packs_is_swept(layout, objects, packer):
    """A temporary file there, of a pack on its way from another file system, goes once it is old."""
    put(objects, some(3))
    packer.pack(0)
    for name, age_s in (("old", 2 * 3600), ("new", 0)):
        path = f"{layout.packs}/.{name}.tmp"
        Path(path).touch()
        os.utime(path, (time.time() - age_s,) * 2)
    packer.pack(0)
    assert [name for name in os.listdir(layout.packs) if name.endswith(".tmp")] == [".new.tmp"]


def test_one_at_a_time(layout, objects, packer):
    """Who packs, or removes objects, is alone; the other is told to try again."""
    with packer.alone(0), pytest.raises(LockTimeoutError):
        Packer(layout, objects, lambda _: nullcontext()).pack(0)


def test_it_is_due_when_many_are_loose(objects, packer, monkeypatch):
    """One folder of 256 tells about how many there are."""
    monkeypatch.setattr(packer_module, "MANY", 256)
    assert not packer.is_due()
    put(objects, {"17" + "0" * 62: b""})
    assert packer.is_due()


def test_it_is_due_when_there_are_many_packs(objects, packer, monkeypatch):
    """So are small packs, which large transactions write, and packing leaves few."""
    monkeypatch.setattr(packer_module, "MANY_PACKS", 5)
    for number in range(5):
        assert not packer.is_due()
        objects.put_pack(some(10, number * 10).items(), sync=False)
    assert packer.is_due()
    packer.pack(0)
    assert not packer.is_due()


def test_everything_is_packed_anew_when_asked(layout, objects, packer):
    """A lone pack, written quickly, is packed again with the rest; nothing is lost."""
    large = named(*(canonical.encode({"n": n, "text": "".join(map(str, range(300)))}) for n in range(200)))
    objects.put_pack(large.items(), sync=False)
    small = some(3)
    put(objects, small)
    assert packer.pack(0).packs == 0
    report = packer.pack(0, everything=True)
    assert (report.packs, report.objects, packs_of(layout)) == (2, 203, [203])
    assert everything(layout) == {**large, **small}


# --- The order -------------------------------------------------------------------------------------


def tree(level, *entries):
    """A node of a tree."""
    return canonical.encode({"entries": [list(entry) for entry in entries], "level": level, "type": "tree"})


def commit(generation, root, *parents):
    """A commit."""
    time = f"2026-01-01T00:00:{generation:02d}.000000Z"
    fields = {"author": "Ada <a@b>", "generation": generation, "message": "", "meta": {}, "parents": list(parents)}
    return canonical.encode({**fields, "time": time, "tree": root, "type": "commit"})


def id_of(data):
    """The id of an object."""
    return hashlib.sha256(data).hexdigest()


def test_versions_of_a_document_lie_together_oldest_first():
    """Commits by generation, then trees and contents, by their name and in the order in which history has them."""
    versions = {name: [canonical.encode([name, n]) for n in range(3)] for name in ("a", "b")}
    stored: list[bytes] = [*versions["a"], *versions["b"]]
    parents: list[bytes] = []
    for n in range(3):
        node = tree(0, *((name, id_of(bodies[n])) for name, bodies in versions.items()))
        parents = [commit(n + 1, id_of(node), *map(id_of, parents))]
        stored += [node, *parents]
    given = named(*random.Random(3).sample(stored, len(stored)))
    order = PackOrder(given.items(), given.__getitem__)
    placed = [given[object_id] for object_id in order.ids()]
    assert placed[:3] == [data for data in stored if data.endswith(b'"commit"}')]
    assert placed[3:6] == [data for data in stored if data.endswith(b'"tree"}')]
    assert placed[6:] == [*versions["a"], *versions["b"]]
    assert [order.alike(id_of(data)) for data in placed[6:]] == ["content a"] * 3 + ["content b"] * 3
    assert len({order.alike(id_of(data)) for data in placed[:3]}) == 1


def test_contents_that_look_like_history_are_placed_too():
    """A document may say that it is a tree or a commit: it has a place, once, whatever it says."""
    liars = named(
        b'{"entries":[],"level":0,"type":"tree"}',
        b'{"entries":[["a"]],"type":"tree"}',
        b'{"author":1,"type":"commit"}',
        tree(1, ("x", "no id")),
        commit(1, "0" * 64),
    )
    order = PackOrder(liars.items(), liars.__getitem__)
    assert sorted(order.ids()) == sorted(liars)
    assert all(order.alike(object_id) for object_id in liars)
