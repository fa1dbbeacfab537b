"""Reading a file of lines from its end gives what reading it from its beginning does, in whatever stretches."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.files import segment

contents = st.lists(st.sampled_from([b"\n", b"\n", b"a", b"bc", b"d" * 17]), max_size=40).map(b"".join)


@given(contents, st.integers(1, 40))
def test_backwards_are_the_same_lines(content, stretch):
    """Whole lines alone, in the opposite order, whatever the size of the stretches that are read."""
    with tempfile.NamedTemporaryFile() as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment, "_TAIL_BYTES", stretch)
        Path(file.name).write_bytes(content)
        assert list(segment.lines_backwards(file.name)) == content.split(b"\n")[-2::-1]
        assert segment.last_lines(file.name, len(content) + 1) == content.split(b"\n")[:-1]


@given(contents, st.integers(1, 40))
def test_pieces_are_the_same_lines(content, size):
    """One behind the other from the end, and of whatever size, they are all whole lines."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        pieces = [segment.piece_before(file.name, None, size)]
        while pieces[-1].start:
            pieces.append(segment.piece_before(file.name, pieces[-1].start, size))
            assert pieces[-1].data
            assert pieces[-1].end == pieces[-2].start
        whole = content[: content.rfind(b"\n") + 1]
        assert b"".join(piece.data for piece in reversed(pieces)) == whole


@given(contents, contents)
def test_what_was_appended_is_found(before, after):
    """The last piece with what was appended to it, whatever that is, holds all lines."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(before)
        last = segment.piece_before(file.name, None)
        Path(file.name).write_bytes(before + after)
        whole = (before + after)[: (before + after).rfind(b"\n") + 1]
        assert segment.grown(file.name, last) == segment.Piece(0, whole)
