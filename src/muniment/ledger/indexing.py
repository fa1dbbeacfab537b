"""Let the index know the entries that have arrived."""

from collections.abc import Sequence

from muniment.ledger import places, reading
from muniment.ledger.parts import LedgerParts
from muniment.ledger.reading import Part
from muniment.ledger.unwritten import BLOCK
from muniment.values import entry_line
from muniment.values.cursor import nearest
from muniment.values.entry import Entry


def catch_up(parts: LedgerParts) -> None:
    """Let the index know all entries that have offsets; needs `writing` or `seeing`."""
    index, arrivals = parts.index, parts.copy.arrivals
    parts.open_index()
    if index.holes:
        holes, index.holes = index.holes, []
        for offset, end in holes:
            index.holes += _index(parts, offset, end)
    while index.covered < arrivals.total:
        run = arrivals.run_at(index.covered + 1)
        if run is None:
            break
        end = run.offset + run.entries - 1
        index.holes += _index(parts, index.covered + 1, end)
        index.covered = end
    parts.write_index(only_if_many=True)


def _index(parts: LedgerParts, offset: int, end: int) -> list[tuple[int, int]]:
    """Let the index know some entries of one run; gives those that are not here."""
    run, begins = parts.copy.arrivals.run_at(offset), places.place_of(parts, offset)
    if run is None or begins is None:
        return [(offset, end)]
    stop = nearest(run.end, parts.copy.present[run.segment])
    ends = {run.segment: stop}
    for part in reading.parts(parts.copy, {run.segment: [(begins, stop)]}, ends):
        _note(parts, part, [_number(parts, entry) for entry in part.entries])
        parts.write_index(only_if_many=True)
    if not ends:
        return [(offset, end)]
    here = run.offset + stop.entries - run.first.entries - 1
    return [(here + 1, end)] if here < end else []


def _number(parts: LedgerParts, entry: Entry) -> int:
    """Give what an index finds an entry by, beside its id."""
    if entry.key is not None:
        return entry_line.fingerprint_of_key(entry.key)
    return entry_line.fingerprint_of_content(entry_line.content_of(parts.payloads.filled(entry)))


def note_own(parts: LedgerParts, part: Part, numbers: Sequence[int]) -> None:
    """Let the index know entries that were just appended, under the numbers that they were looked up by."""
    _note(parts, part, numbers)
    parts.index.covered = part.entries[-1].offset
    parts.write_index(only_if_many=True)


def _note(parts: LedgerParts, part: Part, numbers: Sequence[int]) -> None:
    parts.index.add(part.entries, numbers)
    positions = range(-part.entries[0].offset % BLOCK, len(part.entries), BLOCK)
    if not positions:
        return
    for position, begins in zip(positions, part.places(positions), strict=True):
        parts.index.add_block(part.entries[position].offset // BLOCK, part.segment, begins)
