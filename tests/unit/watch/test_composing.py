"""Cursors behind the steps of one look: each is composed of the one before, and stays what it is."""

import random
from functools import partial

import pytest

from muniment.values.ids import BlobId, CommitId
from muniment.values.names import BranchName, TagName
from muniment.values.watch_cursor import LogPlace, Moment, WatchCursor
from muniment.watch.steps import SAME, Composing, Step, after

START = Moment(selected=BranchName("main"), documents={"a": None}, ledgers={"runs": 1})
STEPS = [
    Step(documents={"b": BlobId("b1")}),
    Step(documents={"a": SAME}, faults={"c": "c1"}),
    Step(heads={BranchName("main"): (CommitId("m1"),)}, log=LogPlace(7, "0123456789abcdef")),
    Step(rests_on=(CommitId("m1"), {"b": BlobId("b2"), "d": None})),
    Step(documents={"b": SAME}, faults={"c": None}, ledgers={"runs": 2}),
    Step(tags={TagName("v1"): ("t1",)}, selected=BranchName("side"), leads={BranchName("side"): CommitId("s1")}),
    Step(tags={TagName("v1"): None}),
]


class Counted(dict[str, BlobId]):
    """What became of a document, and how often somebody read it."""

    reads = 0

    def items(self):
        """Count."""
        self.reads += 1
        return super().items()


def test_each_step_is_gone_through_once():
    """However many there are, where cursors are asked for in the order in which the changes come."""
    documents = [Counted({f"d{number}": BlobId(f"{number}")}) for number in range(50)]
    composing = Composing(START, [Step(documents=one) for one in documents])
    for given in range(51):
        assert len(composing.moment(given).documents) == 1 + given
        assert composing.moment(given) is composing.moment(given)
    assert {one.reads for one in documents} == {1}


@pytest.mark.parametrize("seed", range(20))
def test_in_whatever_order_they_are_asked_for(seed):
    """Each is what all steps up to there lead to, and what somebody keeps changes no more."""
    composing = Composing(START, STEPS)
    cursors = [WatchCursor("0" * 32, partial(composing.moment, given)) for given in range(len(STEPS) + 1)]
    order = random.Random(seed).choices(range(len(STEPS) + 1), k=30)
    kept = [(given, cursors[given].moment, str(cursors[given])) for given in order]
    for given, moment, text in kept:
        assert moment == after(START, STEPS[:given]) == cursors[given].moment
        assert text == str(cursors[given])
    assert Moment(selected=BranchName("main"), documents={"a": None}, ledgers={"runs": 1}) == START


def test_the_cursor_of_a_kept_change_stays_what_it_is(watch, save):
    """However far the watch went since."""
    changes = watch()
    save("top", {"x": 2})
    change = next(changes)
    text = str(change.cursor)
    save("top", {"x": 3})
    assert next(changes).cursor != change.cursor
    assert str(change.cursor) == text
    assert WatchCursor.parse("", text) == change.cursor
