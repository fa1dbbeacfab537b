"""Stop a program, or cut the power, while it collects: all of the garbage is there or none; nothing else is lost."""

import shutil
import sys
from datetime import timedelta

import pytest
from disk_calls import CHANGES, WRITES, die, die_after
from power_cuts import cut_between
from promises import opened
from stops import each_stop, in_a_store

from muniment import Store
from muniment.files.layout import Layout
from muniment.repo import collecting
from muniment.storage.pack_writer import write_pack

COUNT = 4


def begin(store):
    """Commit something that stays, and a branch that does not; each commit of it lies loose or in one of two packs."""
    with store.transaction("kept") as change:
        change.write("web", {"port": 0})
    store.branches.create("side")
    for number in range(COUNT):
        with store.transaction("lost", branch="side", worktree=False) as change:
            change.write("web", {"port": number})
            change.write("other", number)
    with store.transaction("kept too") as change:
        change.write("web", {"port": 3})
    store.branches.create("tip", "side")
    put_in_packs(store)
    for branch in ("side", "tip"):
        store.branches.delete(branch)


def put_in_packs(store):
    """Let the commits of `side` lie in turn in a pack, in another, and loose; each pack has something that stays."""
    objects = store._parts.storage.objects
    layout = Layout(store.path)
    lost = [commit.id for commit in store.log("side")][:COUNT]
    kept = [commit.id for commit in store.log()]
    for turn in range(2):
        ids = [*lost[turn::3], kept[turn]]
        write_pack(layout.packs, layout.temporary, [(one, objects.find(one)) for one in ids])
        for one in ids:
            objects.loose.remove(one)


def stored(store):
    """The ids of all objects, once whatever was begun is finished."""
    store.checkpoint()
    return set(store._parts.storage.objects.ids())


def reached(store):
    """The ids that history leads to."""
    found = set()
    for commit in store.log():
        found |= {commit.id, commit.tree, *(version.blob for version in store.history("web"))}
    return found


def collect(store):
    """Delete what nothing leads to."""
    store.collect(older_than=timedelta(0))


def is_garbage_there(root, lost):
    """Tell whether the garbage is there, once it was checked that all of it is or none; and that the rest is."""
    with opened(root) as store:
        found = stored(store)
        assert reached(store) <= found
        assert lost <= found or lost.isdisjoint(found)
        assert store.verify().findings == ()
        assert [dict(store.at(commit.id)) for commit in store.log()] == [{"web": {"port": 3}}, {"web": {"port": 0}}]
        return lost <= found


def finish(root, lost):
    """Collect again, and check that it is gone; that what took the place of a pack is not there twice."""
    with opened(root) as store:
        collect(store)
        assert stored(store) == reached(store)
        assert store.collect(older_than=timedelta(0), dry_run=True).deleted == 0
    assert not is_garbage_there(root, lost)


def garbage_of(root):
    """The ids that nothing leads to."""
    with opened(root) as store:
        return stored(store) - reached(store)


@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize(
    ("decision", "calls", "most_loose"),
    [(die, CHANGES, 1_000), (die, CHANGES, 0), (die_after(lambda size: size // 2), WRITES, 1_000)],
    ids=["before", "before, with many loose", "half"],
)
def test_a_program_may_be_stopped_at_any_call(place, monkeypatch, decision, calls, most_loose):
    """Whichever call it dies at, the next writer finds all of the garbage or none, and collecting again ends it."""
    monkeypatch.setattr(collecting, "MOST_LOOSE", most_loose)
    Store.init(place / "begun", author="Ada <ada@example.org>").close()
    with opened(place / "begun") as store:
        begin(store)
    lost = garbage_of(place / "begun")
    assert len(lost) > 2 * COUNT

    seen = []
    for stop in each_stop(place / "begun", place, decision, calls, in_a_store(collect)):
        seen.append(is_garbage_there(stop.root, lost))
        finish(stop.root, lost)
    assert seen == sorted(seen, reverse=True)
    assert (seen[0], seen[-1]) == (True, False)


@pytest.mark.usefixtures("quick_disk")
def test_who_packs_after_a_program_was_stopped_keeps_nothing_of_it(place):
    """What a stopped program was about to delete is in no pack that another makes before anybody wrote."""
    Store.init(place / "begun", author="Ada <ada@example.org>").close()
    with opened(place / "begun") as store:
        begin(store)
    lost = garbage_of(place / "begun")

    for stop in each_stop(place / "begun", place, die, frozenset({"unlink"}), in_a_store(collect)):
        with opened(stop.root) as store:
            store.pack()
        is_garbage_there(stop.root, lost)
        finish(stop.root, lost)


@pytest.mark.skipif(sys.platform != "linux", reason="finds a descriptor's file through /proc")
@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize("all_names", [False, True], ids=["names too", "contents only"])
def test_a_power_cut_leaves_all_or_none(place, monkeypatch, all_names):
    """Nothing that stays is lost, and what was collected and acknowledged does not come back in part."""
    lost = set()

    def noted(store):
        begin(store)
        store.checkpoint()
        lost.update(set(store._parts.storage.objects.ids()) - reached(store))

    def write_on(store):
        store.write("other", 1)

    cuts = cut_between(
        [noted, collect, write_on], lambda _: None, place, monkeypatch, all_names=all_names, limit=8 << 20
    )
    seen = []
    for left, acknowledged in cuts.moments:
        if acknowledged:
            seen.append((acknowledged, is_garbage_there(left / "store", lost)))
            finish(left / "store", lost)
        shutil.rmtree(left)
    assert {there for acknowledged, there in seen if acknowledged > 1} == {False}
    assert True in {there for _, there in seen}
