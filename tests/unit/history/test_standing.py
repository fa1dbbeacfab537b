"""Where branches stood, by what moved their heads: each operation with the minute at which it was done."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.history.standing import Stay, Stretch, stay
from muniment.values.names import branch_name
from muniment.values.operation import HeadMove

START = datetime(2026, 1, 1, tzinfo=UTC)
MAIN = branch_name("main")


def minute(number):
    """Give a moment."""
    return START + timedelta(minutes=number)


def stretch(*operations):
    """Make a stretch of operations: the minute, then moves like `"main A B"`, with `-` for no head."""
    made = []
    for number, *moves in operations:
        words = [move.split() for move in moves]
        made.append((minute(number), [HeadMove(branch, *map(head, ends)) for branch, *ends in words]))
    return Stretch(made)


def head(name):
    """Make up the id that a letter stands for."""
    return None if name == "-" else name.lower() * 64


def told(stretches, number, branch="main"):
    """Tell a stay by minutes and letters."""
    found = stay(stretches, branch_name(branch), minute(number))
    since = None if found.since is None else int((found.since - START) / timedelta(minutes=1))
    return since, letters(found.heads), None if found.found is None else letters(found.found)


def letters(heads):
    """Tell heads by their letters."""
    return "".join(one[0].upper() for one in heads)


def test_a_branch_stands_where_the_last_move_left_it():
    """From that very moment on; the next move tells what it found."""
    moves = [stretch((1, "main - A"), (2, "side - A"), (3, "main A B"), (4, "main B -"))]
    assert [told(moves, number) for number in range(5)] == [
        (None, "", ""),
        (1, "A", "A"),
        (1, "A", "A"),
        (3, "B", "B"),
        (4, "", None),
    ]
    assert told(moves, 9, "side") == (2, "A", None)


def test_nothing_is_known_of_what_never_moved():
    """Neither before nor after."""
    assert stay([], MAIN, START) == stay([stretch((1, "side - A"))], MAIN, START) == Stay(None, (), None)


def test_several_heads_are_told_in_order():
    """A branch that was made to diverge again, and one that was brought together."""
    moves = [stretch((1, "main C B", "main A A"), (2, "main B C", "main A -"))]
    assert [told(moves, number) for number in range(3)] == [(None, "", "C"), (1, "AB", "AB"), (2, "C", None)]


def test_a_move_may_find_what_none_had_left():
    """Something else moved the branch in between."""
    moves = [stretch((1, "main - A"), (5, "main B C"))]
    assert told(moves, 3) == (1, "A", "B")


def test_what_is_told_later_was_done_later():
    """Of two operations the one that stands behind is the later one, though a clock was set back between them."""
    moves = [stretch((1, "main - A"), (8, "main A B"), (4, "main B A"), (5, "main A C"))]
    assert [told(moves, number) for number in (3, 4, 5, 8)] == [
        (1, "A", "A"),
        (4, "A", "A"),
        (5, "C", None),
        (5, "C", None),
    ]


@pytest.mark.parametrize("number", range(7))
def test_no_more_is_taken_than_is_needed(number):
    """The stretches come newest first; what was moved there tells how far back to go."""
    taken = []

    def stretches():
        for begin in (4, 2, 0):
            taken.append(begin)
            yield stretch((begin + 1, "main A B"), (begin + 2, "side A B"))

    told(stretches(), number)
    assert taken == [4, 2, 0][: max(1, min(3, 3 - (number - 1) // 2))]


heads = st.sampled_from(["A", "B", "C", "-"])
operations = st.tuples(st.integers(0, 9), st.tuples(st.sampled_from(["main", "side"]), heads, heads).map(" ".join))


@given(st.lists(operations, max_size=8), st.lists(st.integers(0, 8), max_size=3), st.integers(-1, 10))
def test_it_does_not_matter_where_stretches_part(done, cuts, number):
    """And the last operation that was done no later is the one before, whatever the clock did."""
    ends = [0, *sorted(cuts), len(done)]
    parted = [stretch(*done[begin:end]) for begin, end in pairwise(ends)]
    found = told(reversed(parted), number)
    assert found == told([stretch(*done)], number)
    own = [(when, move.split()[1:]) for when, move in done if move.startswith("main")]
    last = max((place for place, (when, _) in enumerate(own) if when <= number), default=None)
    assert found[:2] == ((None, "") if last is None else (own[last][0], own[last][1][1].replace("-", "")))
