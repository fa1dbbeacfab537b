"""The commit index: it answers with the right bytes or not at all, whatever became of its file."""

import hashlib
import os

import pytest

from muniment.files import disk
from muniment.storage import commit_index
from muniment.storage.commit_index import CommitIndex


def commits(*numbers):
    """Lines as commits are kept, of different lengths."""
    return [b'{"message":"%s","number":%d}' % (b"x" * (number % 50), number) for number in numbers]


def id_of(data):
    """The id of a commit with these bytes."""
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch):
    """Read few commits at a time, so that few of them need several stretches."""
    monkeypatch.setattr(commit_index, "_FIRST_READ_BYTES", 100)


@pytest.fixture
def path(tmp_path):
    """The place of the index, in a folder that is not made yet."""
    return tmp_path / "cache" / "commits.jsonl"


@pytest.fixture
def index(path):
    """An index that nothing was read of yet."""
    return CommitIndex(str(path))


def test_a_missing_index_has_no_commit(index, path):
    """Without a file there is no answer, and looking makes none."""
    index.refresh()
    assert index.get(id_of(b"any")) is None
    assert not path.exists()


def test_every_commit_added_is_found(index, path):
    """The oldest as well as the newest, by another program too; what was not added is not found."""
    added = commits(*range(40))
    index.add(added)
    for reader in (index, CommitIndex(str(path))):
        assert [reader.get(id_of(data)) for data in reversed(added)] == added[::-1]
        assert reader.get(id_of(b"another")) is None
    assert CommitIndex(str(path)).get(id_of(added[0])) == added[0]


def test_only_what_is_asked_for_is_read(index, path, monkeypatch):
    """A commit near the end costs one short read however long the file is."""
    added = commits(*range(1000))
    index.add(added)
    reads = []

    def pread(fd, size, at):
        reads.append(size)
        return os.pread(fd, size, at)

    monkeypatch.setattr(disk, "pread", pread)
    assert index.get(id_of(added[-1])) == added[-1]
    assert reads == [100]


def test_a_damaged_line_is_as_good_as_missing(index, path):
    """A commit whose line was changed is not found, and its neighbours are."""
    added = commits(1, 2, 3)
    index.add(added)
    path.write_bytes(path.read_bytes().replace(b'"number":2', b'"number":7'))
    fresh = CommitIndex(str(path))
    assert [fresh.get(id_of(data)) for data in added] == [added[0], None, added[2]]


def test_a_torn_tail_hides_nothing_but_itself(index, path):
    """A last line that was written in part is not found, those before it are."""
    added = commits(1, 2, 3)
    index.add(added)
    for length in range(1, len(added[2]) + 1):
        path.write_bytes(b"\n".join(added)[:-length] if length else b"")
        fresh = CommitIndex(str(path))
        assert [fresh.get(id_of(data)) for data in added] == [added[0], added[1], None]


@pytest.mark.parametrize("garbage", [b"\0" * 500, b"\n" * 500, b"x" * 5000, b"\xff\n" * 300])
def test_garbage_in_the_file_is_passed_over(index, path, garbage):
    """Whatever bytes lie before, between and behind, the whole lines are found."""
    one, two = commits(1, 2)
    path.parent.mkdir()
    path.write_bytes(garbage + b"\n" + one + b"\n" + garbage + b"\n" + two + b"\n" + garbage)
    assert index.get(id_of(two)) == two
    assert index.get(id_of(one)) == one


@pytest.mark.parametrize("count", [1, 2, 30])
def test_what_another_program_appends_is_found_after_a_refresh(index, path, count):
    """All of it: the first commit that it appended, the last, and those between."""
    before, after = commits(*range(10)), commits(*range(100, 100 + count))
    index.add(before)
    assert index.get(id_of(before[-1])) == before[-1]
    CommitIndex(str(path)).add(after)
    index.refresh()
    assert [index.get(id_of(data)) for data in (*after, *before)] == [*after, *before]


def test_a_line_that_another_program_was_writing_is_found_when_it_is_whole(index, path):
    """Half a line at the first look does not hide the line for ever."""
    one, two, three = commits(1, 2, 3)
    index.add([one])
    whole = path.read_bytes()
    path.write_bytes(whole + two[:5])
    assert index.get(id_of(one)) == one
    path.write_bytes(whole + two + b"\n" + three + b"\n")
    index.refresh()
    assert index.get(id_of(three)) == three
    assert index.get(id_of(two)) == two


def test_an_index_that_was_made_anew_is_read_anew(index, path):
    """After somebody deleted `local/` and the file grew again, what it holds now counts."""
    index.add(commits(*range(10)))
    assert index.get(id_of(b"none")) is None
    path.unlink()
    (later,) = commits(77)
    CommitIndex(str(path)).add([later])
    index.refresh()
    assert index.get(id_of(later)) == later


def test_an_index_deleted_while_it_is_read_is_missing(index, path):
    """The file goes between two looks: the rest is not found, and nothing is raised."""
    added = commits(*range(40))
    index.add(added)
    assert index.get(id_of(added[-1])) == added[-1]
    path.unlink()
    assert index.get(id_of(added[0])) is None
    index.refresh()
    assert index.get(id_of(added[0])) is None


def test_commits_that_cannot_be_added_stay_missing(tmp_path):
    """The index is derived: where it cannot be written, nobody is told."""
    (tmp_path / "cache").touch()
    index = CommitIndex(str(tmp_path / "cache" / "commits.jsonl"))
    index.add(commits(1))
    assert (tmp_path / "cache").read_bytes() == b""
