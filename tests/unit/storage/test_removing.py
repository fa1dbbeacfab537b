"""Removing objects: what is written down goes, whoever finishes it."""

import errno
from pathlib import Path

import pytest

from muniment.errors import MalformedError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage import removing
from muniment.storage.doomed import Doomed
from muniment.storage.local import LocalStorage
from muniment.values import canonical


@pytest.fixture
def layout(tmp_path):
    """The paths of a store."""
    made = Layout(tmp_path / "store")
    Path(made.control).mkdir(parents=True)
    Path(made.format).write_text("{}")
    return made


@pytest.fixture
def storage(layout):
    """The storage of it, with three objects, one of them in a pack."""
    made = LocalStorage(layout, sync=False)
    for data in (b"1", b"2"):
        made.objects.put(canonical.digest(data), data)
    yield made
    made.close()


ONE, TWO, THREE = (canonical.digest(data) for data in (b"1", b"2", b"3"))


def test_what_is_listed_goes_and_the_rest_stays(layout, storage):
    """Loose objects and packs; a folder that this leaves empty goes too, and nothing is left to be done."""
    pack = storage.objects.put_pack([(THREE, b"3")], sync=False)
    with storage.exclusive(1.0):
        removing.remove(layout, storage.objects, Doomed([ONE], [pack]))
    assert set(storage.objects.ids()) == {TWO}
    assert not Path(layout.object(ONE)).parent.exists()
    assert Path(layout.removal).read_bytes() == b""
    assert not storage.objects.has(ONE)


def test_whoever_takes_the_lock_finishes_it(layout, storage, monkeypatch):
    """What a failing disk left undone is done by the next, another program; and nobody goes on before."""
    unlink = disk.unlink

    def refusing(path):
        if path == layout.object(TWO):
            raise PermissionError(13, "refused", path)
        unlink(path)

    monkeypatch.setattr(disk, "unlink", refusing)
    with pytest.raises(PermissionError), storage.exclusive(1.0):
        removing.remove(layout, storage.objects, Doomed([ONE, TWO], []))
    other = LocalStorage(layout, sync=False)
    with pytest.raises(PermissionError), other.exclusive(1.0):
        pass
    assert set(other.objects.loose.ids()) == {TWO}
    monkeypatch.setattr(disk, "unlink", unlink)
    with other.exclusive(1.0):
        assert set(other.objects.loose.ids()) == set()
        assert not other.objects.heed_removals()
    other.close()


@pytest.fixture
def refusing(monkeypatch):
    """Let the system refuse to delete some files, until it is asked to let go."""
    unlink = disk.unlink
    held: set[str] = set()

    def refuse(path):
        if path in held:
            raise PermissionError(13, "refused", path)
        unlink(path)

    monkeypatch.setattr(disk, "unlink", refuse)
    return held


@pytest.fixture
def going_on(layout, storage):
    """The storage of another program that goes on around what is refused."""
    made = LocalStorage(layout, sync=False, goes_on=True)
    yield made
    made.close()


def doom(layout, storage, doomed):
    """Write down that something is to go, and be refused."""
    with pytest.raises(PermissionError), storage.exclusive(1.0):
        removing.remove(layout, storage.objects, doomed)


def test_what_is_written_anew_is_spared(layout, storage, going_on, refusing):
    """What the system refused to delete counts as gone, until it is written again; then it stays for good."""
    refusing |= {layout.object(ONE), layout.object(TWO)}
    doom(layout, storage, Doomed([ONE, TWO], []))
    with going_on.exclusive(1.0):
        assert not going_on.objects.is_stored(ONE)
        going_on.objects.put(ONE, b"1")
        assert going_on.objects.is_stored(ONE)
        assert Path(layout.removal).read_text() == f"object {TWO}"
    refusing.clear()
    with storage.exclusive(1.0):
        assert set(storage.objects.ids()) == {ONE}
        assert storage.objects.is_stored(ONE)


def test_what_a_doomed_pack_has_is_written_beside_it(layout, storage, going_on, refusing):
    """The pack goes, and the object stays; a pack that is written again, byte for byte, stays too."""
    packs = [storage.objects.put_pack([(THREE, b"3")], sync=False), storage.objects.put_pack([(TWO, b"2")], sync=False)]
    refusing |= {layout.object(TWO), *map(layout.pack, packs)}
    doom(layout, storage, Doomed([TWO], packs))
    with going_on.exclusive(1.0):
        assert not any(map(going_on.objects.is_stored, (TWO, THREE)))
        going_on.objects.put(THREE, b"3")
        assert going_on.objects.put_pack([(TWO, b"2")], sync=False) == packs[1]
        assert all(map(going_on.objects.is_stored, (TWO, THREE)))
    refusing.clear()
    with storage.exclusive(1.0):
        assert [Path(path).stem for path in storage.objects.packs.files()] == [packs[1]]
        assert set(storage.objects.loose.ids()) == {ONE, THREE}


def test_who_copies_what_lies_there_waits_until_it_is_gone(layout, storage, going_on, refusing):
    """Packing, and erasing, which packs anew, would bring it back."""
    refusing.add(layout.object(ONE))
    doom(layout, storage, Doomed([ONE], []))
    with pytest.raises(PermissionError):
        going_on.packer.pack(1.0)
    with going_on.exclusive(1.0), pytest.raises(PermissionError):
        going_on.erase(TWO)
    doom(layout, going_on, Doomed([TWO], []))
    assert Path(layout.removal).read_text() == f"object {ONE}"
    refusing.clear()
    going_on.packer.pack(1.0)
    assert set(going_on.objects.ids()) == set()


def test_a_fault_of_the_disk_stops_everybody(layout, storage, going_on, monkeypatch):
    """It is no refusal of one file."""

    def failing(path):
        raise OSError(errno.EIO, "fault", path)

    monkeypatch.setattr(disk, "unlink", failing)
    with pytest.raises(OSError, match="fault"), storage.exclusive(1.0):
        removing.remove(layout, storage.objects, Doomed([ONE], []))
    with pytest.raises(OSError, match="fault"), going_on.exclusive(1.0):
        pass
    monkeypatch.undo()


def test_another_program_forgets_what_it_read(layout, storage):
    """Once it takes the lock, it finds nothing in its memory that is gone."""
    other = LocalStorage(layout, sync=False)
    assert other.objects.get(ONE) == b"1"
    with storage.exclusive(1.0):
        removing.remove(layout, storage.objects, Doomed([ONE], []))
    with other.exclusive(1.0):
        assert not other.objects.has(ONE)
    other.close()


@pytest.mark.parametrize("text", ["object ../../services/web", "document web", "object", "\n", "object " + "A" * 64])
def test_a_list_that_says_something_else_is_refused(layout, storage, text):
    """Nothing is deleted by it."""
    Path(layout.local).mkdir(exist_ok=True)
    Path(layout.removal).write_text(f"object {ONE}\n{text}")
    with pytest.raises(MalformedError), storage.exclusive(1.0):
        pass
    assert set(storage.objects.loose.ids()) == {ONE, TWO}
    Path(layout.removal).unlink()
