"""Stop a program, or cut the power, while it erases: the content is there, or it is gone and the record says why."""

import shutil
import sys
from pathlib import Path

import pytest
from disk_calls import CHANGES, WRITES, die, die_after
from power_cuts import cut_between
from promises import opened
from stops import each_stop, in_a_store

from muniment import BlobErasedError
from muniment.files.layout import Layout
from muniment.storage.pack_writer import write_pack
from muniment.values import canonical

TEXT = "a secret of the vault"
CONTENT = canonical.encode({"password": TEXT})
BLOB = canonical.digest(CONTENT)


def begin(store):
    """Commit a secret, then something else; let it lie loose, in packs, and in the journal."""
    with store.transaction("secret") as change:
        change.write("web", {"password": TEXT})
    with store.transaction("none") as change:
        change.write("web", 0)


def put_in_a_pack(store):
    """Let the secret lie in a pack too, with something else."""
    layout = Layout(store.path)
    other = canonical.encode(1)
    write_pack(layout.packs, layout.temporary, [(canonical.digest(other), other), (BLOB, CONTENT)])


def erase(store):
    """Erase the secret."""
    store.erase(BLOB, "it was never to be there")


def is_there(root):
    """Tell whether the secret can be read, once it was checked that all is well, and told why if not."""
    with opened(root) as store:
        entries = list(store.ledger("erasures"))
        assert [entry.payload["blob"] for entry in entries] in ([], [BLOB])
        assert store.verify().findings == ()
        assert store.at("HEAD")["web"] == 0
        if (Path(root) / ".muniment/objects" / BLOB[:2] / f"{BLOB[2:]}.json").exists():
            assert store.at("HEAD~1")["web"] == {"password": TEXT}
            return True
        with pytest.raises(BlobErasedError) as raised:
            store.at("HEAD~1").read("web")
        assert (raised.value.reason, raised.value.time) == ("it was never to be there", entries[0].time)
        return False


def finish(root):
    """Erase it again, and check that it is nowhere."""
    with opened(root) as store:
        erase(store)
        assert len(store.ledger("erasures")) == 1
    assert not is_there(root)
    assert [path for path in Path(root).rglob("*") if path.is_file() and TEXT.encode() in path.read_bytes()] == []


@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize(
    ("decision", "calls"), [(die, CHANGES), (die_after(lambda size: size // 2), WRITES)], ids=["before", "half"]
)
def test_a_program_may_be_stopped_at_any_call(template, place, decision, calls):
    """Whichever call it dies at, erasing again finishes it."""
    shutil.copytree(template, place / "begun")
    with opened(place / "begun") as store:
        begin(store)
        put_in_a_pack(store)

    seen = []
    for stop in each_stop(place / "begun", place, decision, calls, in_a_store(erase)):
        seen.append(is_there(stop.root))
        finish(stop.root)
    assert (seen[0], seen[-1]) == (True, False)  # between them not in order: how many calls a run makes, clocks decide


@pytest.mark.skipif(sys.platform != "linux", reason="finds a descriptor's file through /proc")
@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize(
    ("all_names", "durability"),
    [(False, "full"), (True, "full"), (False, "os")],
    ids=["names too", "contents only", "a store that does not sync"],
)
def test_a_power_cut_brings_nothing_back(place, monkeypatch, all_names, durability):
    """What was erased stays away, whatever the journal held; before that, it is there, or its record."""
    monkeypatch.setattr("muniment.storage.erasing._IN_USE_S", 0.0)

    def erase_so(store):
        if durability == "full":
            erase(store)
        else:
            with opened(store.path, durability=durability) as other:
                erase(other)

    steps = [begin, put_in_a_pack, erase_so, lambda store: store.write("other", 1)]
    cuts = cut_between(steps, lambda _: None, place, monkeypatch, all_names=all_names, limit=8 << 20)
    for left, acknowledged in cuts.moments:
        if acknowledged > 1:
            there = is_there(left / "store")
            assert not (there and acknowledged > 2)
            finish(left / "store")
        shutil.rmtree(left)
