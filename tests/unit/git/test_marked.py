"""Lines between marks, in a file of somebody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.git import marked

LABELS = st.text(max_size=8)
LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=8), max_size=3)
OTHERS = st.lists(st.binary(max_size=8).map(lambda part: part.replace(b"\n", b"") + b"\n"), max_size=3).map(b"".join)


@given(OTHERS, OTHERS, LABELS, LINES)
def test_what_stands_outside_stays(before, after, label, lines):
    """Taking lines out gives what was there before, to the byte."""
    text = before + marked.render(label, lines) + after
    assert marked.has(text, label)
    assert marked.has_any(text)
    assert marked.remove(text, label) == before + after


@given(OTHERS, OTHERS, LABELS, LINES, LINES)
def test_lines_are_replaced_in_place(before, after, label, old, new):
    """Other lines between the same marks stand where the old ones stood."""
    text = before + marked.render(label, old) + after
    assert marked.replace(text, label, new) == before + marked.render(label, new) + after


@given(OTHERS, LABELS, LABELS, LINES)
def test_labels_are_told_apart(text, label, other, lines):
    """Lines of one label are no lines of another."""
    assert not marked.has_any(text)
    assert marked.replace(text, label, lines) is None
    assert marked.remove(text, label) == text
    if label != other:
        both = marked.render(other, lines) + text
        assert not marked.has(both, label)
        assert marked.remove(both, label) == both


@pytest.mark.parametrize("label", ["a\nb", "\udce4"])
def test_a_mark_is_one_line(label):
    """Whatever a label holds, a mark of it is one line that can be read."""
    assert marked.render(label, []).count(b"\n") == 2


def test_half_of_the_marks_are_none():
    """Where the second mark is missing, nobody knows where our lines end: nothing is taken out."""
    half = marked.render("a", ["x"]).split(b"# <<<")[0]
    assert not marked.has(half, "a")
    assert marked.remove(half, "a") == half
