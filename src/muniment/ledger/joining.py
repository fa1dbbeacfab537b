"""Join the files that exchanges brought: a copy that syncs after each entry has few of them all the same.

One longer stretch takes the place of several that follow on each other. It is durable before these are removed, and
says the same, so a reader finds either, and whoever is stopped in between leaves only bytes that are there twice.
Each is less than half of what they become: so a byte is written again as often as its file can double, and git, which
takes a new file for a moved one if it is half the same, never sees two branches move one file to different names.

Format: docs/format/ledgers.md, "Segments".
"""

from muniment.files import atomic, disk
from muniment.files.layout import LedgerLayout
from muniment.ledger import pieces
from muniment.ledger.parts import LedgerParts
from muniment.ledger.pieces import Piece

_MANY = 8
_LARGEST_BYTES = 16 << 20


def join(parts: LedgerParts) -> None:
    """Join the stretches of each segment that are many; needs `writing`."""
    removed: list[str] = []
    for segment, held in sorted(parts.copy.pieces.of.items()):
        stretches = _stretches(parts.layout, segment, held)
        if len(stretches) > _MANY:
            removed += _joined(parts, segment, stretches)
    if removed:
        for path in removed:
            disk.unlink(path)
        if parts.settings.sync:
            atomic.sync_names(removed)
        parts.look_again()


def _stretches(layout: LedgerLayout, segment: str, held: list[Piece]) -> list[Piece]:
    """Give the stretches of a segment that are whole: one that was copied in part stays, for `verify` to tell."""
    loose = [piece for piece in held if piece.archived is None and not piece.grows]
    return [piece for piece in loose if piece.path == layout.stretch(segment, piece.first, piece.end)]


def _joined(parts: LedgerParts, segment: str, stretches: list[Piece]) -> list[str]:
    """Write what takes the place of some stretches, and give the files that it makes needless.

    Where two say different things of the same bytes, both stay, for `verify` to tell.
    """
    needless: list[str] = []
    for run in _runs(stretches):
        outer, inner = _parted(run)
        needless += [piece.path for piece in inner if pieces.read(outer, piece.first, piece.end) == _all_of(piece)]
        chosen = _chosen(outer)
        if chosen:
            first, end = chosen[0].first, chosen[-1].end
            data = pieces.read(chosen, first, end)
            if all(data[piece.first - first : piece.end - first] == _all_of(piece) for piece in chosen):
                path = parts.layout.stretch(segment, first, end)
                atomic.replace_file(path, data, parts.layout.temporary)  # always synced: what goes may be durable
                needless += [piece.path for piece in chosen]
    return needless


def _all_of(piece: Piece) -> bytes:
    return piece.read(piece.first, piece.end)


def _parted(run: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Part stretches in those that stand alone, in order, and those that lie in another one: somebody was stopped."""
    outer: list[Piece] = []
    inner: list[Piece] = []
    for piece in sorted(run, key=lambda one: (one.first, -one.end)):
        (inner if outer and piece.end <= outer[-1].end else outer).append(piece)
    return outer, inner


def _runs(stretches: list[Piece]) -> list[list[Piece]]:
    """Part stretches where there is a gap between them."""
    runs: list[list[Piece]] = []
    end = -1
    for piece in stretches:
        if piece.first > end or not runs:
            runs.append([])
        runs[-1].append(piece)
        end = max(end, piece.end)
    return runs


def _chosen(run: list[Piece]) -> list[Piece]:
    """Choose the most stretches, up to the last one, of which each is less than half of all."""
    chosen: list[Piece] = []
    largest = 0
    for index in range(len(run) - 1, -1, -1):
        size = run[-1].end - run[index].first
        largest = max(largest, run[index].end - run[index].first)
        if size > _LARGEST_BYTES:
            break
        if 2 * largest < size:
            chosen = run[index:]
    return chosen
