"""One look: what is held back while a commit is under way, and how soon a look ends that nobody waits for."""

import time

import pytest

from muniment.repo.watching import Watched
from muniment.watch import due, files, sweep
from muniment.watch.documents import Documents
from muniment.watch.looker import Looker
from muniment.watch.references import VANISHED_S, References
from muniment.watch.wanted import Wanted


@pytest.fixture
def moving(monkeypatch):
    """Let it look as if a commit were under way, though it is of none of these documents."""
    monkeypatch.setattr(References, "is_moving", lambda _: True)
    monkeypatch.setattr(due, "HOLD_S", 0.0)


@pytest.fixture
def now(monkeypatch):
    """Set what time it is for what is held back."""

    def put(now_s):
        monkeypatch.setattr(time, "monotonic", lambda: now_s)

    put(0.0)
    return put


@pytest.fixture
def one(store, monkeypatch):
    """What looks, once it has caught up."""
    monkeypatch.setattr(sweep, "SLICE_S", 1000.0)  # at one go, however busy the machine is
    made = Looker(
        Watched(store._parts), Wanted("**"), None, lambda _: None, lambda: None, debounce_s=0.0, poll_s=1000.0
    )
    made.begin()
    made.agenda.tick()
    assert made.look() == []
    return made


def look(one, *names):
    """Look at documents, and give how many were told."""
    one.agenda.documents.add(names)
    return len([step for step in one.look() if step.make is not None])


def test_patience_is_anew_for_each_document(one, save, moving, now):
    """One that comes later is held back as long as the first was."""
    save("a", {})
    assert look(one, "a") == 0
    now(VANISHED_S * 0.9)
    save("b", {})
    assert look(one, "b") == 0
    now(VANISHED_S)
    assert look(one) == 1
    now(VANISHED_S * 1.8)
    assert look(one) == 0
    now(VANISHED_S * 2)
    assert look(one) == 1


def test_patience_is_anew_after_a_move_was_told(one, store, save, moving, now):
    """What went with that move is held back no more, so the next commit's file does not come before its move."""
    with store.transaction("step") as step:
        step.write("top", {"x": 2})
    one.agenda.references = False
    assert look(one, "top") == 0
    assert one._held.keys() == {"top"}
    assert look(one) == 1
    assert not one._held
    now(VANISHED_S * 2)
    save("top", {"x": 3})
    assert look(one, "top") == 0


def test_patience_is_anew_for_another_content(one, save, moving, now):
    """And none is used up by a document that is as it was told again."""
    save("top", {"x": 2})
    assert look(one, "top") == 0
    now(VANISHED_S)
    save("top", {"x": 3})
    assert look(one) == 0
    save("top", {"x": 1})
    assert look(one) == 0
    assert not one._held
    now(VANISHED_S * 2)
    save("top", {"x": 3})
    assert look(one, "top") == 0


def test_what_is_held_back_is_not_read_again_and_again(one, save, moving, monkeypatch):
    """It waits a while, and those behind it get their turn, however many are held back."""
    monkeypatch.setattr(due, "HOLD_S", 1000.0)
    monkeypatch.setattr(due, "AT_ONCE", 3)
    read = []

    look_at = Documents.look_at

    def noted(documents, name):
        read.append(name)
        return look_at(documents, name)

    monkeypatch.setattr(Documents, "look_at", noted)
    for name in "abcdefg":
        save(name, {})
    one.agenda.documents.add("abcdefg")
    for _ in range(5):
        one.look()
    assert read == list("abcdefg")


class Stopping:
    """Stops a watch when so many files were looked at, and counts those that are looked at after that."""

    def __init__(self, watch, monkeypatch, owner, function, at):
        self.after = 0
        self._left = at
        real = getattr(owner, function)

        def counted(*arguments):
            self._left -= 1
            if self._left == 0:
                watch.stop()
            self.after += self._left < 0
            return real(*arguments)

        monkeypatch.setattr(owner, function, counted)


MANY = 300


def commit_many(store):
    """Commit many documents at once."""
    with store.transaction("many") as step:
        for count in range(MANY):
            step.write(f"many/d{count:03}", {})


def test_stop_ends_the_files_of_a_large_commit(watch, told, store, monkeypatch):
    """At the next of them; whoever resumes is told of the commit."""
    changes = watch()
    assert told(changes) == []
    commit_many(store)
    stopping = Stopping(changes, monkeypatch, Documents, "look_at", 10)
    assert list(changes) == []
    assert stopping.after == 0
    (moved,) = told(watch(since=changes.cursor))
    assert len(moved.names) == MANY


def test_stop_ends_many_changes(watch, told, save, monkeypatch):
    """At the next of them; whoever resumes is told of all."""
    changes = watch()
    assert told(changes) == []
    for count in range(MANY):
        save(f"d{count}", {})
    stopping = Stopping(changes, monkeypatch, Documents, "look_at", 10)
    assert list(changes) == []
    assert stopping.after == 0
    assert len(told(watch(since=changes.cursor))) == MANY


def test_stop_ends_going_on_after_a_fault(watch, told, save, monkeypatch):
    """Where everything is compared anew."""
    changes = watch()
    assert told(changes) == []
    for count in range(MANY):
        save(f"d{count}", {})
    monkeypatch.setattr(changes, "_is_in_doubt", True)
    stopping = Stopping(changes, monkeypatch, Documents, "look_at", 10)
    assert list(changes) == []
    assert stopping.after == 0
    assert len(told(watch(since=changes.cursor))) == MANY


@pytest.mark.parametrize("is_in_doubt", [False, True])
def test_stop_ends_going_through_files(is_in_doubt, watch, told, root, monkeypatch):
    """A few files later, in a folder that came with many, and where everything is compared anew."""
    changes = watch()
    assert told(changes) == []
    aside = root.parent / "aside-folder"
    aside.mkdir()
    for count in range(MANY):
        (aside / f"d{count}.json").write_text("{}")
    aside.rename(root / "many")
    monkeypatch.setattr(changes, "_is_in_doubt", is_in_doubt)
    stopping = Stopping(changes, monkeypatch, files, "_settled_signature", 10)
    assert list(changes) == []
    assert stopping.after <= files._BREATH
    assert len(told(watch(since=changes.cursor))) == MANY
