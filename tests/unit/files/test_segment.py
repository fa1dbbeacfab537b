"""Append-only files of JSON lines: whole lines count, and a torn one never spoils the next."""

import shutil

import pytest

from muniment.files.segment import Segment, cut_torn_tail, last_lines


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
