"""The log of operations: appended to, read from its end, and asked what branches it left."""

import pytest
from msgspec import structs

from muniment.storage.operation_log import OperationLog
from muniment.values import canonical

X, Y, M = ("1" * 64, "2" * 64, "3" * 64)


def line(*heads, message=""):
    """A line that moved heads."""
    return canonical.encode(
        {"author": "", "heads": heads, "message": message, "time": "2026-01-01T00:00:00Z", "verb": "commit"}
    )


@pytest.fixture
def path(tmp_path):
    """The place of the log."""
    return tmp_path / "local" / "operations.jsonl"


@pytest.fixture
def log(path):
    """A log that nothing was appended to."""
    made = OperationLog(str(path))
    yield made
    made.close()


def test_the_newest_comes_first(log):
    """However many there are."""
    assert log.is_empty()
    assert list(log.newest_first()) == []
    for number in range(1000):
        log.append(line(message=f"{number}"))
    assert [one.message for one in log.newest_first()] == [f"{number}" for number in reversed(range(1000))]
    assert not log.is_empty()


def test_what_is_no_operation_is_passed_over(log, path):
    """A torn line at the end, and damaged ones between."""
    log.append(line(message="one"))
    log.append(b"{")
    log.append(b"\xff\0")
    log.append(line(message="two"))
    with path.open("ab") as file:
        file.write(line(message="torn"))
    assert [one.message for one in log.newest_first()] == ["two", "one"]
    log.cut_torn_tail()
    log.append(line(message="three"))
    assert [one.message for one in log.newest_first()] == ["three", "two", "one"]


@pytest.mark.parametrize(
    ("moves", "left"),
    [
        ([], False),
        ([[["main", None, X]]], True),
        ([[["main", None, X]], [["main", X, None]]], False),
        ([[["main", None, X]], [["main", X, None], ["trunk", None, X]]], True),
        ([[["main", X, M], ["main", Y, None]]], True),  # heads that were brought together
        ([[["main", M, X], ["main", Y, Y]]], True),
        ([[["main", X, None], ["main", Y, None]]], False),
    ],
)
def test_it_tells_whether_a_branch_was_left_with_a_head(log, moves, left):
    """A branch of several heads has one as long as not all of them went."""
    for heads in moves:
        log.append(line(*heads))
    assert log.left_branches() is left


def test_a_damaged_line_may_have_left_one(log):
    """Nobody can tell."""
    log.append(b"{")
    assert log.left_branches()


def moves(piece):
    """The moves of each operation, as a line has them."""
    return [[list(structs.astuple(move)) for move in heads] for _, heads in OperationLog.moves(piece)]


def test_it_is_read_in_pieces_for_its_moves(log, path):
    """From the end, as far as somebody asks, and what is appended then; damaged lines are passed over."""
    assert moves(log.newest_piece()) == []
    log.append(line(["main", None, X]))
    log.append(b"{")
    log.append(line(["main", X, Y], ["side", None, M]))
    newest = log.newest_piece()
    assert moves(newest) == [[["main", None, X]], [["main", X, Y], ["side", None, M]]]
    assert log.grown(newest) is newest
    log.append(line(["side", M, None]))
    later = log.grown(newest)
    assert moves(later)[-1] == [["side", M, None]]
    assert log.piece_before(later.end, 1) == later
    path.unlink()
    assert log.grown(later) is None


@pytest.mark.parametrize("torn", [0, 20, 1000], ids=["missing", "torn", "zeros and no line feed"])
def test_what_a_recovery_repeats_stands_in_order(log, path, torn):
    """Where a power cut took one line and left the next, all from it on is cut, to be appended again in order."""
    old, *lines = [line(message=f"{number}") for number in range(4)]
    log.append(old)
    log.append(lines[0])
    if torn:
        left = b"\0" * min(torn, len(lines[1])) + lines[1][torn:]
        path.write_bytes(path.read_bytes() + left + (b"\n" if torn < len(lines[1]) else b"\0"))
    path.write_bytes(path.read_bytes() + lines[2] + b"\n")
    assert log.keep_in_order(lines) == {lines[0]}
    log.append(lines[1])
    log.append(lines[2])
    assert path.read_bytes().splitlines() == [old, *lines]
    assert log.keep_in_order(lines) == set(lines)
    assert log.keep_in_order([]) == set()
    assert path.read_bytes().splitlines() == [old, *lines]


def test_a_recovery_cuts_nothing_that_it_does_not_repeat(log, path):
    """A line that was damaged long ago stays, or one of a newer program, with what follows it."""
    old, *lines = [line(message=f"{number}") for number in range(3)]
    old = old.replace(b'"verb":"commit"', b'"verb":"of-a-newer-program"').replace(b'"heads"', b'"tails"')
    log.append(b"damaged")
    log.append(old)
    log.append(lines[0])
    assert log.keep_in_order(lines) == {lines[0]}
    assert path.read_bytes().splitlines() == [b"damaged", old, lines[0]]
    assert log.keep_in_order([]) == set()
    log.append(b"damaged")
    assert log.keep_in_order([]) == set()
    assert path.read_bytes().splitlines() == [b"damaged", old, lines[0], b"damaged"]
