"""The journal after faults: what was torn does not come back, and nothing is believed applied that may not be."""

import errno
from pathlib import Path

import pytest

from muniment.errors import MalformedError, StorageError
from muniment.files import disk, journal_note
from muniment.files.journal import GROWTH, START, Journal

FRAME_BYTES = 16


def test_a_torn_tail_is_dropped_at_every_length(path, opened, written, overwrite):
    """Of a last record that was written in part nothing comes back, and the next takes its place."""
    made = written(b"whole")
    begin = START + made.size()
    made.append(b"the torn one")
    frame = path.read_bytes()[begin : START + made.size()]
    for length in range(len(frame)):
        overwrite(begin, frame[:length].ljust(len(frame) + 64, b"\0"))
        survivor, pending = opened()
        assert pending == [b"whole"], length
        survivor.append(b"next")
        assert opened()[1] == [b"whole", b"next"], length


def test_a_damaged_record_is_dropped_wherever_a_bit_is_flipped(path, opened, written, overwrite):
    """Each bit of a record is guarded: its frame and its payload."""
    made = written(b"whole")
    begin = START + made.size()
    made.append(b"damaged")
    frame = path.read_bytes()[begin : START + made.size()]
    for at in range(len(frame) * 8):
        flipped = bytearray(frame)
        flipped[at // 8] ^= 1 << at % 8
        overwrite(begin, flipped)
        assert opened()[1] == [b"whole"], at
    overwrite(begin, frame)
    assert opened()[1] == [b"whole", b"damaged"]


def test_what_lay_behind_a_lost_record_never_comes_back(opened, written, overwrite):
    """A new record of the same size in place of a lost one does not make the old follower valid again."""
    made = written(b"one")
    begin = START + made.size()
    made.append(b"two")
    made.append(b"three")
    overwrite(begin, bytes(FRAME_BYTES))
    survivor, pending = opened()
    assert pending == [b"one"]
    survivor.append(b"TWO")
    assert opened()[1] == [b"one", b"TWO"]


def test_what_another_generation_left_never_comes_back(opened, written):
    """A record of the same size and bytes as one before the reset does not revive what followed that one."""
    made = written(b"one", b"two", b"three")
    made.reset()
    made.append(b"one")
    assert opened()[1] == [b"one"]


def test_a_damaged_applied_record_is_told(opened, written, overwrite):
    """Reading all records of the generation says where one is damaged, and leaves none out silently."""
    made = written(b"one", b"two")
    made.mark_applied()
    overwrite(START + FRAME_BYTES, b"O")
    with pytest.raises(MalformedError, match=f"byte {START} "):
        list(opened()[0].records())


def test_a_note_of_another_boot_is_not_believed(path, opened, written, boot):
    """After the machine was started anew, whatever was noted as applied is pending again."""
    made = written(b"one", b"two")
    made.mark_applied()
    assert opened()[1] == []
    boot(2)
    assert not Journal(str(path)).is_settled()
    assert opened()[1] == [b"one", b"two"]


def test_a_note_that_was_never_written_is_not_believed(path, opened, written, boot):
    """A note that is missing, empty, cut short or full of zeros means that nothing is known to be applied."""
    written(b"one").mark_applied()
    note = Path(f"{path}.applied")
    whole = note.read_bytes()
    for content in (b"", whole[:-1], bytes(len(whole))):
        note.write_bytes(content)
        assert opened()[1] == [b"one"]
    note.unlink()
    assert not Journal(str(path)).is_settled()
    assert opened()[1] == [b"one"]


def test_a_note_of_another_generation_is_not_believed(path, opened, written, boot):
    """A note that was put back from before the reset does not hide new records."""
    made = written(b"one")
    made.mark_applied()
    note = Path(f"{path}.applied")
    before = note.read_bytes()
    made.reset()
    made.append(b"two")
    note.write_bytes(before)
    assert opened()[1] == [b"two"]


def test_a_program_believes_any_note_in_a_generation_that_it_followed(opened, written, boot):
    """Where programs do not know the boot alike, one that saw the records applied does not apply them again."""
    mine = written(b"one")
    mine.mark_applied()
    boot(2)
    other, pending = opened()
    assert pending == [b"one"]
    other.append(b"two")
    other.mark_applied()
    assert mine.pending() == []
    mine.close()
    assert mine.pending() == [b"one", b"two"]


def test_what_is_pending_stays_so_until_it_was_applied(opened, written, boot):
    """A program whose recovery failed half way is given the same records when it tries again."""
    written(b"one", b"two").mark_applied()
    boot(2)
    survivor, pending = opened()
    assert pending == [b"one", b"two"]
    assert survivor.pending() == [b"one", b"two"]
    assert not survivor.is_settled()
    survivor.mark_applied()
    assert survivor.pending() == []


def test_without_a_boot_id_every_program_is_a_boot_of_its_own(monkeypatch):
    """Where the system does not name the boot, two programs do not take it for the same."""
    monkeypatch.setattr(journal_note, "_BOOT_ID", "/nowhere/boot_id")
    assert journal_note.boot_id() != journal_note.boot_id()
    assert len(journal_note.boot_id()) == 16


def test_a_failed_sync_ends_the_journal(opened, written, monkeypatch):
    """Nothing was recorded then, and this journal takes no more; a new one goes on."""
    made = written(b"one")

    def fail(fd):
        raise OSError(errno.EIO, "fault")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "fdatasync", fail)
        with pytest.raises(OSError, match="fault"):
            made.append(b"lost")
    with pytest.raises(StorageError, match="open the store anew"):
        made.append(b"refused")
    after, pending = opened()
    assert pending == [b"one"]
    after.append(b"two")
    assert opened()[1] == [b"one", b"two"]


def test_a_distrusted_journal_is_applied_again_by_the_next(opened, written):
    """What it put in place could not be synced: it takes no more, and whoever opens it next starts anew."""
    made = written(b"one", b"two")
    made.mark_applied()
    made.distrust()
    with pytest.raises(StorageError):
        made.append(b"three")
    assert not made.is_settled()
    after, pending = opened()
    assert pending == [b"one", b"two"]
    after.append(b"three")
    assert opened()[1] == [b"one", b"two", b"three"]


def test_a_note_with_a_flipped_bit_is_not_believed(path, opened, written):
    """A note that does not say what was written into it says nothing."""
    written(b"one", b"two").mark_applied()
    note = Path(f"{path}.applied")
    whole = note.read_bytes()
    for at in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        note.write_bytes(flipped)
        assert opened()[1] == [b"one", b"two"], at
    note.write_bytes(whole)
    assert opened()[1] == []


def test_an_interrupted_sync_records_nothing_and_ends_nothing(opened, written, monkeypatch):
    """Ctrl-C during the sync takes the record back; the next append goes on."""
    made = written(b"one")

    def interrupt(fd):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(disk, "fdatasync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            made.append(b"lost")
    assert opened()[1] == [b"one"]
    made.append(b"two")
    assert opened()[1] == [b"one", b"two"]


def test_a_full_disk_records_nothing(opened, written, monkeypatch):
    """No room to grow: the error tells, and smaller records go on."""
    made = written(b"one")

    def fail(fd, data, position):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "pwrite", fail)
        with pytest.raises(OSError, match="full"):
            made.append(b"x" * GROWTH)
    made.append(b"two")
    assert opened()[1] == [b"one", b"two"]
