"""The journal beside a list: whatever programs, crashes and restarts do, no acknowledged record is lost or invented."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from muniment.files import disk, journal, journal_note
from muniment.files.journal import START, Journal

FRAME_BYTES = 16
payloads = st.binary(max_size=40) | st.integers(0, 3000).map(lambda size: b"x" * size)


class JournalAndList(RuleBasedStateMachine):
    """Two programs that take turns at one journal, on a machine that may stop; and the list of what they recorded."""

    def __init__(self):
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        self.patched.setattr(journal, "GROWTH", 1 << 13)
        self.patched.setattr(journal, "KEPT", 1 << 14)
        for call in ("fsync", "fdatasync"):
            self.patched.setattr(disk, call, lambda _: None)
        self.folder = Path(tempfile.mkdtemp(prefix="muniment-journal-"))
        self.records: list[bytes] = []
        self.applied = 0
        self.boots = 0
        self.count = 0
        self.programs: list[Journal] = []

    @initialize()
    def start(self):
        """Start the machine and both programs; what was noted before is not believed."""
        self.boots += 1
        boot = self.boots.to_bytes(16, "little")
        self.patched.setattr(journal_note, "boot_id", lambda: boot)
        for program in self.programs:
            program.close()
        self.programs = [Journal(str(self.folder / "journal")) for _ in range(2)]
        self.applied = 0

    def turn(self, number):
        """Give one program its turn: as after taking the lock, it looks for what is pending first."""
        program = self.programs[number]
        assert program.pending() == self.records[self.applied :]
        return program

    @rule(number=st.integers(0, 1), new=st.lists(payloads, min_size=1, max_size=4), applies=st.booleans())
    def append(self, number, new, applies):
        """Record some changes; a program that is stopped before it applied them leaves them pending."""
        program = self.turn(number)
        for payload in new:
            self.count += 1
            self.records.append(b"%d:" % self.count + payload)  # no two changes of a store are alike
            program.append(self.records[-1])
        if applies:
            program.mark_applied()
            self.applied = len(self.records)

    @rule(number=st.integers(0, 1))
    def checkpoint(self, number):
        """Empty the journal."""
        self.turn(number).reset()
        self.records, self.applied = [], 0

    @rule(number=st.integers(0, 1))
    def restart_program(self, number):
        """End a program and start it again; it closed its files."""
        self.programs[number].close()
        self.programs[number] = Journal(str(self.folder / "journal"))

    @rule()
    def restart_machine(self):
        """Stop the machine and start it again."""
        self.start()

    @precondition(lambda self: len(self.records) > self.applied)
    @rule(data=st.data())
    def lose_power_while_recording(self, data):
        """Of the records that were not applied, those from some place on did not reach the disk whole."""
        kept = data.draw(st.integers(self.applied, len(self.records) - 1))
        begin = START + sum(FRAME_BYTES + len(record) for record in self.records[:kept])
        at = data.draw(st.integers(begin, begin + FRAME_BYTES + len(self.records[kept]) - 1))
        path = self.folder / "journal"
        with path.open("r+b") as file:
            file.seek(at)
            (byte,) = file.read(1)
            file.seek(at)
            file.write(bytes([byte ^ data.draw(st.integers(1, 255))]))
        del self.records[kept:]
        self.start()

    @invariant()
    def another_program_agrees(self):
        """One that looks for the first time finds the same pending, and reads the same records."""
        other = Journal(str(self.folder / "journal"))
        try:
            settled = other.is_settled()
            assert settled == (self.applied == len(self.records))
            assert other.pending() == self.records[self.applied :]
            assert list(other.records()) == self.records
            assert other.size() == sum(FRAME_BYTES + len(record) for record in self.records)
        finally:
            other.close()

    def teardown(self):
        """Leave nothing behind."""
        for program in self.programs:
            program.close()
        self.patched.undo()
        shutil.rmtree(self.folder)


TestJournalAndList = JournalAndList.TestCase


@settings(max_examples=settings().max_examples // 2)
@given(new=st.lists(payloads, min_size=1, max_size=5), data=st.data())
def test_any_torn_file_holds_a_beginning_of_the_records(tmp_path_factory, new, data):
    """However the bytes of the last records got mixed up with what lay there before, none is invented."""
    path = tmp_path_factory.mktemp("journal") / "journal"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(disk, "fsync", lambda _: None)
        patched.setattr(disk, "fdatasync", lambda _: None)
        patched.setattr(journal, "GROWTH", 1 << 13)
        made = Journal(str(path))
        made.pending()
        for payload in data.draw(st.lists(payloads, max_size=4), label="records of the generation before"):
            made.append(payload)
        made.reset()
        before = path.read_bytes()
        for payload in new:
            made.append(payload)
        made.close()
        after = path.read_bytes()
        before = before.ljust(len(after), b"\0")
        end = START + sum(FRAME_BYTES + len(payload) for payload in new)
        pieces = sorted(data.draw(st.lists(st.integers(START, end), max_size=6), label="edges of what was written"))
        torn = bytearray(after)
        for start, stop in zip(pieces[::2], pieces[1::2], strict=False):
            torn[start:stop] = before[start:stop]
        path.write_bytes(torn)
        survivor = Journal(str(path))
        found = survivor.pending()
        assert found == new[: len(found)]
        survivor.append(b"next")
        survivor.close()
        assert Journal(str(path)).pending() == [*found, b"next"]
