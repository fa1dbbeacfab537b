"""Whatever heads did, records that are applied again end where they ended, from every state on the way.

So it is after a power cut, when nobody knows how far the journal was applied. Heads come and go and come back, one
beside another: an undo takes them back, a redo makes them again.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment import Store
from muniment.files import disk, journal
from muniment.files.layout import Layout
from muniment.storage.change import Change
from muniment.storage.local import LocalStorage
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.operation import HeadMove

BRANCHES = [BranchName("main"), BranchName("side")]
IDS = [CommitId(digit * 64) for digit in "123"]

Heads = dict[BranchName, set[CommitId]]


@st.composite
def histories(draw):
    """Records of one move or two, each of which fits the heads as the ones before left them."""
    heads: Heads = {branch: set() for branch in BRANCHES}
    records = []
    for _ in range(draw(st.integers(1, 8))):
        moves: list[HeadMove] = []
        for _ in range(draw(st.integers(1, 2))):
            branch, new = draw(st.sampled_from(BRANCHES)), draw(st.none() | st.sampled_from(IDS))
            there = sorted(heads[branch] - {move.new for move in moves})
            expected = draw(st.sampled_from(there)) if there else None
            if new == expected or (new is None and expected is None):
                continue
            if new is not None and draw(st.booleans()) and heads[branch]:
                expected = new  # beside the others
            moves.append(HeadMove(branch, expected, new))
            heads[branch] -= {expected}
            heads[branch] |= {new} - {None}
        records.append(sorted(moves, key=lambda move: move.new is None))
    return records


def found(storage):
    """The heads of a storage."""
    return [storage.heads.heads(branch) for branch in BRANCHES]


@settings(max_examples=40)
@given(histories())
def test_records_applied_again_end_where_they_ended(records):
    """From the heads as they were before any of them, or behind any call that published one."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-recovery-"))
    states = []

    def kept(call):
        def keep(*arguments):
            states.append(kept_in(folder))
            return call(*arguments)

        return keep

    with pytest.MonkeyPatch.context() as patch:
        for call in ("fsync", "fdatasync", "sync_file_system"):
            patch.setattr(disk, call, lambda _: True)
        patch.setattr(journal, "GROWTH", 1 << 13)
        Store.init(folder, author="Ada").close()
        layout = Layout(folder)
        storage = LocalStorage(layout, sync=False)
        with storage.exclusive(1.0), pytest.MonkeyPatch.context() as watched:
            for call in ("rename", "unlink", "open_fd"):
                watched.setattr(disk, call, kept(getattr(disk, call)))
            for moves in records:
                storage.commit(Change([], [], moves, [], [], b""))
        states.append(kept_in(folder))
        expected, record = found(storage), Path(layout.journal).read_bytes()
        storage.close()
        for state in {tuple(state) for state in states}:
            shutil.rmtree(layout.heads, ignore_errors=True)
            for head in state:
                (folder / head).parent.mkdir(parents=True, exist_ok=True)
                (folder / head).touch()
            Path(layout.journal).write_bytes(record)
            Path(f"{layout.journal}.applied").unlink(missing_ok=True)
            again = LocalStorage(layout, sync=False)
            with again.exclusive(1.0):
                assert found(again) == expected
            again.close()
    shutil.rmtree(folder)


def kept_in(folder):
    """The files of the heads in a store, by their paths."""
    return sorted(
        str(path.relative_to(folder)) for path in (folder / ".muniment/refs/heads").rglob("*") if path.is_file()
    )
