"""What every `ObjectStore` must do, asked of each there is."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from muniment.errors import HashMismatchError, ObjectNotFoundError
from muniment.files.layout import Layout
from muniment.storage.interface import ObjectStore
from muniment.storage.loose import LooseObjects
from muniment.storage.memory import MemoryObjects
from muniment.storage.objects import LocalObjects


class Subject(NamedTuple):
    """A store to be asked, and a way to put bytes under an id behind its back."""

    store: ObjectStore
    plant: Callable[[str, bytes], None]


def loose(folder: Path) -> Subject:
    """One file an object."""
    return Subject(LooseObjects(Layout(folder)), file_planter(folder))


def local(folder: Path) -> Subject:
    """Loose files and packs, and a memory of what was read."""
    return Subject(LocalObjects(Layout(folder)), file_planter(folder))


def memory(folder: Path) -> Subject:
    """No files at all."""
    store = MemoryObjects()
    return Subject(store, store._objects.__setitem__)


def file_planter(folder: Path) -> Callable[[str, bytes], None]:
    """A way to write whatever bytes as the file of an object."""

    def plant(object_id: str, data: bytes) -> None:
        path = Path(Layout(folder).object(object_id))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return plant


@pytest.fixture(params=[loose, local, memory], ids=lambda kind: kind.__name__)
def subject(request, tmp_path) -> Subject:
    """Each implementation in turn, empty."""
    return request.param(tmp_path)


@pytest.fixture
def store(subject) -> ObjectStore:
    """The implementation alone, for tests that need nothing else."""
    return subject.store


def id_of(data):
    """The id of an object with these bytes."""
    return hashlib.sha256(data).hexdigest()


def put(store, *bodies):
    """Store objects; give their ids."""
    for data in bodies:
        store.put(id_of(data), data)
    return [id_of(data) for data in bodies]


@pytest.mark.parametrize("data", [b"{}", b"", b"\x00\xff\n", b"x" * 200_000], ids=["small", "empty", "binary", "large"])
def test_an_object_comes_back_as_it_was_put(store, data):
    """`get` gives the very bytes that were put."""
    put(store, data)
    assert store.get(id_of(data)) == data


def test_what_was_never_put_is_not_found(store):
    """A missing object is told by its id."""
    put(store, b"another")
    with pytest.raises(ObjectNotFoundError) as raised:
        store.get(id_of(b"absent"))
    assert raised.value.id == id_of(b"absent")


def test_wrong_bytes_are_never_given(subject):
    """Bytes that do not hash to the name they lie under are an error, not data."""
    right, wrong = b'{"port":80}', b'{"port":81}'
    subject.plant(id_of(right), wrong)
    with pytest.raises(HashMismatchError) as raised:
        subject.store.get(id_of(right))
    assert (raised.value.expected, raised.value.found) == (id_of(right), id_of(wrong))


def test_a_cut_object_is_never_given(subject):
    """What a stopped program wrote half is an error as well."""
    subject.plant(id_of(b"whole"), b"who")
    with pytest.raises(HashMismatchError):
        subject.store.get(id_of(b"whole"))


def test_putting_mends_what_is_damaged(subject):
    """An object that is there, but not whole, is replaced by one that is."""
    subject.plant(id_of(b"whole"), b"who")
    put(subject.store, b"whole")
    assert subject.store.get(id_of(b"whole")) == b"whole"


def test_putting_twice_is_putting_once(store):
    """An object that is there already stays, and is listed once."""
    put(store, b"same", b"same")
    assert list(store.ids()) == [id_of(b"same")]
    assert store.get(id_of(b"same")) == b"same"


def test_an_empty_store_lists_nothing(store):
    """There are no ids before the first object."""
    assert list(store.ids()) == []
    assert list(store.ids("ab")) == []


@pytest.mark.parametrize("length", [0, 1, 2, 3, 8, 63, 64])
def test_ids_are_listed_by_prefix(store, length):
    """`ids` gives those that begin with a prefix of any length, each once, and no others."""
    ids = put(store, *(b"%d" % number for number in range(60)))
    for prefix in {object_id[:length] for object_id in ids}:
        assert sorted(store.ids(prefix)) == sorted(each for each in ids if each.startswith(prefix))


def test_a_prefix_of_nothing_lists_nothing(store):
    """A prefix that no id has gives none, also where another id shares its first digits."""
    (object_id,) = put(store, b"one")
    other_last = "0" if object_id[-1] != "0" else "1"
    other_third = "0" if object_id[2] != "0" else "1"
    assert list(store.ids(object_id[:-1] + other_last)) == []
    assert list(store.ids(object_id[:2] + other_third)) == []
