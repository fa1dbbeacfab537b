"""Stop a repair at each of its calls: repeated, it mends the store all the same, and no byte is gone."""

import os
import shutil
from pathlib import Path

import pytest
from disk_calls import CHANGES, WRITES, die, die_after
from promises import opened, working
from stops import each_stop, in_a_store

from muniment.files.layout import Layout

pytestmark = pytest.mark.usefixtures("quick_disk")

TORN = b'{"torn":'


def damage(root, store_before):
    """Damage an object, a pack and the operation log, and take a head away; gives the bytes that nobody else has."""
    layout = Layout(root)
    path = Path(layout.object(store_before))
    path.chmod(0o644)
    path.write_bytes(b"damaged object")
    (pack,) = Path(layout.packs).iterdir()
    data = bytearray(pack.read_bytes())
    data[-20] ^= 1
    pack.chmod(0o644)
    pack.write_bytes(data)
    with open(layout.operations, "ab") as log:
        log.write(TORN)
    shutil.rmtree(Path(layout.heads) / "main")
    return b"damaged object", bytes(data), TORN


@pytest.mark.parametrize(
    ("decision", "calls"), [(die, CHANGES), (die_after(lambda size: size // 2), WRITES)], ids=["before", "half"]
)
def test_a_repair_may_be_stopped_at_any_call(template, place, decision, calls):
    """Whichever call it dies at, repairing again leaves a store that is well, with what was taken away in `lost`."""
    begun = place / "begun"
    shutil.copytree(template, begun)
    with opened(begun) as store:
        with store.transaction("one") as change:
            change.write("web", 1)
        with store.transaction("many") as change:
            for number in range(40):
                change.write(f"many/{number}", number)
        expected, first = working(store), store.log()[-1].id
    whole = shutil.copytree(begun, place / "whole")
    kept = damage(begun, first)

    for stop in each_stop(begun, place, decision, calls, in_a_store(lambda store: store.repair(from_=whole))):
        with opened(stop.root) as store:
            assert store.repair(from_=whole).ok
            assert working(store) == expected
            assert store.repair(from_=whole).mended == ()
        held = [path.read_bytes() for path in Path(stop.root).rglob("*") if path.is_file()]
        assert all(any(one in data for data in held) for one in kept)


def test_a_repair_beside_writers_loses_nothing(template, place):
    """A program commits while another repairs again and again: all its commits are there, and the store is well."""
    from children import Child

    root = place / "store"
    shutil.copytree(template, root)
    with opened(root) as store:
        store.write("web", 0)
        store.commit("begin")

    def writing(tell):
        with opened(root) as store:
            for number in range(30):
                with store.transaction("next") as change:
                    change.write("web", number + 1)
                tell(store.log(limit=1)[0].id)

    child = Child(writing)
    with opened(root) as store:
        for _ in range(5):
            assert store.repair().lost is None
    told = child.told()
    assert child.status == 0
    assert len(told) == 30
    with opened(root) as store:
        assert set(told) <= {commit.id for commit in store.log()}
        assert store.verify().ok
    assert not os.path.exists(Layout(root).lost)
