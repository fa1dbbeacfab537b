"""Cursors as words: what is written is read again, and nothing else."""

import pytest

from muniment.errors import InvalidCursorError
from muniment.values.cursor import Cursor, Reach

ONE = Cursor("runs", {"a" * 32: Reach(3, 900), "b" * 32: Reach(0, 0)})


def test_a_cursor_is_one_word():
    """It can stand in a file name, a query or a shell command, and is read from there."""
    text = str(ONE)
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert Cursor.parse("runs", text) == ONE
    assert hash(Cursor.parse("runs", text)) == hash(ONE)
    assert str(Cursor("runs")) == str(Cursor("runs", {}))


def test_the_same_place_is_the_same_word():
    """In whatever order the segments were found."""
    other = Cursor("runs", dict(sorted(ONE.reached.items(), reverse=True)))
    assert str(other) == str(ONE)
    assert other == ONE


@pytest.mark.parametrize("ledger", ["other", "Runs", "run", ""])
def test_a_cursor_of_another_ledger(ledger):
    """It is refused, and the error says whose it is."""
    with pytest.raises(InvalidCursorError, match="runs") as caught:
        Cursor.parse(ledger, str(ONE))
    assert caught.value.of == ledger


def test_a_cursor_of_a_newer_format():
    """It is refused rather than taken for one of this format."""
    with pytest.raises(InvalidCursorError, match="format 2"):
        Cursor.parse("runs", str(Cursor("runs", {}, format=2)))


@pytest.mark.parametrize("text", ["", "x", "!!", "ä", "e30", "bnVsbA", "W10", str(ONE)[:-3], str(ONE)[4:], "A" * 50])
def test_what_is_no_cursor(text):
    """It is refused."""
    with pytest.raises(InvalidCursorError):
        Cursor.parse("runs", text)


@pytest.mark.parametrize("reach", [Reach(-1, 0), Reach(0, -1), Reach(1 << 62, 0)])
def test_a_place_that_cannot_be(reach):
    """Negative and endless counts are refused."""
    with pytest.raises(InvalidCursorError):
        Cursor.parse("runs", str(Cursor("runs", {"a" * 32: reach})))
