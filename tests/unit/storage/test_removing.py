"""Removing objects: what is written down goes, whoever finishes it."""

from pathlib import Path

import pytest

from muniment.errors import MalformedError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage import removing
from muniment.storage.local import LocalStorage
from muniment.storage.removing import Doomed
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
