"""The journal: what was acknowledged comes back, what was torn does not, and nothing comes back twice by force."""

import errno
import os
from pathlib import Path

import pytest

from muniment.errors import MalformedError, StorageError
from muniment.files import disk, journal
from muniment.files.journal import GROWTH, START, Journal

FRAME_BYTES = 16


@pytest.fixture
def path(tmp_path):
    """The place of a journal, in a folder that is not made yet."""
    return tmp_path / "local" / "journal"


@pytest.fixture
def boot(monkeypatch):
    """Choose which boot of the machine journals are opened in from now on."""

    def choose(number):
        monkeypatch.setattr(journal, "_boot_id", lambda: bytes([number]) * 16)

    choose(1)
    return choose


def opened(path):
    """A journal as a program has it that just took the lock, and what it found pending."""
    fresh = Journal(str(path))
    return fresh, fresh.pending()


def written(path, *payloads):
    """A journal that holds these records, none of them marked as applied."""
    made, _ = opened(path)
    for payload in payloads:
        made.append(payload)
    return made


def overwrite(path, position, data):
    """Change bytes of a file where they lie."""
    with Path(path).open("r+b") as file:
        file.seek(position)
        file.write(data)


def test_an_empty_journal_holds_nothing(path):
    """The first writer makes the file, and finds nothing pending."""
    assert Journal(str(path)).is_settled()
    fresh, pending = opened(path)
    assert (pending, list(fresh.records()), fresh.size()) == ([], [], 0)
    assert fresh.is_settled()


@pytest.mark.parametrize("payload", [b"", b"x", b"\0" * 100, b"RCRD" * 9, b"x" * (GROWTH + 1)])
def test_a_record_is_found_by_another_program(path, payload):
    """What one program recorded, whatever its bytes, is pending for the next."""
    written(path, payload, b"after")
    assert opened(path)[1] == [payload, b"after"]
    assert not Journal(str(path)).is_settled()


def test_what_was_applied_is_not_pending(path):
    """A record that was marked as applied is not given again, and still stands among the records."""
    made = written(path, b"one", b"two")
    made.mark_applied()
    made.append(b"three")
    other, pending = opened(path)
    assert pending == [b"three"]
    assert list(other.records()) == [b"one", b"two", b"three"]
    other.mark_applied()
    assert opened(path)[1] == []
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


def test_a_program_does_not_overwrite_what_another_made_room_for(path):
    """One program lets the file grow; the other, which saw it small, keeps what lies in the new space."""
    one, two = written(path, b"first"), Journal(str(path))
    one.mark_applied()
    two.pending()
    two.append(b"x" * GROWTH)
    two.append(b"second")
    two.mark_applied()
    assert one.pending() == []
    one.append(b"third")
    assert [record[:6] for record in opened(path)[0].records()] == [b"first", b"x" * 6, b"second", b"third"]


def test_emptying_forgets_every_record(path):
    """After `reset` no record is left, for this program, the next one, and in any boot."""
    made = written(path, b"a long record " * 9, b"two")
    made.reset()
    assert (made.size(), list(made.records())) == (0, [])
    assert opened(path)[1] == []
    made.append(b"new")
    assert made.size() == FRAME_BYTES + 3
    assert opened(path)[1] == [b"new"]


def test_another_program_follows_when_the_journal_is_emptied(path):
    """One that knew the old records goes on behind the new ones."""
    one, two = written(path, b"one"), Journal(str(path))
    one.mark_applied()
    two.pending()
    one.reset()
    one.append(b"two")
    assert two.pending() == [b"two"]
    two.append(b"three")
    assert opened(path)[1] == [b"two", b"three"]


def test_a_torn_tail_is_dropped_at_every_length(path):
    """Of a last record that was written in part nothing comes back, and the next takes its place."""
    made = written(path, b"whole")
    begin = START + made.size()
    made.append(b"the torn one")
    frame = path.read_bytes()[begin : START + made.size()]
    for length in range(len(frame)):
        overwrite(path, begin, frame[:length].ljust(len(frame) + 64, b"\0"))
        survivor, pending = opened(path)
        assert pending == [b"whole"], length
        survivor.append(b"next")
        assert opened(path)[1] == [b"whole", b"next"], length


def test_a_damaged_record_is_dropped_wherever_a_bit_is_flipped(path):
    """Each bit of a record is guarded: its frame and its payload."""
    made = written(path, b"whole")
    begin = START + made.size()
    made.append(b"damaged")
    frame = path.read_bytes()[begin : START + made.size()]
    for at in range(len(frame) * 8):
        flipped = bytearray(frame)
        flipped[at // 8] ^= 1 << at % 8
        overwrite(path, begin, flipped)
        assert opened(path)[1] == [b"whole"], at
    overwrite(path, begin, frame)
    assert opened(path)[1] == [b"whole", b"damaged"]


def test_what_lay_behind_a_lost_record_never_comes_back(path):
    """A new record of the same size in place of a lost one does not make the old follower valid again."""
    made = written(path, b"one")
    begin = START + made.size()
    made.append(b"two")
    made.append(b"three")
    overwrite(path, begin, bytes(FRAME_BYTES))
    survivor, pending = opened(path)
    assert pending == [b"one"]
    survivor.append(b"TWO")
    assert opened(path)[1] == [b"one", b"TWO"]


def test_what_another_generation_left_never_comes_back(path):
    """A record of the same size and bytes as one before the reset does not revive what followed that one."""
    made = written(path, b"one", b"two", b"three")
    made.reset()
    made.append(b"one")
    assert opened(path)[1] == [b"one"]


def test_a_damaged_applied_record_is_told(path):
    """Reading all records of the generation says where one is damaged, and leaves none out silently."""
    made = written(path, b"one", b"two")
    made.mark_applied()
    overwrite(path, START + FRAME_BYTES, b"O")
    with pytest.raises(MalformedError, match=f"byte {START} "):
        list(opened(path)[0].records())


def test_a_note_of_another_boot_is_not_believed(path, boot):
    """After the machine was started anew, whatever was noted as applied is pending again."""
    made = written(path, b"one", b"two")
    made.mark_applied()
    assert opened(path)[1] == []
    boot(2)
    assert not Journal(str(path)).is_settled()
    assert opened(path)[1] == [b"one", b"two"]


def test_a_note_that_was_never_written_is_not_believed(path, boot):
    """A note that is missing, empty, cut short or full of zeros means that nothing is known to be applied."""
    written(path, b"one").mark_applied()
    note = Path(f"{path}.applied")
    whole = note.read_bytes()
    for content in (b"", whole[:-1], bytes(len(whole))):
        note.write_bytes(content)
        assert opened(path)[1] == [b"one"]
    note.unlink()
    assert not Journal(str(path)).is_settled()
    assert opened(path)[1] == [b"one"]


def test_a_note_of_another_generation_is_not_believed(path, boot):
    """A note that was put back from before the reset does not hide new records."""
    made = written(path, b"one")
    made.mark_applied()
    note = Path(f"{path}.applied")
    before = note.read_bytes()
    made.reset()
    made.append(b"two")
    note.write_bytes(before)
    assert opened(path)[1] == [b"two"]


def test_a_program_believes_any_note_in_a_generation_that_it_followed(path, boot):
    """Where programs do not know the boot alike, one that saw the records applied does not apply them again."""
    mine = written(path, b"one")
    mine.mark_applied()
    boot(2)
    other, pending = opened(path)
    assert pending == [b"one"]
    other.append(b"two")
    other.mark_applied()
    assert mine.pending() == []
    mine.close()
    assert mine.pending() == [b"one", b"two"]


def test_what_is_pending_stays_so_until_it_was_applied(path, boot):
    """A program whose recovery failed half way is given the same records when it tries again."""
    written(path, b"one", b"two").mark_applied()
    boot(2)
    survivor, pending = opened(path)
    assert pending == [b"one", b"two"]
    assert survivor.pending() == [b"one", b"two"]
    assert not survivor.is_settled()
    survivor.mark_applied()
    assert survivor.pending() == []


def test_without_a_boot_id_every_program_is_a_boot_of_its_own(monkeypatch):
    """Where the system does not name the boot, two programs do not take it for the same."""
    monkeypatch.setattr(journal, "_BOOT_ID", "/nowhere/boot_id")
    assert journal._boot_id() != journal._boot_id()
    assert len(journal._boot_id()) == 16


def test_the_file_grows_in_whole_steps(path, monkeypatch):
    """Room is made with zeros ahead of the records, so that a sync has no metadata to write."""
    monkeypatch.setattr(journal, "GROWTH", 1 << 14)
    made = written(path, b"x")
    assert path.stat().st_size == 1 << 14
    made.append(b"y" * (1 << 14))
    assert path.stat().st_size == 3 << 14 or path.stat().st_size == 2 << 14
    assert path.read_bytes()[START + made.size() :].strip(b"\0") == b""
    assert opened(path)[1] == [b"x", b"y" * (1 << 14)]


def test_a_blown_up_journal_is_cut_back(path, monkeypatch):
    """Emptying keeps some room, not what a huge change needed once, and goes on growing from there."""
    monkeypatch.setattr(journal, "GROWTH", 1 << 14)
    monkeypatch.setattr(journal, "KEPT", 1 << 15)
    made = written(path, b"x" * (1 << 17))
    made.reset()
    assert path.stat().st_size == 1 << 15
    made.append(b"y" * (1 << 16))
    assert opened(path)[1] == [b"y" * (1 << 16)]


def test_a_failed_sync_ends_the_journal(path, monkeypatch):
    """Nothing was recorded then, and this journal takes no more; a new one goes on."""
    made = written(path, b"one")

    def fail(fd):
        raise OSError(errno.EIO, "fault")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "fdatasync", fail)
        with pytest.raises(OSError, match="fault"):
            made.append(b"lost")
    with pytest.raises(StorageError, match="open the store anew"):
        made.append(b"refused")
    after, pending = opened(path)
    assert pending == [b"one"]
    after.append(b"two")
    assert opened(path)[1] == [b"one", b"two"]


def test_an_interrupted_sync_records_nothing_and_ends_nothing(path, monkeypatch):
    """Ctrl-C during the sync takes the record back; the next append goes on."""
    made = written(path, b"one")

    def interrupt(fd):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(disk, "fdatasync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            made.append(b"lost")
    assert opened(path)[1] == [b"one"]
    made.append(b"two")
    assert opened(path)[1] == [b"one", b"two"]


def test_a_full_disk_records_nothing(path, monkeypatch):
    """No room to grow: the error tells, and smaller records go on."""
    made = written(path, b"one")

    def fail(fd, data, position):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "pwrite", fail)
        with pytest.raises(OSError, match="full"):
            made.append(b"x" * GROWTH)
    made.append(b"two")
    assert opened(path)[1] == [b"one", b"two"]


def test_records_refused_from_outside_are_refused(path):
    """After `refuse_more` nothing is appended."""
    made = written(path, b"one")
    made.refuse_more()
    with pytest.raises(StorageError):
        made.append(b"two")
    assert opened(path)[1] == [b"one"]


def test_the_sync_can_be_left_out(path, monkeypatch):
    """Without `sync` a record is written and not synced."""
    made = written(path)
    monkeypatch.setattr(disk, "fdatasync", lambda fd: pytest.fail("synced"))
    made.append(b"one", sync=False)
    assert opened(path)[1] == [b"one"]


@pytest.mark.parametrize("content", [b"x" * 5000, b"MUNJRNL2" + b"g" * 16, b"MUNJRNL1" + b"g" * 3])
def test_a_file_that_is_no_journal_is_refused(path, content):
    """Another file, a later format and half a header are told; nothing is written into the file."""
    path.parent.mkdir()
    path.write_bytes(content)
    for use in (Journal.pending, Journal.is_settled):
        with pytest.raises(MalformedError) as raised:
            use(Journal(str(path)))
        assert raised.value.path == str(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("size", [0, 10, 4096, GROWTH])
def test_a_file_of_zeros_is_a_new_journal(path, size):
    """A program that was stopped while it made the journal left zeros: the next makes it whole."""
    path.parent.mkdir()
    path.write_bytes(bytes(size))
    assert Journal(str(path)).is_settled()
    written(path, b"one")
    assert opened(path)[1] == [b"one"]


def test_a_journal_deleted_under_it_is_made_anew(path):
    """A program that has the deleted file open does not write into the void."""
    made = written(path, b"one")
    made.mark_applied()
    path.unlink()
    Path(f"{path}.applied").unlink()
    assert made.pending() == []
    made.append(b"two")
    assert opened(path)[1] == [b"two"]


def test_a_closed_journal_opens_again(path):
    """Closing keeps nothing that the next use would need."""
    made = written(path, b"one")
    made.mark_applied()
    made.close()
    made.close()
    assert made.pending() == []
    made.append(b"two")
    assert opened(path)[1] == [b"two"]
    assert os.path.exists(path)
