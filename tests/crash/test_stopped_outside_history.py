"""Stop a program while it makes a store or writes a working document."""

import shutil

import pytest
from children import Child
from disk_calls import CHANGES, KILLED, At, die, die_after, intercepted
from promises import AUTHOR, check_files, opened, working

from muniment import MunimentError, NotAStoreError, Store

pytestmark = pytest.mark.usefixtures("quick_disk")

HALF = die_after(lambda size: size // 2)


def run(work, decide):
    """Run `work` until it is stopped; tell whether it was."""

    def stopped(_):
        with intercepted(decide):
            work()

    child = Child(stopped)
    child.told()
    return child.status == KILLED


def test_making_a_store_may_be_stopped(place):
    """After a stop at any call there is no store and it can be made, or there is one and it works."""
    root, nth, was_stopped = place / "new" / "store", 0, True
    while was_stopped:
        nth += 1
        shutil.rmtree(place / "new", ignore_errors=True)
        was_stopped = run(lambda: Store.init(root), At(nth, die))
        try:
            store = opened(root)
        except NotAStoreError:
            store = Store.init(root, author=AUTHOR)
        with store:
            store.write("a", 1)
            store.commit("first")
            assert store.verify().ok
        check_files(root, {"a": 1})
    assert nth > 10


VERBS = {
    "write": (lambda store: store.write("folder/a", "new"), {"folder/a": "new"}),
    "create": (lambda store: store.create("other/b", 1), {"folder/a": "old", "other/b": 1}),
    "edit": (lambda store: store.update("folder/a", str.upper), {"folder/a": "OLD"}),
    "delete": (lambda store: store.delete("folder/a"), {}),
}


@pytest.mark.parametrize("decision", [die, HALF], ids=["before the call", "half written"])
@pytest.mark.parametrize("verb", VERBS)
def test_writing_a_document_may_be_stopped(place, verb, decision):
    """After a stop at any call a document has its old value or its new one, and nothing else lies about."""
    work, after = VERBS[verb]
    before = {"folder/a": "old"}
    root, nth, was_stopped = place / "store", 0, True
    names = CHANGES if decision is die else frozenset({"write"})
    while was_stopped:
        nth += 1
        shutil.rmtree(root, ignore_errors=True)
        with Store.init(root, author=AUTHOR) as store:
            store.write("folder/a", "old")
        was_stopped = run(lambda: work(opened(root)), At(nth, decision, names))
        with opened(root, lock_timeout_s=1.0) as store:
            found = working(store)
            assert found in ([before, after] if was_stopped else [after])
            check_files(root, found)
            try:
                store.update("folder/a", lambda value: value + "!")
            except MunimentError:
                assert "folder/a" not in found
    assert nth > (3 if decision is die else 0)
