"""Stop a backup at its calls, cut the power, back up beside writers: it is a store that is well at every moment."""

import shutil
import sys
from pathlib import Path

import pytest
from children import Child
from disk_calls import CHANGES, SYNCS, WRITES, die, die_after, intercepted
from medium import Cuts, Medium
from promises import opened, working
from quick_stores import SWEEP
from stops import each_stop

from muniment import Store
from muniment.files.layout import Layout

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="finds a descriptor's file through /proc")
STEPS = {WRITES: 1, CHANGES: 1 if SWEEP else 5}
pytestmark = pytest.mark.usefixtures("quick_disk")


@pytest.mark.parametrize(
    ("decision", "calls"), [(die, CHANGES), (die_after(lambda size: size // 2), WRITES)], ids=["before", "half"]
)
@pytest.mark.parametrize("is_first", [True, False], ids=["the first", "a later one"])
def test_a_backup_may_be_stopped_at_any_call(template, place, decision, calls, is_first):
    """Whichever call it dies at, what is there verifies, and backing up again completes it."""
    begun = place / "begun"
    begun.mkdir()
    shutil.copytree(template, begun / "store")
    with opened(begun / "store") as store:
        with store.transaction("one") as change:
            change.write("web", 1)
        store.ledger("runs").append("turn", 1)
        if not is_first:
            store.backup(begun / "backup")
            with store.transaction("many") as change:
                for number in range(40):
                    change.write(f"many/{number}", number)
            store.branches.create("side")
            store.tags.create("v1", message="first")
            store.ledger("runs").append("turn", 2)
            store.delete("web")
        expected, log = working(store), store.log()

    def backing_up(root, at, _):
        store = opened(root / "store")
        with intercepted(at):
            store.backup(root / "backup")

    for stop in each_stop(begun, place, decision, calls, backing_up, step=STEPS[calls]):
        if (stop.root / "backup/.muniment/format.json").exists():
            with Store.open(stop.root / "backup") as backup:
                assert backup.verify().findings == ()
        else:
            assert is_first
        with opened(stop.root / "store") as store:
            store.backup(stop.root / "backup")
        with Store.open(stop.root / "backup") as backup:
            assert backup.verify().findings == ()
            assert (working(backup), backup.log()) == (expected, log)
            assert len(backup.ledger("runs")) == (1 if is_first else 2)


@pytest.mark.parametrize(
    ("decision", "calls"), [(die, CHANGES), (die_after(lambda size: size // 2), WRITES)], ids=["before", "half"]
)
def test_a_restoring_may_be_stopped_at_any_call(template, place, decision, calls):
    """Whichever call it dies at, it may be done again, until the store is one that is no backup."""
    begun = place / "begun"
    begun.mkdir()
    with opened(shutil.copytree(template, place / "store")) as store:
        with store.transaction("one") as change:
            change.write("web", 1)
        store.tags.create("v1", message="first")
        store.ledger("runs").append("turn", 1)
        store.backup(begun / "backup")
        expected, log = working(store), store.log()

    def restoring(root, at, _):
        backup = Store.open(root / "backup")
        with intercepted(at):
            backup.restore_to(root / "new")

    for stop in each_stop(begun, place, decision, calls, restoring, step=STEPS[calls]):
        layout = Layout(stop.root / "new")
        if not Path(layout.format).exists() or Path(layout.backup).exists():
            with Store.open(stop.root / "backup") as backup:
                assert backup.restore_to(stop.root / "new").ok
        assert not Path(layout.backup).exists()
        with Store.open(stop.root / "new") as restored:
            assert restored.verify().findings == ()
            assert (working(restored), restored.log()) == (expected, log)
            assert len(restored.ledger("runs")) == 1


@needs_proc
@pytest.mark.parametrize("all_names", [False, True], ids=["names that were synced", "all names"])
def test_a_backup_is_completed_after_a_power_cut(template, place, all_names):
    """Whatever of it was on the disk: the next backup is whole, and nothing of it is torn."""
    store = opened(shutil.copytree(template, place / "store"))
    with store.transaction("many") as change:
        for number in range(3):
            change.write(f"many/{number}", number)
    store.notes.add("HEAD", "a note")
    (place / "top").mkdir()
    cuts = Cuts(place / "top", place / "left", all_names=all_names)
    cuts.acknowledged.append(None)
    with intercepted(cuts):
        store.backup(place / "top/backup")
    cuts.look()
    cuts.close()
    left = [path / "backup" for path, _ in cuts.moments]
    with Store.open(left[-1]) as backup:  # durable on return
        assert (backup.verify().findings, working(backup), backup.log()) == ((), working(store), store.log())
    for path in left[: -1 : 1 if SWEEP else 7]:
        store.backup(path)
        with Store.open(path) as backup:
            assert (backup.verify().findings, working(backup), backup.log()) == ((), working(store), store.log())
    store.close()


@needs_proc
def test_what_a_killed_backup_copied_is_made_durable_by_the_next(template, place):
    """It was stopped before it synced anything; the power fails when the next has come to its end.

    So it is where the store itself waits for no disk.
    """
    store = opened(shutil.copytree(template, place / "store"), durability="os")
    with store.transaction("many") as change:
        for number in range(40):
            change.write(f"many/{number}", number)
    store.ledger("runs").append("turn", 1)
    (place / "top").mkdir()
    medium = Medium(place / "top")

    def without_syncs(call):
        return None if call.name in SYNCS else medium(call)

    with intercepted(without_syncs):
        store.backup(place / "top/backup")
    marker = Path(Layout(place / "top/backup").backup)
    marker.write_text(marker.read_text().replace("true", "false"))
    store.ledger("runs").append("turn", 2)
    with intercepted(medium):
        store.backup(place / "top/backup")
    medium.left_in(place / "left")
    medium.close()
    with Store.open(place / "left/backup") as backup:
        assert (backup.verify().findings, working(backup), backup.log()) == ((), working(store), store.log())
        assert len(backup.ledger("runs")) == 2
    store.close()


def test_a_backup_beside_writers_holds_what_was_acknowledged(template, place):
    """Each backup verifies, has every commit that was told before it began, and the documents of its head."""
    root = place / "store"
    shutil.copytree(template, root)

    def writing(tell):
        with opened(root) as store:
            for number in range(40):
                with store.transaction("next") as change:
                    change.write("a", number + 1)
                    change.write("b", number + 1)
                tell(store.log(limit=1)[0].id)

    child = Child(writing)
    told = [child.hear()]
    with opened(root) as store:
        for number in range(4):
            while child.has_told() and len(told) < 10 * (number + 1):
                told.append(child.hear())
            store.backup(place / "backup")
            with Store.open(place / "backup") as backup:
                assert backup.verify().findings == ()
                assert set(told) <= {commit.id for commit in backup.log()}
                assert dict(backup.at("HEAD")) == working(backup)
                assert backup.read("a") == backup.read("b")
    child.told()
    assert child.status == 0
    assert not Layout(place / "backup").root.startswith(str(root))
