"""`fold`: a state of all entries, and how little it costs the next time."""

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from muniment.errors import InvalidNameError, InvalidValueError


class Sum(msgspec.Struct):
    """A state of the caller's own type."""

    total: int = 0
    kinds: list[str] = []


class Counting:
    """A function for folds that knows how often it was called."""

    def __init__(self):
        self.calls = 0

    def __call__(self, state, entry):
        """Collect a payload."""
        self.calls += 1
        return [*state, entry.payload]

    def since(self):
        """Give the calls since the last time that this was asked."""
        calls, self.calls = self.calls, 0
        return calls


@pytest.fixture
def counting():
    """A function that collects payloads."""
    return Counting()


def test_a_fold_sees_all_entries_in_order(ledger):
    """The function is given each entry once, in causal order, and the state so far."""
    ledger.append_many([{"kind": f"k{n}", "payload": n} for n in range(10)])
    assert ledger.fold(0, lambda state, entry: state * 2 + entry.payload) == sum(n << 9 - n for n in range(10))
    assert ledger.fold([], lambda state, entry: [*state, entry.kind], after=8) == ["k8", "k9"]
    found = ledger.fold(Sum(), lambda state, entry: Sum(state.total + entry.payload, [*state.kinds, entry.kind]))
    assert found == Sum(45, [f"k{n}" for n in range(10)])


def test_a_snapshot_costs_only_what_is_new(ledger, again, counting):
    """The next fold of a name is given only the entries that came since, in every program."""
    ledger.append_many([{"kind": "a", "payload": n} for n in range(100)])
    assert ledger.fold([], counting, snapshot="all") == list(range(100))
    assert counting.since() == 100
    assert again().fold([], counting, snapshot="all") == list(range(100))
    assert counting.since() == 0
    ledger.append("a", 100)
    assert again().fold([], counting, snapshot="all") == list(range(101))
    assert ledger.fold([], counting, snapshot="all") == list(range(101))
    assert counting.since() == 1
    assert ledger.fold([], counting) == list(range(101))
    assert ledger.fold([], counting, snapshot="other") == list(range(101))
    assert counting.since() == 202


def test_a_state_of_a_type(ledger, again):
    """It is remembered as JSON, and comes back as what `initial` is."""
    ledger.append_many([{"kind": "a", "payload": n} for n in range(5)])

    def add(state, entry):
        return Sum(state.total + entry.payload, [*state.kinds, entry.kind])

    assert ledger.fold(Sum(), add, snapshot="s") == Sum(10, ["a"] * 5)
    ledger.append("b", 7)
    found = again().fold(Sum(), add, snapshot="s")
    assert found == Sum(17, ["a"] * 5 + ["b"])
    assert type(found) is Sum


def test_what_arrives_late_is_folded_in_its_place(ledger, elsewhere, bring, counting):
    """Where an entry belongs before what was folded, all is folded again, and the state is as if it had been there."""
    for number in range(3):
        ledger.append("a", f"here {number}")
        elsewhere.append("a", f"there {number}")
    ledger.fold([], counting, snapshot="all")
    bring()
    counting.since()
    expected = [entry.payload for entry in ledger]
    assert ledger.fold([], counting, snapshot="all") == expected
    assert counting.since() >= 6
    assert ledger.fold([], counting, snapshot="all") == expected
    assert counting.since() == 0


def test_what_arrives_behind_is_only_added(ledger, elsewhere, bring, counting):
    """Entries from elsewhere that come after all that was folded cost no more than one's own."""
    ledger.append_many([{"kind": "a", "payload": n} for n in range(5)])
    bring(back=True)
    ledger.fold([], counting, snapshot="all")
    counting.since()
    elsewhere.append("a", "after")
    bring()
    assert ledger.fold([], counting, snapshot="all") == [*range(5), "after"]
    assert counting.since() == 1


def test_what_was_taken_away_counts_no_more(ledger, elsewhere, bring, counting, layout, tmp_path):
    """While the host's git has entries away, the state is that of the others; it comes back with them."""
    ledger.append("a", "here")
    elsewhere.append("b", "there")
    bring()
    both = ledger.fold([], counting, snapshot="all")
    assert sorted(both) == ["here", "there"]
    (path,) = (path for path in Path(layout.root).glob("*.jsonl") if b'"there"' in path.read_bytes())
    shutil.move(path, tmp_path / "away")
    assert ledger.fold([], counting, snapshot="all") == ["here"]
    shutil.move(tmp_path / "away", path)
    assert ledger.fold([], counting, snapshot="all") == both


@pytest.mark.parametrize("junk", [b"", b"{}", b"not json", b'{"began":"0","cursor":"x","last":[1,""],"state":3}'])
def test_a_snapshot_that_is_damaged_is_none(ledger, layout, counting, junk):
    """What cannot be trusted is computed again."""
    ledger.append_many([{"kind": "a", "payload": n} for n in range(5)])
    ledger.fold([], counting, snapshot="all")
    (path,) = Path(layout.folds).iterdir()
    path.write_bytes(junk)
    assert ledger.fold([], counting, snapshot="all") == list(range(5))
    assert counting.since() == 10
    path.unlink()
    path.mkdir()
    assert ledger.fold([], counting, snapshot="all") == list(range(5))
    os.rmdir(path)


def test_a_snapshot_of_another_beginning_or_type_is_none(ledger, counting):
    """One name means one fold: from another beginning, or of another type, it is computed anew."""
    ledger.append_many([{"kind": "a", "payload": n} for n in range(5)])
    assert ledger.fold([], counting, snapshot="s", after=2) == [2, 3, 4]
    assert ledger.fold([], counting, snapshot="s") == [0, 1, 2, 3, 4]
    assert ledger.fold(0, lambda state, entry: state + entry.payload, snapshot="s") == 10
    assert ledger.fold(None, lambda _, entry: entry.payload, snapshot="last") == 4
    assert ledger.fold(None, lambda _, entry: entry.payload, snapshot="last") == 4


def test_an_error_of_the_function_leaves_the_last_snapshot(ledger, counting):
    """Nothing is remembered of a fold that failed."""
    ledger.append("a", 1)
    ledger.fold([], counting, snapshot="s")
    ledger.append("a", 2)

    def fail(_, __):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ledger.fold([], fail, snapshot="s")
    counting.since()
    assert ledger.fold([], counting, snapshot="s") == [1, 2]
    assert counting.since() == 1


def test_a_state_that_cannot_be_kept(ledger):
    """A state that is no JSON is refused where it is to be kept, and only there."""
    ledger.append("a", 1)
    made = ledger.fold(object(), lambda state, _: state)
    assert type(made) is object
    with pytest.raises(InvalidValueError):
        ledger.fold(object(), lambda state, _: state, snapshot="s")
    for name in ("", "two\nlines", 7):
        with pytest.raises(InvalidNameError):
            ledger.fold(0, lambda state, _: state, snapshot=name)
