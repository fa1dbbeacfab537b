"""Where the entry with an offset stands."""

import msgspec

from muniment.ledger import reading
from muniment.ledger.parts import LedgerParts
from muniment.ledger.unwritten import BLOCK
from muniment.values import entry_line
from muniment.values.cursor import NOTHING, Reach
from muniment.values.entry import Entry


def place_of(parts: LedgerParts, offset: int) -> Reach | None:
    """Find where the entry with an offset begins in its segment; None where it is not here now."""
    run = parts.copy.arrivals.run_at(offset)
    if run is None:
        return None
    index = run.first.entries + offset - run.offset
    if index >= parts.copy.present.get(run.segment, NOTHING).entries:
        return None
    begins, block = run.first, offset // BLOCK
    if block * BLOCK > run.offset and (noted := parts.index.block(block)) is not None and noted[0] == run.segment:
        begins = noted[1]
    return _forward(parts, run.segment, begins, index)


def _forward(parts: LedgerParts, segment: str, begins: Reach, index: int) -> Reach | None:
    """Go on from a place in a segment to the entry that has so many before it; None where it is not here."""
    (entries, position), size = msgspec.structs.astuple(begins), reading.PART_BYTES
    while entries < index:
        data = parts.copy.read(segment, position, position + size)
        end = 0
        for _ in range(min(index - entries, data.count(b"\n"))):
            end, entries = data.index(b"\n", end) + 1, entries + 1
        position += end
        if not end and len(data) < size:  # taken away since
            return None
        size = reading.PART_BYTES if end else size * 8
    return Reach(entries, position)


def entry_at(parts: LedgerParts, offset: int) -> Entry | None:
    """Read the entry with an offset, its payload as it is kept; None where it is not here now."""
    run, begins = parts.copy.arrivals.run_at(offset), place_of(parts, offset)
    if run is None or begins is None:
        return None
    entry = parts.copy.entry_at(run.segment, begins.size_bytes)
    if entry is None:
        return None
    msgspec.structs.force_setattr(entry, "offset", offset)
    return parts.payloads.filled(entry)


def beginning_with(parts: LedgerParts, prefix: str) -> list[Entry]:
    """Find the entries whose ids begin so, with 8 digits at least; needs the index caught up."""
    entries = [entry_at(parts, offset) for offset in parts.index.find(entry_line.fingerprint_of_id(prefix))]
    return [entry for entry in entries if entry is not None and entry.id.startswith(prefix)]


def find(parts: LedgerParts, entry_id: str) -> Entry | None:
    """Find an entry by its id, its payload as it is kept; needs the index caught up."""
    for offset in parts.index.find(entry_line.fingerprint_of_id(entry_id)):
        entry = entry_at(parts, offset)
        if entry is not None and entry.id == entry_id:
            return entry
    return None
