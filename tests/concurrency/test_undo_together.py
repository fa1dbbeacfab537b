"""Several programs undo and redo at once: each step is taken once, and each is told of its own."""

import pytest
from children import run_all
from promises import AUTHOR, opened, working

from muniment import Store, UndoError

COUNT = 20


@pytest.fixture
def root(place):
    """A store with some commits that replaced a file."""
    with Store.init(place / "store", author=AUTHOR) as store:
        for number in range(COUNT + 1):
            with store.transaction(f"{number}") as change:
                change.write("n", number)
    return place / "store"


def stepping(root, verb, times):
    """Make work that steps so often, and tells what each step was of."""

    def work(tell):
        store = opened(root)
        for _ in range(times):
            done = getattr(store, verb)()
            tell(done.undoes or done.redoes)

    return work


def test_each_operation_is_undone_once(root):
    """What one process undid, the other goes on from."""
    told = run_all(*[stepping(root, "undo", COUNT // 2)] * 2)
    with opened(root) as store:
        wanted = [one.id for one in store.operations() if one.undoes is None][:COUNT]
        assert sorted([*told[0], *told[1]]) == sorted(wanted)
        assert [one.message for one in store.log()] == ["0"]
        assert working(store) == {"n": 0}
        assert store.verify().ok
    told = run_all(*[stepping(root, "redo", COUNT // 2)] * 2)
    assert sorted([*told[0], *told[1]]) == sorted(wanted)
    with opened(root) as store:
        assert working(store) == {"n": COUNT}
        assert len(store.operations()) == 3 * COUNT + 1


def test_of_two_that_undo_one_operation_one_is_told_that_it_is_undone(root):
    """By its id, nobody undoes it twice."""
    with opened(root) as store:
        ids = [one.id for one in store.operations()][:COUNT]

    def work(tell):
        store = opened(root)
        for one in ids:
            try:
                store.undo(one)
            except UndoError as error:
                tell((one, error.reason))
            else:
                tell((one, None))

    told = [one for told in run_all(work, work) for one in told]
    assert sorted(one for one, reason in told if reason is None) == sorted(ids)
    assert sorted(told, key=str) == sorted(
        [(one, reason) for one in ids for reason in (None, "it is undone already")], key=str
    )
    with opened(root) as store:
        assert working(store) == {"n": 0}
