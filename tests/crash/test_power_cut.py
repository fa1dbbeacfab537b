"""Cut the power at every call that changes the disk: what was acknowledged is there, from synced bytes alone."""

import itertools
import os
import shutil
import sys

import pytest
from disk_calls import CHANGES, SYNCS, intercepted
from medium import Medium
from promises import AUTHOR, Documents, check_kept, opened, working

from muniment import Store
from muniment.files import journal_note
from muniment.storage import checkpoint, local

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="finds a descriptor's file through /proc"),
    pytest.mark.usefixtures("quick_disk"),
]


@pytest.fixture(autouse=True)
def another_boot_each_time(monkeypatch):
    """A machine that lost its power boots anew."""
    boots = itertools.count(1)
    monkeypatch.setattr(journal_note, "boot_id", lambda: next(boots).to_bytes(16, "big"))


class PowerCuts:
    """Run programs below `top` and lay out, at each change of the disk, what a power cut would leave there."""

    def __init__(self, top, left, *, all_names):
        self._medium = Medium(top)
        self._left = left
        self._all_names = all_names
        self.top = top
        self.acknowledged = []
        self.moments = []

    def acknowledge(self, commit):
        """Note that the program was told of a commit."""
        self.acknowledged.append(commit.id)

    def __call__(self, call):
        """Look before a call, and let it go on."""
        if call.name in (CHANGES if self._all_names else SYNCS):  # between two syncs no more becomes durable
            self.look()
        return self._medium(call)

    def look(self):
        """Lay out what would be left now."""
        place = self._left / str(len(self.moments))
        place.mkdir(parents=True)
        self._medium.left_in(place, all_names=self._all_names)
        self.moments.append((place, list(self.acknowledged)))

    def run(self, program):
        """Run a program to its end, looking all the time."""
        try:
            with intercepted(self):
                program(self)
            self.look()
        finally:
            self._medium.close()


@pytest.fixture(params=[False, True], ids=["names too", "contents only"])
def cuts(request, place):
    """Power cuts that take unsynced names too, or unsynced contents alone."""
    (place / "top" / "store").mkdir(parents=True)
    return PowerCuts(place / "top", place / "left", all_names=request.param)


def write(store, names, value, *, worktree=False):
    """Commit one value as several documents."""
    with store.transaction("change", worktree=worktree) as change:
        for name in names:
            change.write(name, value)
    return change.commit


def commits(cuts):
    """A new store; commits with and without files, one with a pack, from two handles; a third empties the journal."""
    with Store.init(cuts.top / "store", author=AUTHOR) as store:
        cuts.acknowledge(write(store, ["a"], 1))
        cuts.acknowledge(write(store, ["b", "new/folder/b"], 2, worktree=True))
        other = opened(cuts.top / "store")
        cuts.acknowledge(write(other, [f"many/{number}" for number in range(40)], 3))
        cuts.acknowledge(store.rollback("HEAD~2", reason="back", names=["b"]))
        cuts.acknowledge(write(other, ["a"], 4))
        other.close()
        cuts.acknowledge(write(store, ["c"], 5))
    with opened(cuts.top / "store") as store:
        cuts.acknowledge(write(store, ["d"], 6))


MANY = {f"many/{number}": 3 for number in range(40)}
STATES = [
    {},
    {"a": 1},
    {"a": 1, "b": 2, "new/folder/b": 2},
    {"a": 1, "b": 2, "new/folder/b": 2, **MANY},
    {"a": 1, "new/folder/b": 2, **MANY},
    {"a": 4, "new/folder/b": 2, **MANY},
    {"a": 4, "new/folder/b": 2, **MANY, "c": 5},
    {"a": 4, "new/folder/b": 2, **MANY, "c": 5, "d": 6},
]


def check(cuts, *states):
    """Check each moment from which on something was acknowledged: that state is there, or the next."""
    for place, acknowledged in cuts.moments:
        count = len(acknowledged)
        if count:
            check_kept(place / "store", acknowledged, *states[count : count + 2])
        shutil.rmtree(place)


def test_acknowledged_commits_outlive_a_power_cut(cuts):
    """Commits, checkpoints and closing: at no moment does a power cut take an acknowledged commit."""
    cuts.run(commits)
    check(cuts, *STATES)


def test_a_new_store_outlives_a_power_cut(cuts):
    """A store made in a folder that was not there is durable, with all folders above it that were made."""
    root = cuts.top / "new" / "store"

    def program(cuts):
        with Store.init(root, author=AUTHOR) as store:
            cuts.acknowledge(write(store, ["a"], 1))

    cuts.run(program)
    place, acknowledged = cuts.moments[-1]
    check_kept(place / "new" / "store", acknowledged, {"a": 1})


def test_a_checkpoint_by_the_whole_file_system_is_as_good(cuts, monkeypatch):
    """The same with every checkpoint made by one call for all."""
    monkeypatch.setattr(checkpoint, "MANY_BYTES", 0)
    monkeypatch.setattr(local, "JOURNAL_LIMIT", 0)
    cuts.run(commits)
    check(cuts, *STATES)


def test_a_written_document_outlives_a_power_cut(cuts):
    """What `write`, `create`, `edit` and `delete` return from is durable, new folders and all."""
    expected: list[Documents] = [{"old": {}}]

    def program(cuts):
        store = Store.init(cuts.top / "store")
        store.write("old", {})
        for verb in (
            lambda: store.write("new/folder/a", 1),
            lambda: store.create("other/b", 2),
            lambda: store.write("new/folder/a", 3),
            lambda: store.delete("other/b"),
        ):
            cuts.acknowledge(_Step)
            verb()
            expected.append({name: store.read(name) for name in store.names()})
        cuts.acknowledge(_Step)

    cuts.run(program)
    for place, acknowledged in cuts.moments:
        if acknowledged:
            with opened(place / "store") as store:
                assert working(store) in expected[len(acknowledged) - 1 : len(acknowledged) + 1]


class _Step:
    id = ""


def test_a_store_that_does_not_sync_is_durable_once_closed(cuts):
    """With `durability="os"`, closing makes all durable that was committed: objects, packs and working files."""

    def program(cuts):
        Store.init(cuts.top / "store").close()
        with opened(cuts.top / "store", durability="os") as store:
            first = write(store, ["a", "new/b"], 1, worktree=True)
            second = write(store, [f"many/{number}" for number in range(40)], 2)
        cuts.acknowledge(first)
        cuts.acknowledge(second)

    cuts.run(program)
    place, acknowledged = cuts.moments[-1]
    state = {"a": 1, "new/b": 1, **{f"many/{number}": 2 for number in range(40)}}
    check_kept(place / "store", acknowledged, state)
    with opened(place / "store") as store:
        assert working(store) == {"a": 1, "new/b": 1}


def test_the_model_forgets_what_was_not_synced(place):
    """The model itself: unsynced bytes and names are gone, synced ones stay."""
    top, left = place / "top", place / "left"
    (top / "folder").mkdir(parents=True)
    (top / "folder" / "kept").write_text("kept")
    left.mkdir()
    medium = Medium(top)
    (top / "folder" / "lost").write_text("lost")
    (top / "folder" / "kept").write_text("changed")
    medium.left_in(left)
    assert [path.name for path in left.rglob("*") if path.is_file()] == ["kept"]
    assert (left / "folder" / "kept").read_text() == "kept"
    fd = os.open(top / "folder" / "kept", os.O_RDWR)
    with intercepted(medium):
        from muniment.files import disk

        disk.fsync(fd)
    os.close(fd)
    medium.left_in(left)
    assert (left / "folder" / "kept").read_text() == "changed"
    medium.close()
