"""Merging texts line by line."""

import pytest

from muniment.values.text_merge import merge


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
        ("a\nb\nc\n", "a\nb\nc\nd\n", "_\na\nb\nc\n", "_\na\nb\nc\nd\n"),
        ("a\nb\nc\nd\ne", "a\nc\nd\ne", "a\nb\nc\nd\nx\ne", "a\nc\nd\nx\ne"),
        ("a\nb\nc", "A\nb\nC", "A\nb\nc\nd", None),
        ("a\nb\nc\nd", "A\nb\nc\nD", "A\nb\nc\nd", "A\nb\nc\nD"),
        ("a\r\nb\r\nc", "A\r\nb\r\nc", "a\r\nb\r\nC", "A\r\nb\r\nC"),
        ("a\u2028b\nc\nd", "a\u2028B\nc\nd", "a\u2028b\nc\nD", "a\u2028B\nc\nD"),
        ("", "", "x", "x"),
        ("a\nb\nc", "", "a\nb\nc", ""),
    ],
)
def test_edits_apart_from_each_other_are_both_made(base, ours, theirs, expected):
    """Lines that one side added, edited or deleted, and those that both edited alike, once."""
    assert merge(base, ours, theirs) == expected
    assert merge(base, theirs, ours) == expected


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        ("a", "b", "c"),
        ("a\nb", "A\nb", "a\nB"),
        ("a\nb", "a\nx\nb", "a\ny\nb"),
        ("a\nb\nc", "a\nc", "a\nB\nc"),
        ("a\nb\nc\nd", "a\nx\nd", "a\nb\nx\nd"),
        ("", "x", "y"),
        ("a\nb", "a\nx\nb", "a\nB"),
    ],
)
def test_edits_that_overlap_or_touch_are_not(base, ours, theirs):
    """Two edits of a line, insertions at one spot, and edits of lines without an untouched one between."""
    assert merge(base, ours, theirs) is None
    assert merge(base, theirs, ours) is None
