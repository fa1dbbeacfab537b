"""A pack against a dict: it gives what was put in, and damage never gives anything else."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import MunimentError
from muniment.storage import pack_file
from muniment.storage.pack_writer import write_pack
from muniment.storage.packs import Packs


def id_of(body):
    """The id of an object."""
    return hashlib.sha256(body).hexdigest()


bodies = st.sets(st.binary(min_size=1, max_size=40), max_size=40)
absent = st.binary(min_size=41, max_size=45).map(id_of)
hex_digits = st.text("0123456789abcdef", max_size=3)


@pytest.fixture(params=["index held", "file mapped"], autouse=True, scope="module")
def _reading(request):
    """Both ways of reading obey the same laws."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pack_file, "_MAPPED_FROM_BYTES", 1 << 40 if request.param == "index held" else 0)
        yield


def written(folder, *packs):
    """Write packs of these bodies; gives the paths."""
    target, temporary = Path(folder, "packs"), Path(folder, "temporary")
    named = [[(id_of(body), body) for body in bodies] for bodies in packs]
    names = [write_pack(str(target), str(temporary), objects, sync=False) for objects in named]
    return [target / f"{name}.pack" for name in names]


@given(st.lists(bodies, max_size=4), absent, hex_digits)
def test_packs_are_the_union_of_what_they_hold(packed, missing, prefix):
    """Several packs together answer as one dict of all their objects does."""
    with TemporaryDirectory() as folder:
        written(folder, *packed)
        packs = Packs(f"{folder}/packs")
        model = {id_of(body): body for body in set().union(*packed)}
        assert {object_id: packs.get(object_id) for object_id in model} == model
        assert packs.ids(prefix) == {object_id for object_id in model if object_id.startswith(prefix)}
        assert packs.get(missing) is None
        assert [packs.check(path) for path in packs.files()] == [None] * len(list(packs.files()))


@given(bodies, st.randoms(use_true_random=False))
def test_the_order_of_the_objects_changes_nothing_that_is_read(packed, random):
    """The index is sorted, whatever order the objects were given in."""
    shuffled = sorted(packed)
    random.shuffle(shuffled)
    with TemporaryDirectory() as folder:
        first, second = written(folder, sorted(packed), shuffled)
        assert list(pack_file.PackFile(str(first)).ids()) == list(pack_file.PackFile(str(second)).ids())


@given(bodies, st.data())
def test_damage_gives_the_truth_or_nothing_or_an_error(packed, data):
    """Whatever byte is changed, no lookup gives a wrong byte or an error that is not ours, and the check sees it."""
    with TemporaryDirectory() as folder:
        [path] = written(folder, packed)
        damaged = bytearray(path.read_bytes())
        damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(damaged)
        packs = Packs(f"{folder}/packs")
        for body in packed:
            try:
                assert packs.get(id_of(body)) in {body, None}
            except MunimentError:
                continue
        assert packs.check(str(path)) is not None


@given(bodies, st.data())
def test_a_pack_that_was_cut_short_is_never_read(packed, data):
    """No beginning of a pack is a pack."""
    with TemporaryDirectory() as folder:
        [path] = written(folder, packed)
        whole = path.read_bytes()
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        with pytest.raises(MunimentError):
            pack_file.PackFile(str(path))
