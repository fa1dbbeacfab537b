"""Append-only files of JSON lines: whole lines count, and a torn one never spoils the next."""

import errno
import os
import shutil

import pytest

from muniment.files import disk, segment
from muniment.files.segment import Piece, Segment, cut_torn_tail, grown, last_lines, lines_backwards, piece_before


@pytest.fixture
def path(tmp_path):
    """The place of a segment, in a folder that is not made yet."""
    return tmp_path / "logs" / "operations.jsonl"


def appended(path, *lines):
    """Append lines as one program."""
    log = Segment(str(path))
    for line in lines:
        log.append(line)
    log.close()


def test_lines_come_in_the_order_they_were_appended(path):
    """Each ends with a line feed; the folder is made where it is missing."""
    appended(path, b'{"n":1}', b'{"n":2}')
    assert path.read_bytes() == b'{"n":1}\n{"n":2}\n'


def test_programs_append_behind_one_another(path):
    """Two that have the file open do not overwrite each other."""
    one, two = Segment(str(path)), Segment(str(path))
    for number in range(4):
        (one, two)[number % 2].append(b"%d" % number)
    one.close()
    two.close()
    assert path.read_bytes() == b"0\n1\n2\n3\n"


def test_a_closed_segment_opens_again(path):
    """Closing, also twice, ends nothing."""
    log = Segment(str(path))
    log.append(b"one")
    log.close()
    log.close()
    log.append(b"two")
    log.close()
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_file_that_the_system_would_not_close_is_closed_once(path, monkeypatch):
    """The descriptor is given back all the same: closed again, it could be another file's."""
    log = Segment(str(path))
    log.append(b"one")
    closed = []

    def close(fd):
        closed.append(fd)
        os.close(fd)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(disk, "close", close)
    log.close()
    log.close()
    assert len(closed) == 1


def test_a_file_deleted_under_it_is_made_anew(path):
    """Nothing is written into a file that nobody can find."""
    log = Segment(str(path))
    log.append(b"one")
    shutil.rmtree(path.parent)
    log.append(b"two")
    log.close()
    assert path.read_bytes() == b"two\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b"whole\n", b"whole\n"),
        (b"torn", b""),
        (b"whole\ntorn", b"whole\n"),
        (b"a\nb\n" + b"x" * 70_000, b"a\nb\n"),
        (b"x" * 70_000 + b"\n" + b"y" * 140_000, b"x" * 70_000 + b"\n"),
        (b"x" * 140_000, b""),
        (b"x" * 65_535 + b"\n", b"x" * 65_535 + b"\n"),
        (b"x\n" + b"y" * 65_536, b"x\n"),
    ],
)
def test_a_torn_tail_is_cut(path, before, after):
    """What follows the last line feed goes, however long it is; the answer says whether there was any."""
    path.parent.mkdir()
    path.write_bytes(before)
    assert cut_torn_tail(str(path)) is (before != after)
    assert path.read_bytes() == after
    assert cut_torn_tail(str(path)) is False


def test_a_missing_file_has_no_torn_tail(path):
    """Cutting makes no file."""
    assert cut_torn_tail(str(path)) is False
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "size", "lines"),
    [
        (b"", 100, []),
        (b"one\ntwo\n", 100, [b"one", b"two"]),
        (b"one\ntwo\n", 8, [b"one", b"two"]),
        (b"one\ntwo\n", 7, [b"two"]),
        (b"one\ntwo\n", 5, [b"two"]),
        (b"one\ntwo\n", 4, []),
        (b"one\ntwo\nthr", 100, [b"one", b"two"]),
        (b"one\ntwo\nthr", 8, [b"two"]),
        (b"torn", 100, []),
    ],
)
def test_the_last_lines_are_the_whole_ones_in_reach(path, content, size, lines):
    """Neither a torn last line is given nor one that begins before the part that was read."""
    path.parent.mkdir()
    path.write_bytes(content)
    assert last_lines(str(path), size) == lines


def test_a_missing_file_has_no_lines(path):
    """There is nothing to read."""
    assert last_lines(str(path), 100) == []


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"torn", []),
        (b"\n", [b""]),
        (b"one\ntwo\n", [b"two", b"one"]),
        (b"one\n\ntwo\ntorn", [b"two", b"", b"one"]),
        (b"one\n" + b"x" * 70_000, [b"one"]),
        (b"one\n" + b"x" * 200_000 + b"\ntwo\n", [b"two", b"x" * 200_000, b"one"]),
        (b"x" * 65_535 + b"\n" + b"y" * 65_535 + b"\n", [b"y" * 65_535, b"x" * 65_535]),
    ],
)
def test_lines_are_given_backwards(path, content, lines):
    """All whole ones, however long; never the torn one at the end."""
    path.parent.mkdir()
    path.write_bytes(content)
    assert list(lines_backwards(str(path))) == lines


def test_backwards_a_missing_file_has_no_lines(path):
    """There is nothing to read."""
    assert list(lines_backwards(str(path))) == []


def test_only_as_much_is_read_backwards_as_is_asked_for(path, monkeypatch):
    """The last line of a long file costs one read."""
    appended(path, *[b"%d" % number for number in range(100_000)])
    reads = []

    def pread(fd, size, at):
        reads.append(size)
        return os.pread(fd, size, at)

    monkeypatch.setattr(disk, "pread", pread)
    assert next(lines_backwards(str(path))) == b"99999"
    assert len(reads) == 1


def test_what_is_appended_meanwhile_is_not_seen_backwards(path):
    """The lines are those that there were when the first was taken."""
    appended(path, b"one", b"two")
    lines = lines_backwards(str(path))
    assert next(lines) == b"two"
    appended(path, b"three")
    assert list(lines) == [b"one"]


def test_a_piece_is_as_many_lines_as_fit(path):
    """The last before an offset, or before the end; one at least; what was torn at the end is left out."""
    appended(path, b"1", b"22", b"333")
    with path.open("ab") as file:
        file.write(b"torn")
    assert piece_before(str(path), None) == Piece(0, b"1\n22\n333\n")
    assert piece_before(str(path), None, 9) == Piece(5, b"333\n")
    assert piece_before(str(path), 9, 1).end == 9
    assert piece_before(str(path), 5, 4) == Piece(2, b"22\n")
    assert piece_before(str(path), 2, 4) == Piece(0, b"1\n")
    assert piece_before(str(path), 2).lines == [b"1"]
    assert piece_before(str(path), 0) == Piece(0, b"")


def test_where_nothing_was_appended_there_is_no_piece(path):
    """Nor is one found to have grown, before something is."""
    assert piece_before(str(path), None) == Piece(0, b"")
    empty = Piece(0, b"")
    assert grown(str(path), empty) is empty
    appended(path, b"one")
    assert grown(str(path), empty) == Piece(0, b"one\n")
    path.write_bytes(b"torn")
    assert piece_before(str(path), None) == Piece(0, b"")


def test_the_last_piece_grows_until_it_is_long_enough(path, monkeypatch):
    """Then what is appended is a piece of its own; what is not a whole line yet does not count."""
    monkeypatch.setattr(segment, "PIECE_BYTES", 8)
    appended(path, b"one", b"two")
    last = grown(str(path), Piece(0, b"one\n"))
    assert last == Piece(0, b"one\ntwo\n")
    assert grown(str(path), last) is last
    appended(path, b"three")
    assert grown(str(path), last) == Piece(8, b"three\n")
    with path.open("ab") as file:
        file.write(b"to")
    assert grown(str(path), last) == Piece(8, b"three\n")


@pytest.mark.parametrize("other", [b"", b"on", b"One\ntwo\n", None])
def test_another_file_is_not_taken_for_a_longer_one(path, other):
    """One that was cut, replaced or deleted."""
    appended(path, b"one", b"two")
    last = piece_before(str(path), None)
    if other is None:
        path.unlink()
    else:
        path.write_bytes(other)
    assert grown(str(path), last) is None


@pytest.mark.parametrize("size_bytes", [1, 7, 100, 1 << 14])
def test_pieces_from_the_front_are_the_file(path, size_bytes):
    """Each begins where the last ended; half a line at the end is in none until it is whole."""
    lines = [b"x" * count for count in range(60)]
    path.parent.mkdir()
    path.write_bytes(b"".join(line + b"\n" for line in lines) + b"half")
    found: list[bytes] = []
    start = 0
    while (piece := segment.piece_after(str(path), start, size_bytes)).lines:
        assert piece.start == start
        found += piece.lines
        start = piece.end
    assert found == lines
    assert segment.piece_after(f"{path}-missing", 0).lines == []
