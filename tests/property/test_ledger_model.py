"""Two copies of a ledger, what git does to their files, and readers with cursors, against a model of lists.

Git brings the segments of one copy to the other, takes some away, puts earlier states of some there, and brings all
back. Whatever the order: an entry is appended where it is not there already and only there, all copies tell one order,
offsets stay, and every reader is in the end given each entry once.
"""

import shutil
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from muniment import Store
from muniment.files import disk, journal
from muniment.files.layout import Layout
from muniment.ledger import appending, reading

COPIES = ("a", "b")
copies = st.sampled_from(COPIES)
payloads = st.integers(0, 12)


class Copy:
    """One copy: its store, the programs that have it open, what was seen of offsets, and what git has put away."""

    def __init__(self, root: Path, away: Path) -> None:
        self.root, self.away = root, away
        self.folder = Path(Layout(root).ledger("runs").root)
        away.mkdir()
        self.programs = [Store.init(root, author="Ada"), Store.open(root, author="Ada")]
        self.ledgers = [program.ledger("runs") for program in self.programs]
        self.offsets: dict[str, int] = {}
        self.readers: list[tuple[str | int, list[str]]] = [(0, []), (0, [])]
        self.is_whole = True

    def segments(self) -> list[Path]:
        """List the files that are there."""
        return sorted(self.folder.glob("*.jsonl"))

    def put(self, name: str, data: bytes) -> None:
        """Put a file there as git does: another one, under its name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).unlink(missing_ok=True)
        (self.folder / name).write_bytes(data)

    def take_away(self, number: int, part: float) -> None:
        """Leave only a part of a file, as an earlier commit may have it; of 0 nothing at all."""
        files = self.segments()
        if files:
            path = files[number % len(files)]
            data = path.read_bytes()
            kept = self.away / path.name
            if not kept.exists() or kept.stat().st_size < len(data):
                kept.write_bytes(data)
            path.unlink()
            if part:
                self.put(path.name, data[: int(len(data) * part)])
            self.is_whole = False

    def bring_back(self) -> None:
        """Put everything there again that was taken away."""
        for kept in sorted(self.away.iterdir()):
            path = self.folder / kept.name
            if not path.exists() or path.stat().st_size < kept.stat().st_size:
                self.put(kept.name, kept.read_bytes())
            kept.unlink()
        self.is_whole = True


class TwoCopies(RuleBasedStateMachine):
    """What happens to two copies, in any order."""

    folder: Any

    @initialize(largest=st.sampled_from([64 << 20, 1500]))
    def begin(self, largest: int) -> None:
        """Make both, with nothing in common."""
        vars(appending)["LARGEST_BYTES"] = largest
        top = self.folder.mktemp("ledgers")
        self.copies = {name: Copy(top / name, top / f"away-{name}") for name in COPIES}
        self.acknowledged: set[str] = set()

    @rule(copy=copies, program=st.integers(0, 1), payload=payloads)
    def append(self, copy: str, program: int, payload: int) -> None:
        """Append one entry, unless it is there."""
        self._append(self.copies[copy], program, [payload], lambda ledger, drafts: [ledger.append(**drafts[0])])

    @rule(copy=copies, program=st.integers(0, 1), some=st.lists(payloads, min_size=1, max_size=5))
    def append_many(self, copy: str, program: int, some: list[int]) -> None:
        """Append some entries, those that are not there."""
        self._append(self.copies[copy], program, some, lambda ledger, drafts: ledger.append_many(drafts))

    def _append(self, copy: Copy, program: int, some: list[int], how: Any) -> None:
        there: dict[int, set[str]] = {}
        for entry in copy.ledgers[1 - program]:
            there.setdefault(entry.payload, set()).add(entry.id)
        known = max((entry.clock for entry in copy.ledgers[1 - program]), default=0)
        made = how(copy.ledgers[program], [{"kind": f"k{one % 3}", "payload": one} for one in some])
        assert [entry.payload for entry in made] == some
        for entry in made:
            if entry.payload in there:
                assert entry.id in there[entry.payload]
            else:
                assert entry.clock > known
                assert entry.id not in self.acknowledged
        new = {entry.id for entry in made if entry.payload not in there}
        assert len(new) == len(set(some) - set(there))
        self.acknowledged |= new

    @rule(source=copies)
    def merge(self, source: str) -> None:
        """Bring what one copy has to the other."""
        (target,) = (copy for name, copy in self.copies.items() if name != source)
        for path in self.copies[source].segments():
            there = target.folder / path.name
            if not there.exists() or there.stat().st_size < path.stat().st_size:
                target.put(path.name, path.read_bytes())

    @rule(copy=copies, number=st.integers(0, 5), part=st.sampled_from([0.0, 0.0, 0.3, 0.6, 0.9]))
    def take_away(self, copy: str, number: int, part: float) -> None:
        """Let git check out a branch that has a file not at all, or an earlier state of it."""
        self.copies[copy].take_away(number, part)

    @rule(copy=copies)
    def bring_back(self, copy: str) -> None:
        """Let git check out everything again."""
        self.copies[copy].bring_back()

    @rule(copy=copies, reader=st.integers(0, 1), count=st.integers(0, 8), program=st.integers(0, 1))
    def read(self, copy: str, reader: int, count: int, program: int) -> None:
        """Let a reader go on with some entries, from its cursor as text."""
        self._read(self.copies[copy], reader, count, program)

    def _read(self, copy: Copy, reader: int, count: int | None, program: int) -> None:
        cursor, seen = copy.readers[reader]
        tail = copy.ledgers[program].tail(after=cursor)
        seen += [entry.id for entry in islice(tail, count)]
        copy.readers[reader] = (str(tail.cursor), seen)
        assert len(seen) == len(set(seen))

    @rule(copy=copies, program=st.integers(0, 1), is_index_lost=st.booleans())
    def start_again(self, copy: str, program: int, is_index_lost: bool) -> None:
        """Let a program end, and another come; the index may be lost with it."""
        one = self.copies[copy]
        one.programs[program].close()
        if is_index_lost:
            shutil.rmtree(Path(Layout(one.root).ledger("runs").cache), ignore_errors=True)
        one.programs[program] = Store.open(one.root, author="Ada")
        one.ledgers[program] = one.programs[program].ledger("runs")

    @invariant()
    def every_program_sees_the_same(self) -> None:
        """Both programs of a copy tell the same entries, in causal order, and find each by its id and its kind."""
        for copy in self.copies.values():
            told = [list(ledger) for ledger in copy.ledgers]
            assert told[0] == told[1]
            entries = told[0]
            assert [(entry.clock, entry.id) for entry in entries] == sorted(
                (entry.clock, entry.id) for entry in entries
            )
            assert len(copy.ledgers[0]) == len(entries)
            for ledger in copy.ledgers:
                assert [ledger.get(entry.id) for entry in entries] == entries
                assert list(ledger.tail(kinds=["k1"])) == [entry for entry in entries if entry.kind == "k1"]
            for entry in entries:
                assert copy.offsets.setdefault(entry.id, entry.offset) == entry.offset
            assert len(set(copy.offsets.values())) == len(copy.offsets)

    def teardown(self) -> None:
        """Bring everything together: nothing that was acknowledged is missing, and each reader was given all once."""
        if not hasattr(self, "copies"):
            return
        try:
            for copy in self.copies.values():
                copy.bring_back()
            for source in (*COPIES, *COPIES):
                self.merge(source)
            self.every_program_sees_the_same()
            told = [[entry.id for entry in copy.ledgers[0]] for copy in self.copies.values()]
            assert told[0] == told[1]
            assert set(told[0]) == self.acknowledged
            for copy in self.copies.values():
                assert {finding.code for finding in copy.ledgers[0].verify().findings} <= {"torn-tail"}
                for reader in (0, 1):
                    self._read(copy, reader, None, reader)
                    assert sorted(copy.readers[reader][1]) == sorted(told[0])
        finally:
            for copy in self.copies.values():
                for program in copy.programs:
                    program.close()


def test_two_copies_and_git(tmp_path_factory):
    """Whatever they do in turn."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "fdatasync"):
            patch.setattr(disk, name, lambda _: None)
        patch.setattr(disk, "sync_file_system", lambda _: True)
        patch.setattr(journal, "GROWTH", 1 << 14)
        patch.setattr(reading, "PART_BYTES", 700)
        patch.setattr(appending, "LARGEST_BYTES", 64 << 20)

        class Here(TwoCopies):
            folder = tmp_path_factory

        run_state_machine_as_test(Here, settings=settings(stateful_step_count=15, max_examples=MOST))


MOST = 60 if settings().max_examples <= 100 else settings().max_examples
