"""Cut short what is written to the journal's own files: its header when it is made, its note of what was applied."""

import shutil

import pytest
from children import Child
from disk_calls import KILLED, At, die_after, intercepted
from medium import Medium
from promises import check_kept, opened

from muniment import Store
from muniment.files import journal_note

pytestmark = pytest.mark.usefixtures("quick_disk")

PARTS = {"one byte": lambda size: min(1, size), "half": lambda size: size // 2, "all but one": lambda size: size - 1}
PWRITE = frozenset({"pwrite"})


def count(store):
    """Count one further; give the id of the commit."""
    with store.transaction("count", worktree=False) as change:
        change.write("count", change.read("count") + 1 if change.exists("count") else 1)
    return change.commit.id


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_the_journal_may_be_half_made(place, part):
    """Whichever write of the very first commit is cut short, the next program begins the journal anew."""
    root, nth, status = place / "store", 0, KILLED
    while status == KILLED:
        nth += 1
        shutil.rmtree(root, ignore_errors=True)
        Store.init(root).close()

        def first(_, nth=nth):
            with intercepted(At(nth, die_after(part), PWRITE)):
                count(opened(root))

        child = Child(first)
        child.told()
        status = child.status
        check_kept(root, [], {}, {"count": 1})
    assert nth > 3


def later(root, kept, tell):
    """Commit twice more, and lay out in `kept` what of that a power cut would leave."""
    store = opened(root)
    medium = Medium(root)
    with intercepted(medium):
        tell(count(store))
        tell(count(store))
    kept.mkdir()
    medium.left_in(kept)


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_no_torn_write_harms_later_commits(place, monkeypatch, part):
    """Commits behind a torn write are there after a power cut, when nothing is left of them but what was synced."""
    template, root = place / "template", place / "store"
    Store.init(template).close()
    nth, status = 0, KILLED
    while status == KILLED:
        nth += 1
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root)

        def torn(tell, nth=nth):
            store = opened(root)
            tell(count(store))
            with intercepted(At(nth, die_after(part), PWRITE)):
                tell(count(store))

        child = Child(torn)
        acknowledged = child.told()
        status = child.status
        kept = place / "kept"
        acknowledged += Child(lambda tell, kept=kept: later(root, kept, tell)).told()
        with monkeypatch.context() as patch:
            patch.setattr(journal_note, "boot_id", lambda: bytes(16))
            counted = len(acknowledged)
            check_kept(kept, acknowledged, *({"count": number} for number in (counted, counted + 1)))
        shutil.rmtree(kept)
    assert nth > 3
