"""The journal in ordinary use: several programs take turns, it grows, is emptied, and refuses what is none."""

import errno
import os
from pathlib import Path

import pytest

from muniment.errors import MalformedError, StorageError
from muniment.files import disk, journal
from muniment.files.journal import GROWTH, START, Journal

FRAME_BYTES = 16


def test_an_empty_journal_holds_nothing(path, opened):
    """The first writer makes the file, and finds nothing pending."""
    assert Journal(str(path)).is_settled()
    fresh, pending = opened()
    assert (pending, list(fresh.records()), fresh.size()) == ([], [], 0)
    assert fresh.is_settled()


@pytest.mark.parametrize("payload", [b"", b"x", b"\0" * 100, b"RCRD" * 9, b"x" * (GROWTH + 1)])
def test_a_record_is_found_by_another_program(path, opened, written, payload):
    """What one program recorded, whatever its bytes, is pending for the next."""
    written(payload, b"after")
    assert opened()[1] == [payload, b"after"]
    assert not Journal(str(path)).is_settled()


def test_what_was_applied_is_not_pending(path, opened, written):
    """A record that was marked as applied is not given again, and still stands among the records."""
    made = written(b"one", b"two")
    made.mark_applied()
    made.append(b"three")
    other, pending = opened()
    assert pending == [b"three"]
    assert list(other.records()) == [b"one", b"two", b"three"]
    other.mark_applied()
    assert opened()[1] == []
    assert Journal(str(path)).is_settled()


def test_two_programs_take_turns(path):
    """Each finds what the other appended since, and appends behind it."""
    one, two = Journal(str(path)), Journal(str(path))
    for number in range(6):
        mine = (one, two)[number % 2]
        assert mine.pending() == []
        mine.append(b"%d" % number)
        mine.mark_applied()
    assert list(two.records()) == [b"0", b"1", b"2", b"3", b"4", b"5"]


def test_a_program_does_not_overwrite_what_another_made_room_for(path, opened, written):
    """One program lets the file grow; the other, which saw it small, keeps what lies in the new space."""
    one, two = written(b"first"), Journal(str(path))
    one.mark_applied()
    two.pending()
    two.append(b"x" * GROWTH)
    two.append(b"second")
    two.mark_applied()
    assert one.pending() == []
    one.append(b"third")
    assert [record[:6] for record in opened()[0].records()] == [b"first", b"x" * 6, b"second", b"third"]


def test_emptying_forgets_every_record(opened, written):
    """After `reset` no record is left, for this program, the next one, and in any boot."""
    made = written(b"a long record " * 9, b"two")
    made.reset()
    assert (made.size(), list(made.records())) == (0, [])
    assert opened()[1] == []
    made.append(b"new")
    assert made.size() == FRAME_BYTES + 3
    assert opened()[1] == [b"new"]


def test_a_journal_that_could_not_be_emptied_takes_no_more(path, opened, written, monkeypatch):
    """A record behind a header that is in memory alone would be lost with it; the next program finds all of them."""
    made = written(b"one", b"two")
    made.mark_applied()
    before = path.read_bytes()[:START]

    def failing(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(disk, "fdatasync", failing)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            made.reset()
    with pytest.raises(StorageError):
        made.append(b"three")
    assert path.read_bytes()[:START] == before
    assert opened()[1] == [b"one", b"two"]


def test_wiping_leaves_no_byte_of_old_records(path, opened, written):
    """What was emptied is zeros on the disk, and nothing else changes: neither what is recorded, nor what comes."""
    made = written(b"a secret " * 9, b"another secret")
    made.reset()
    made.append(b"kept")
    assert b"secret" in path.read_bytes()
    size = path.stat().st_size
    made.wipe()
    assert b"secret" not in path.read_bytes()
    assert path.stat().st_size == size
    made.append(b"new")
    assert opened()[1] == [b"kept", b"new"]


def test_another_program_follows_when_the_journal_is_emptied(path, opened, written):
    """One that knew the old records goes on behind the new ones."""
    one, two = written(b"one"), Journal(str(path))
    one.mark_applied()
    two.pending()
    one.reset()
    one.append(b"two")
    assert two.pending() == [b"two"]
    two.append(b"three")
    assert opened()[1] == [b"two", b"three"]


def test_the_file_grows_in_whole_steps(path, opened, written, monkeypatch):
    """Room is made with zeros ahead of the records, so that a sync has no metadata to write."""
    monkeypatch.setattr(journal, "GROWTH", 1 << 14)
    made = written(b"x")
    assert path.stat().st_size == 1 << 14
    made.append(b"y" * (1 << 14))
    assert path.stat().st_size == 3 << 14 or path.stat().st_size == 2 << 14
    assert path.read_bytes()[START + made.size() :].strip(b"\0") == b""
    assert opened()[1] == [b"x", b"y" * (1 << 14)]


def test_a_blown_up_journal_is_cut_back(path, opened, written, monkeypatch):
    """Emptying keeps some room, not what a huge change needed once, and goes on growing from there."""
    monkeypatch.setattr(journal, "GROWTH", 1 << 14)
    monkeypatch.setattr(journal, "KEPT", 1 << 15)
    made = written(b"x" * (1 << 17))
    made.reset()
    assert path.stat().st_size == 1 << 15
    made.append(b"y" * (1 << 16))
    assert opened()[1] == [b"y" * (1 << 16)]


def test_the_sync_can_be_left_out(opened, written, monkeypatch):
    """Without `sync` a record is written and not synced."""
    made = written()
    monkeypatch.setattr(disk, "fdatasync", lambda _: pytest.fail("synced"))
    made.append(b"one", sync=False)
    assert opened()[1] == [b"one"]


@pytest.mark.parametrize("content", [b"x" * 5000, b"MUNJRNL2" + b"g" * 16, b"MUNJRNL1" + b"g" * 3])
def test_a_file_that_is_no_journal_is_refused(path, written, content):
    """Another file, a later format and half a header are told; nothing is written into the file."""
    path.parent.mkdir()
    path.write_bytes(content)
    for use in (Journal.pending, Journal.is_settled):
        with pytest.raises(MalformedError) as raised:
            use(Journal(str(path)))
        assert raised.value.path == str(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("size", [0, 10, 4096, GROWTH])
def test_a_file_of_zeros_is_a_new_journal(path, opened, written, size):
    """A program that was stopped while it made the journal left zeros: the next makes it whole."""
    path.parent.mkdir()
    path.write_bytes(bytes(size))
    assert Journal(str(path)).is_settled()
    written(b"one")
    assert opened()[1] == [b"one"]


def test_a_journal_deleted_under_it_is_made_anew(path, opened, written):
    """A program that has the deleted file open does not write into the void."""
    made = written(b"one")
    made.mark_applied()
    path.unlink()
    Path(f"{path}.applied").unlink()
    assert made.pending() == []
    made.append(b"two")
    assert opened()[1] == [b"two"]


def test_a_closed_journal_opens_again(path, opened, written):
    """Closing keeps nothing that the next use would need."""
    made = written(b"one")
    made.mark_applied()
    made.close()
    made.close()
    assert made.pending() == []
    made.append(b"two")
    assert opened()[1] == [b"two"]
    assert os.path.exists(path)
