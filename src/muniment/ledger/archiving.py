"""Move old segments into one compressed file: out of the way of a new run, and still there for whoever asks.

Format: docs/format/ledgers.md, "Archives".
"""

import os
from collections.abc import Iterator
from typing import Any

from muniment.files import atomic, disk
from muniment.ledger import archive_file, finding, indexing
from muniment.ledger.parts import LedgerParts
from muniment.ledger.report import Archive
from muniment.values import entry_line
from muniment.values.cursor import NOTHING, Reach


def archive(parts: LedgerParts, before: Any, *, all_writers: bool) -> Archive:
    """Move the segments into an archive that lie wholly before a cursor, and that nobody appends to any more.

    This copy's own segment is one of them: the next entry begins another. One that another copy may still append to
    is left, or the host's git could not merge what it appends; unless `all_writers` says that none does.

    Raises:
        InvalidCursorError: `before` is no cursor of this ledger.
        LockTimeoutError: Another program appends for too long: retry.
    """
    with parts.writing():
        indexing.catch_up(parts)
        starts = finding.starts(parts, before)
        archived = parts.copy.archived()
        _finish(parts, archived)
        chosen, left = [], []
        for segment, end in sorted(parts.copy.present.items()):
            if not end.entries or end == archived.get(segment) or starts.get(segment, NOTHING).entries < end.entries:
                continue
            if all_writers or not _may_grow(parts, segment):
                chosen.append((segment, archived.get(segment, NOTHING), end))
            else:
                left.append(segment)
        if not chosen:
            return Archive(None, 0, tuple(left))
        path = _write(parts, chosen)
        archive_file.check(path)
        _remove(parts, chosen)
        entries = sum(end.entries - first.entries for _, first, end in chosen)
        return Archive(path, entries, tuple(left))


def _finish(parts: LedgerParts, archived: dict[str, Reach]) -> None:
    """Remove what an archive holds already, and a program that was stopped left beside it."""
    done = [(segment, NOTHING, end) for segment, end in archived.items() if end == parts.copy.present[segment]]
    twice = [one for one in done if any(piece.archived is None for piece in parts.copy.pieces.of[one[0]])]
    for path in {piece.path for one in twice for piece in parts.copy.pieces.of[one[0]] if piece.archived is not None}:
        archive_file.check(path)
    if twice:
        _remove(parts, twice)


def _may_grow(parts: LedgerParts, segment: str) -> bool:
    """Tell whether another copy may append to a segment: nobody does to this copy's, once it begins another."""
    arrivals = parts.copy.arrivals
    if segment in arrivals.own:  # of which more may be in another branch of the host's git
        return arrivals.reached[segment].entries > parts.copy.present[segment].entries
    return any(piece.grows for piece in parts.copy.pieces.of[segment]) and not _is_continued(parts, segment)


def _is_continued(parts: LedgerParts, segment: str) -> bool:
    """Tell whether another segment begins behind the last entry of one: then it was closed."""
    closed = parts.copy.entry_before(segment, parts.copy.present[segment].size_bytes).id
    for other in parts.copy.present:
        if other != segment and parts.copy.present[other].entries:
            first = parts.copy.line_at(other, 0)
            if entry_line.decode(parts.layout.segment(other), first).above == closed:
                return True
    return False


def _write(parts: LedgerParts, chosen: list[tuple[str, Reach, Reach]]) -> str:
    made = disk.make_folders(parts.layout.archives) + disk.make_folders(parts.layout.temporary)
    temporary = f"{parts.layout.temporary}/{os.urandom(16).hex()}.tmp"
    digest = archive_file.write(temporary, [_stretch(parts, *one) for one in chosen])
    path = parts.layout.archive(digest)
    disk.replace(temporary, path)
    atomic.sync_names([path, *made])
    return path


def _stretch(
    parts: LedgerParts, segment: str, first: Reach, end: Reach
) -> tuple[str, Reach, Reach, int, Iterator[bytes]]:
    last = parts.copy.entry_before(segment, end.size_bytes)
    return segment, first, end - first, last.clock, _parts(parts, segment, first, end)


def _parts(parts: LedgerParts, segment: str, first: Reach, end: Reach) -> Iterator[bytes]:
    """Give the lines of a segment in parts that are whole entries."""
    position, rest = first.size_bytes, b""
    while position < end.size_bytes:
        data = parts.copy.read(segment, position, min(end.size_bytes, position + archive_file.MEMBER_BYTES))
        position += len(data)
        whole = (rest + data).rfind(b"\n") + 1
        part, rest = (rest + data)[:whole], (rest + data)[whole:]
        if part:
            yield part


def _remove(parts: LedgerParts, chosen: list[tuple[str, Reach, Reach]]) -> None:
    """Remove the files whose every byte the archive holds."""
    removed = []
    for segment, _, end in chosen:
        if segment == parts.own.segment:
            parts.own.abandon()
        for piece in parts.copy.pieces.of[segment]:
            if piece.archived is None and piece.end <= end.size_bytes:
                disk.unlink(piece.path)
                removed.append(piece.path)
    atomic.sync_names(removed)
    parts.look_again()
