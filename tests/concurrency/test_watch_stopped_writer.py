"""A writer stands still in the middle of a commit, or is killed there: its move is told once, and its files are not."""

import os
import signal
from itertools import islice

import pytest
from children import Child
from disk_calls import Call, intercepted
from promises import AUTHOR, opened

from muniment import HeadMoved, Store
from muniment.watch import looker, references

STANDS_STILL_S = 0.6
"""How long the watch looks at a writer that stands still: many times as long as it gives others that are no writers."""

pytestmark = pytest.mark.usefixtures("quick_disk")


@pytest.fixture
def root(place):
    """A store with a commit."""
    with Store.init(place / "store", author=AUTHOR) as store:
        store.write("top", {"x": 1})
        store.commit("first")
    return place / "store"


@pytest.fixture(autouse=True)
def soon_given_up(monkeypatch):
    """Let a watch wait only a little for what nobody may ever explain."""
    monkeypatch.setattr(references, "VANISHED_S", 0.05)
    monkeypatch.setattr(looker, "VANISHED_S", 0.05)


def behind_the_head(call: Call) -> bool:
    """Tell whether it is the call that moves the head: no file has followed yet."""
    return call.name == "rename" and "/refs/heads/" in call.arguments[1]


def behind_the_file(call: Call) -> bool:
    """Tell whether it is the call that shows the document: what is missing is the line in the log."""
    return call.name == "replace" and call.arguments[1].endswith("/top.json")


def committing(root, is_the_place, stop):
    """Make a process that commits, and gets a signal behind one call."""

    def work(_):
        def decide(call):
            result = call.go_on()
            if is_the_place(call):
                os.kill(os.getpid(), stop)
            return result

        with opened(root) as store, intercepted(decide), store.transaction("step") as step:
            step.write("top", {"x": 2})

    return Child(work)


def changes_of(store, since, timeout_s):
    """Give what is told until nothing comes for a while, and the cursor behind it."""
    with store.watch(since=since, debounce_s=0, poll_s=0.02, timeout_s=timeout_s) as watch:
        return [type(change) for change in watch], watch.cursor


@pytest.mark.parametrize("place_of_the_stop", [behind_the_head, behind_the_file])
def test_a_writer_that_stands_still_is_waited_for(root, place_of_the_stop):
    """As long as it lives: what the log will tell is not told by the heads, and its files are never told as edits."""
    with opened(root) as store:
        cursor = store.watch().cursor
        child = committing(root, place_of_the_stop, signal.SIGSTOP)
        os.waitpid(child.pid, os.WUNTRACED)
        told, cursor = changes_of(store, cursor, STANDS_STILL_S)
        assert told == []
        os.kill(child.pid, signal.SIGCONT)
        assert child.told() == []
        with store.watch(since=cursor, debounce_s=0, poll_s=0.02, timeout_s=60.0) as watch:
            (moved,) = islice(watch, 1)
            assert (type(moved), moved.names) == (HeadMoved, ("top",))
        assert changes_of(store, moved.cursor, 0.1)[0] == []


def test_what_others_do_is_told_beside_a_writer_that_stands_still(root):
    """It holds back only what its commit may have written."""
    with opened(root) as store, store.watch(debounce_s=0, poll_s=0.02, timeout_s=60.0) as watch:
        child = committing(root, behind_the_file, signal.SIGSTOP)
        os.waitpid(child.pid, os.WUNTRACED)
        (root / "other.json").write_text("{}")
        assert next(watch).name == "other"
        os.kill(child.pid, signal.SIGCONT)
        assert isinstance(next(watch), HeadMoved)


def test_the_files_of_a_writer_that_was_killed_are_not_told_besides(root):
    """It had shown them, and its record is in the journal: the move says which they are, when nobody finishes it."""
    with opened(root) as store, store.watch(debounce_s=0, poll_s=0.02, timeout_s=60.0) as watch:
        committing(root, behind_the_file, signal.SIGKILL).told()
        moved = next(watch)
        assert (type(moved), moved.names) == (HeadMoved, ("top",))
        assert changes_of(store, moved.cursor, 0.3)[0] == []
        assert Store.open(root).read("top") == {"x": 2}
