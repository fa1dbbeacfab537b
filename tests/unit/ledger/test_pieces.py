"""The bytes of a segment are read out of whatever files hold them, however many there are."""

from muniment.ledger import pieces
from muniment.ledger.pieces import Piece

DATA = bytes(range(256)) * 12


def lying_in(folder, *spans):
    """Put bytes of one segment into files of their own."""
    made = []
    for first, end in sorted(spans):
        path = folder / f"{first}-{end}"
        path.write_bytes(DATA[first:end])
        made.append(Piece(first, end, str(path), grows=False))
    return made


def test_thousands_of_files_are_read_as_one(tmp_path):
    """A copy that synced after each entry has so many."""
    held = lying_in(tmp_path, *((first, first + 1) for first in range(3000)))
    assert pieces.read(held, 5, 2995) == DATA[5:2995]


def test_files_may_overlap_and_leave_gaps(tmp_path):
    """What stands behind a gap is not there yet."""
    held = lying_in(tmp_path, (0, 10), (0, 50), (3, 7), (20, 60), (60, 61), (70, 80))
    assert pieces.read(held, 0, 100) == DATA[:61]
    assert pieces.read(held, 55, 58) == DATA[55:58]
    assert pieces.read(held, 65, 75) == b""
    assert pieces.read(held, 70, 100) == DATA[70:80]
