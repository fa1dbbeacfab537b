"""Programs that watch a store for the first time at once tell it from its copies by one and the same id."""

import pytest
from children import Child, Gate, run_all
from disk_calls import At, intercepted
from promises import AUTHOR, opened

from muniment import Store
from muniment.files.layout import Layout

PROGRAMS = 6

pytestmark = pytest.mark.usefixtures("quick_disk")


@pytest.fixture
def root(place):
    """A store that nobody ever watched."""
    with Store.init(place / "store", author=AUTHOR) as store:
        store.write("first", {})
        store.commit("first")
    return place / "store"


def cursor_of(root):
    """Watch in a new process, and give the cursor."""

    def work(tell):
        with opened(root) as store:
            tell(str(store.watch().cursor))

    (cursor,) = Child(work).told()
    return cursor


def test_another_program_may_make_the_id_just_after_one_saw_that_there_is_none(root):
    """The one that comes too late takes the other's: both cursors are good ever after."""
    cursors = []
    looks = []

    def meanwhile(call):
        if call.arguments[0] != Layout(root).copy_id:
            return call.go_on()
        looks.append(call)
        if len(looks) == 1:
            with pytest.raises(FileNotFoundError) as missing:
                call.go_on()
            cursors.append(cursor_of(root))
            raise missing.value
        return call.go_on()

    with opened(root) as store:
        with intercepted(At(1, meanwhile, frozenset({"open"}), ever_after=True)):
            cursors.append(str(store.watch().cursor))
        for cursor in cursors:
            assert list(store.watch(since=cursor, timeout_s=0)) == []
    assert len(cursors) == 2


def test_many_programs_begin_at_once(root):
    """Whoever is first: the cursors of all can be resumed from."""
    gate = Gate()

    def work(tell):
        with opened(root) as store:
            gate.wait()
            tell(str(store.watch().cursor))

    gate.let_pass(PROGRAMS)
    cursors = [told[0] for told in run_all(*[work] * PROGRAMS)]
    gate.close()
    with opened(root) as store:
        for cursor in cursors:
            assert list(store.watch(since=cursor, timeout_s=0)) == []
