"""Working files follow an undo only where the operation had replaced them, and nobody touched them since."""

import pytest
from undo_scenes import begin, transact


@pytest.fixture
def begun(store):
    """A store with some branches and a tag."""
    begin(store)
    return store


def test_files_that_were_touched_stay(begun, root, put):
    """Edited, deleted or made invalid, they are left alone and show as changed; the others follow."""
    with begun.transaction("many") as tx:
        for name in ("edited", "deleted", "broken", "made", "left"):
            tx.write(name, 1)
    with begun.transaction("again") as tx:
        for name in ("edited", "deleted", "broken", "left"):
            tx.write(name, 2)
        tx.delete("made")
    put("edited", "3")
    put("broken", "{")
    put("made", "4")
    (root / "deleted.json").unlink()
    begun.undo()
    assert (begun.read("edited"), begun.read("left"), begun.read("made")) == (3, 1, 4)
    assert (root / "broken.json").read_text() == "{"
    status = begun.status()
    assert (status.changed, status.removed, status.invalid) == (("edited", "made"), ("deleted",), ("broken",))
    begun.redo()
    assert (begun.read("edited"), begun.read("left"), begun.read("made")) == (3, 2, 4)


def test_a_file_in_another_layout_is_not_touched(begun, put):
    """What counts is what a file says."""
    transact(begun)
    put("web", '{ "port" :  3 }')
    begun.undo()
    assert begun.read("web") == {"port": 1, "hosts": ["a"]}


def test_a_file_that_did_not_follow_the_undo_may_follow_the_redo(begun):
    """It holds what the redo takes it from by then: nobody's edit is in the way."""
    with begun.transaction("two") as tx:
        tx.write("web", 2)
    begun.write("web", 7)
    begun.undo()
    begun.restore(["web"])
    begun.redo()
    assert begun.read("web") == 2


def test_the_files_follow_a_switch_that_touched_none(begun):
    """When it is undone, the branches differ."""
    begun.branches.create("twin")
    begun.branches.switch("twin")
    switch = begun.operations(1)[0]
    begun.write("web", "twin")
    begun.commit("went on")
    begun.undo(switch)
    assert begun.branch == "main"
    assert not begun.diff()
