"""When what is looked at: after losses that last, while documents are held back, where events are doubted."""

import json
import time

import pytest

from muniment.files.hints import Hints
from muniment.files.layout import Layout
from muniment.watch import due, sweep, trust
from muniment.watch.agenda import Agenda
from muniment.watch.due import Due
from muniment.watch.files import Files
from muniment.watch.trust import Trust
from muniment.watch.wanted import Wanted

NOTHING = Hints(set(), set())
LOST = Hints(set(), set(), is_lost=True)


@pytest.fixture
def clock(monkeypatch):
    """Set what time it is; `clock(seconds)`."""

    def put(now_s):
        monkeypatch.setattr(time, "monotonic", lambda: now_s)

    return put


@pytest.fixture
def agenda(root):
    """What is due of a folder with 300 documents in three folders."""
    write_all(root, {})
    layout = Layout(str(root))
    files = Files(layout, Wanted("**"), lambda _: None)
    return Agenda(layout, files, lambda: None, debounce_s=0.0, poll_s=60.0)


def write_all(root, value):
    """Write the documents."""
    for count in range(300):
        folder = root / f"many-{count % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"d{count:03}.json").write_text(json.dumps(value))


def come_to_rest(agenda):
    """Go on until nothing is due; whether it ever comes to that is what some tests are about."""
    for _ in range(1000):
        agenda.tick()
        agenda.take_documents()
        agenda.references = agenda.tags = agenda.ledgers = False
        if agenda.pause_s() > 0.0:
            return


def test_losses_that_last_keep_nothing_from_being_found(agenda, root, monkeypatch):
    """Though events are lost each time: all files are gone through to the end, and from the beginning again."""
    monkeypatch.setattr(sweep, "SLICE_S", 0.0)
    for turn in range(2):
        write_all(root, {"turn": turn})
        found: set[str] = set()
        ticks = 0
        while len(found) < 300 and ticks < 100:
            agenda.heed(LOST)
            agenda.tick()
            found |= {*agenda.take_documents()}
            ticks += 1
        assert len(found) == 300
    agenda.heed(NOTHING)
    come_to_rest(agenda)
    assert agenda.pause_s() > 1.0


def test_what_is_caught_up_with_is_told_in_order(agenda, root, monkeypatch):
    """What was found first waits for the rest, of all files and of a folder that came."""
    monkeypatch.setattr(sweep, "SLICE_S", 0.0)
    for hints in (LOST, Hints(set(), {str(root / f"many-{count}") for count in range(3)})):
        write_all(root, {"hints": str(hints)})
        agenda.heed(hints)
        taken: list[str] = []
        while not taken:
            agenda.tick()
            taken = agenda.take_documents()
        assert len(taken) == 300
        assert taken == sorted(taken)


def test_a_folder_that_came_is_looked_at_a_few_files_at_a_time(agenda, monkeypatch, root):
    """However many there are, something else may come between."""
    come_to_rest(agenda)
    monkeypatch.setattr(sweep, "SLICE_S", 0.0)
    write_all(root, {"again": True})
    agenda.heed(Hints(set(), {str(root / "many-0")}))
    agenda.tick()
    assert agenda.is_catching_up
    assert agenda.pause_s() == 0.0
    while agenda.is_catching_up:
        agenda.tick()
    assert agenda.take_documents() == [f"many-0/d{count:03}" for count in range(0, 300, 3)]


def test_hidden_folders_and_others_are_no_folders_of_documents(agenda):
    """Events of them make nobody go through files."""
    come_to_rest(agenda)
    agenda.heed(Hints({f"{agenda._layout.root}/.git/index"}, {f"{agenda._layout.root}/.git"}))
    assert agenda.pause_s() > 1.0


def test_those_that_are_held_back_wait_and_others_get_their_turn(clock, monkeypatch):
    """First come, first served, so many at once; and what comes again and again stands behind."""
    monkeypatch.setattr(due, "AT_ONCE", 2)
    clock(100.0)
    waiting = Due(0.0)
    waiting.add({"a", "b", "z"})
    assert waiting.take() == ["a", "b"]
    waiting.hold({"a": 0, "b": 0, "c": 0})
    waiting.add({"b2"})
    assert waiting.take() == ["b2", "z"]
    assert waiting.take() == []
    assert waiting.pause_s() == pytest.approx(due.HOLD_S)
    clock(100.0 + due.HOLD_S)
    assert waiting.pause_s() == 0.0
    assert waiting.take() == ["a", "b"]
    waiting.hold({"a": 0, "b": 0})
    assert waiting.take() == []
    clock(100.0 + 3 * due.HOLD_S)
    assert waiting.take() == ["a", "c"]
    waiting.hold({"a": 0, "c": 0})
    waiting.drop("c")
    clock(101.0)
    assert waiting.take() == ["a", "b"]
    assert waiting.pause_s() == float("inf")


def test_the_debounce_is_from_the_first_on(clock):
    """What comes later is taken with it, and those that are held back wait for themselves."""
    clock(100.0)
    waiting = Due(1.0)
    waiting.add({"a"})
    clock(100.9)
    waiting.add({"b"})
    waiting.hold({"c"})
    assert waiting.take() == []
    clock(100.95)
    assert waiting.take() == ["c"]
    clock(101.0)
    assert waiting.take() == ["a", "b"]


@pytest.fixture
def doubtful(clock):
    """The changes of two documents, found at 100 seconds with nobody telling of them."""
    clock(100.0)
    made = Trust()
    made.found({"a", "b/c", "same"})
    made.looked_at({"a", "b/c", "same"}, {"a", "b/c"})
    return made


def test_a_change_that_nobody_told_makes_it_doubt_once(doubtful, clock):
    """After a while, in which it could have been told."""
    assert doubtful.begin_to_doubt() is None
    clock(100.0 + 2 * trust.TOLD_BY_S)
    assert doubtful.begin_to_doubt() in {"a", "b/c"}
    assert doubtful.is_doubted
    assert doubtful.begin_to_doubt() is None


def test_what_is_told_after_it_was_found_is_no_doubt(doubtful, clock):
    """By its own event, or that of a folder above; however long the reader stood still."""
    clock(1000.0)
    doubtful.told({"a"}, {"b"})
    assert doubtful.begin_to_doubt() is None


def test_events_that_are_late_end_the_doubt(doubtful, clock):
    """All of them, and not much later: events of other changes say nothing about these."""
    clock(101.0)
    assert doubtful.begin_to_doubt()
    doubtful.told({"a"})
    assert doubtful.is_doubted
    doubtful.told({"b/c"})
    assert not doubtful.is_doubted
    doubtful.found({"a"})
    doubtful.looked_at({"a"}, {"a"})
    clock(102.0)
    assert doubtful.begin_to_doubt() == "a"
    clock(102.1 + trust.LATE_S)
    doubtful.told({"a"})
    assert doubtful.is_doubted


def test_events_that_were_lost_are_not_waited_for(doubtful, clock):
    """The system did tell."""
    doubtful.forget()
    clock(200.0)
    assert doubtful.begin_to_doubt() is None
