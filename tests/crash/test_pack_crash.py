"""Stop a program, or cut the power, while it packs: every object is there, and the next packing finishes it."""

import shutil
import sys
from pathlib import Path

import pytest
from disk_calls import CHANGES, WRITES, die, die_after
from power_cuts import cut_between
from promises import opened
from stops import each_stop, in_a_store

from muniment.files.layout import Layout

pytestmark = pytest.mark.usefixtures("quick_disk")


def begin(store):
    """Make history that lies in a pack, then some that lies loose."""
    for number in range(3):
        with store.transaction(f"number {number}") as change:
            change.write("web", number)
        if number == 1:
            store.pack()


def check(root):
    """Check that everything is there, and that packing goes on to its end."""
    with opened(root) as store:
        assert [store.at(commit.id).read("web") for commit in store.log(limit=3)] == [2, 1, 0]
        assert store.verify().findings == ()
        store.pack()
        assert store.verify().findings == ()
    with opened(root) as store:
        assert [store.at(commit.id).read("web") for commit in store.log(limit=3)] == [2, 1, 0]
    assert list(Path(Layout(root).objects).rglob("*.json")) == []


@pytest.mark.parametrize(
    ("decision", "calls"), [(die, CHANGES), (die_after(lambda size: size // 2), WRITES)], ids=["before", "half"]
)
def test_a_program_may_be_stopped_at_any_call(template, place, decision, calls):
    """Whatever was written or deleted by then."""
    shutil.copytree(template, place / "begun")
    with opened(place / "begun") as store:
        begin(store)

    stopped = 0
    for stop in each_stop(place / "begun", place, decision, calls, in_a_store(lambda store: store.pack())):
        stopped += stop.was_stopped
        check(stop.root)
    assert stopped > (5 if calls is CHANGES else 0)


@pytest.mark.skipif(sys.platform != "linux", reason="finds a descriptor's file through /proc")
@pytest.mark.parametrize("all_names", [False, True], ids=["contents only", "names too"])
def test_a_power_cut_loses_nothing(place, monkeypatch, all_names):
    """What was deleted was durable elsewhere before."""
    steps = [begin, lambda store: store.pack(), lambda store: store.write("other", 1)]
    cuts = cut_between(steps, lambda _: None, place, monkeypatch, all_names=all_names, limit=8 << 20)
    assert {acknowledged for _, acknowledged in cuts.moments} >= {1, 2}
    for left, _ in cuts.moments:
        check(left / "store")
        shutil.rmtree(left)
