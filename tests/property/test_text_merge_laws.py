"""The laws of merging texts line by line."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.values.text_merge import merge

TEXTS = st.lists(st.sampled_from(["a", "b", "", "c"]), max_size=8).map("\n".join)


@given(TEXTS, TEXTS, TEXTS)
def test_the_laws_of_merging_hold_for_texts(base, ours, theirs):
    """Nothing changed by one side, the same changed by both, and the sides swapped."""
    assert merge(base, base, ours) == ours
    assert merge(base, ours, base) == ours
    assert merge(base, ours, ours) == ours
    assert merge(base, ours, theirs) == merge(base, theirs, ours)


LINES = [f"line {number}" for number in range(20)]


@given(st.integers(0, 9), st.integers(11, 19), TEXTS, TEXTS)
def test_edits_of_lines_apart_from_each_other_are_both_made(first, second, upper, lower):
    """What one side makes of a line and the other of a later one, with a line between, is there in the end."""
    ours = "\n".join([*LINES[:first], upper, *LINES[first + 1 :]])
    theirs = "\n".join([*LINES[:second], lower, *LINES[second + 1 :]])
    both = "\n".join([*LINES[:first], upper, *LINES[first + 1 : second], lower, *LINES[second + 1 :]])
    assert merge("\n".join(LINES), ours, theirs) == both
