"""Exchange entries between two copies of a ledger: afterwards both have all.

Each copy gives the other the bytes of segments that it lacks, in files that never change afterwards and are named by
what they hold, so whatever is interrupted, repeated, or done by two at once comes to the same. Every line is checked
before it is taken.

Format: docs/format/ledgers.md, "Segments".
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TypeAlias

from muniment.errors import ClockError, CorruptionError, InvalidNameError, MalformedError
from muniment.files import atomic
from muniment.ledger import copy, erasing, host_attributes, joining
from muniment.ledger.parts import LedgerParts
from muniment.ledger.report import Synced
from muniment.values import entry_line
from muniment.values.cursor import NOTHING, Reach
from muniment.values.entry import MAX_CLOCK, MAX_CLOCK_STEP, Entry

_PART_BYTES = 16 << 20
_Wrong: TypeAlias = CorruptionError | ClockError


def sync(parts: LedgerParts, other: LedgerParts) -> Synced:
    """Let each of two copies have what only the other has; what is wrong is told when everything else is exchanged.

    Raises:
        InvalidNameError: They are two ledgers, not two copies of one: sync with that of the same name.
        MalformedError: A line of either was changed, or they disagree about what both have; it is not taken, nor what
            follows it. Run `verify` there.
        HashMismatchError: So was a payload; its entry is not taken, nor what follows it.
        ClockError: An entry tells a clock that no ledger reaches; nothing of its segment is taken.
        LockTimeoutError: Another program appends for too long: retry.
    """
    if parts.layout.name != other.layout.name:
        raise InvalidNameError("ledger", other.layout.name, f"only copies of {parts.layout.name!r} sync with it")
    received, wrong = _exchange(parts, other)
    sent, wrong_here = _exchange(other, parts)
    for error in wrong + wrong_here:
        raise error
    return Synced(received, sent)


def pull(parts: LedgerParts, source: LedgerParts, reached: Mapping[str, Reach] | None = None) -> int:
    """Take what another copy has and this one has not; gives how many entries that were. Errors as for `sync`.

    Of each segment no more is taken than it had when it had `reached` so far.
    """
    received, wrong = _exchange(parts, source, reached)
    for error in wrong:
        raise error
    return received


def _exchange(
    parts: LedgerParts, source: LedgerParts, reached: Mapping[str, Reach] | None = None
) -> tuple[int, list[_Wrong]]:
    """Take what can be taken, and carry out what was erased; gives how many entries, and what was wrong."""
    with source.seeing():
        offered = dict(source.copy.present if reached is None else reached)
    with parts.seeing():
        here = dict(parts.copy.present)
    received, wrong = 0, list[_Wrong]()
    limit = max(parts.copy.clock, source.copy.clock if _is_plausible(source) else 0) + MAX_CLOCK_STEP
    for segment, end in sorted(offered.items()):
        try:
            for taken in _take(parts, source, segment, (here.get(segment, NOTHING), end), min(limit, MAX_CLOCK)):
                received += taken
        except (CorruptionError, ClockError) as error:  # of this segment alone
            wrong.append(error)
    if received:
        with parts.writing():
            parts.look_again()
            joining.join(parts)
    try:
        erasing.carry_out(parts)  # also what a stopped exchange, or the host's git, brought
    except CorruptionError as error:
        wrong.append(error)
    return received, wrong


def _take(
    parts: LedgerParts, source: LedgerParts, segment: str, span: tuple[Reach, Reach], limit: int
) -> Iterator[int]:
    """Take what stands between two places in a segment, some at a time; gives how many entries each time."""
    start, end = span
    last = _last_common(parts, source, segment, span)
    while start.entries < end.entries:
        taken = _read(source, segment, start, end)
        entries = _checked(parts, segment, taken, limit)
        if not entries:
            break
        if last is not None and entries[0].above != last:
            path = _path_before(source, segment, start)
            raise MalformedError(path, f"entry {entries[0].id[:16]} does not follow on what the other copy has of it")
        _keep(parts, source, segment, start, taken, entries)
        start += Reach(len(entries), len(taken))
        last = entries[-1].id
        yield len(entries)


def _is_plausible(source: LedgerParts) -> bool:
    """Tell whether the latest clock of a copy can be right: no more entries than that were ever appended."""
    total = sum(reached.entries for reached in source.copy.present.values())
    return source.copy.clock <= total + MAX_CLOCK_STEP


def _last_common(parts: LedgerParts, source: LedgerParts, segment: str, span: tuple[Reach, Reach]) -> str | None:
    """Give the id of the last entry of a segment that both copies have: the same, if nobody rewrote it; None if none.

    Raises:
        MalformedError: They disagree. `verify` tells which one was changed, unless whoever did it made new ids too.
    """
    reached = min(span, key=lambda one: one.size_bytes)
    if not reached.entries:
        return None
    here, there = _id_before(parts, segment, reached), _id_before(source, segment, reached)
    if here != there:
        paths = [_path_before(one, segment, reached) for one in (parts, source)]
        raise MalformedError(
            paths[0], f"it and {paths[1]} disagree about the first {reached.entries} entries; keep the right one"
        )
    return here


def _id_before(parts: LedgerParts, segment: str, reached: Reach) -> str:
    with parts.shared_by_threads():
        line = parts.copy.line_before(segment, reached.size_bytes)
    try:
        return entry_line.decode(segment, line).id
    except MalformedError:  # the other one is longer, and no line of it ends there
        return ""


def _path_before(parts: LedgerParts, segment: str, reached: Reach) -> str:
    """Give the file that holds the byte before a place in a segment."""
    held = parts.copy.pieces.of.get(segment, [])
    holding = [piece.path for piece in held if piece.first < reached.size_bytes <= piece.end]
    return holding[0] if holding else parts.layout.segment(segment)


def _read(source: LedgerParts, segment: str, start: Reach, end: Reach) -> bytes:
    """Read the next bytes of a segment: whole entries, and of each batch all."""
    size = _PART_BYTES
    while True:
        with source.shared_by_threads():
            data = source.copy.read(segment, start.size_bytes, min(end.size_bytes, start.size_bytes + size))
        whole = copy.count(start, data).size_bytes - start.size_bytes
        if whole or start.size_bytes + size >= end.size_bytes:
            return data[:whole]
        size *= 8


def _keep(
    parts: LedgerParts, source: LedgerParts, segment: str, start: Reach, data: bytes, entries: list[Entry]
) -> None:
    """Keep bytes of a segment in a file of their own, their payloads first."""
    host_attributes.keep(parts.layout, sync=parts.settings.sync)
    for entry in entries:
        _take_payload(parts, source, entry)
    path = parts.layout.stretch(segment, start.size_bytes, start.size_bytes + len(data))
    atomic.replace_file(path, data, parts.layout.temporary, sync=parts.settings.sync)


def _checked(parts: LedgerParts, segment: str, data: bytes, limit: int) -> list[Entry]:
    entries = [entry_line.check(segment, line) for line in data.split(b"\n")[:-1]]
    for entry in entries:
        if entry.clock > limit:
            raise ClockError(parts.layout.name, entry.id, entry.clock)
    for before, entry in pairwise(entries):
        if entry.above != before.id or entry.clock <= before.clock:
            raise MalformedError(segment, f"entry {entry.id[:16]} does not stand where it was appended")
    return entries


def _take_payload(parts: LedgerParts, source: LedgerParts, entry: Entry) -> None:
    if entry.erasable is not None and parts.payloads.data(entry.erasable) is None:
        data = source.payloads.data(entry.erasable)
        if data is not None:
            parts.payloads.put_data(entry.erasable, data)
