"""Check every line of a ledger: that it is what was appended, and stands where it was put.

Format: docs/format/ledgers.md, "Invariants".
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple

from muniment.errors import BadSignatureError, CorruptionError, MalformedError
from muniment.ledger import archive_file, erasing, finding, indexing, pieces
from muniment.ledger.filters import EVERYTHING
from muniment.ledger.parts import LedgerParts
from muniment.ledger.pieces import Piece
from muniment.ledger.report import Code, LedgerFinding, LedgerReport
from muniment.values import entry_line
from muniment.values.entry import MAX_CLOCK_STEP, Entry

_REMEMBERED = 100_000
_MORE_TRIES = 2
_RESTORE = "restore the file from the host's git or another copy, or `sync` with one"
_LOOK = "see who wrote it; entries are never changed, so append one that corrects it"


class _Line(NamedTuple):
    """Where a line is: in which file, and its number there, from 1."""

    path: str
    number: int

    def __str__(self) -> str:
        return f"{self.path}:{self.number}"


class Verification:
    """One pass over all segments; `report` does it and tells."""

    def __init__(self, parts: LedgerParts) -> None:
        self._parts = parts
        self._findings: list[LedgerFinding] = []
        self._entries = self._signed = self._payloads = 0
        self._files: set[str] = set()
        self._told_keys: set[str] = set()
        self._shared: set[int] = set()
        """The numbers under which the index finds several entries: the only keys that can have two meanings."""
        self._recent: set[str] = set()
        self._older: set[str] = set()

    def report(self) -> LedgerReport:
        """Check everything."""
        parts = self._parts
        with parts.seeing():
            indexing.catch_up(parts)
            held = {name: list(files) for name, files in parts.copy.pieces.of.items()}
            damaged = list(parts.copy.pieces.damaged)
            shortened = parts.shortened_segments()
            parts.write_index()
            self._shared = parts.index.shared()
        for error in damaged:
            self._find("archive-damaged", error.path, error.reason, _RESTORE)
        for segment, files in held.items():
            for piece in files:
                self._check_piece(segment, piece)
            self._check_joints(segment, files)
        self._check_lengths(shortened)
        self._check_beginnings(held)
        self._check_relations()
        self._files = {piece.path for files in held.values() for piece in files}
        archives = {piece.path for files in held.values() for piece in files if piece.archived is not None}
        self._check_archives(archives)
        return LedgerReport(
            findings=tuple(self._findings),
            entries=self._entries,
            segments=len(held),
            archives=len(archives),
            payloads=self._payloads,
            signed=self._signed,
            set_aside=parts.aside.count(),
        )

    def has_all_files(self) -> bool:
        """Tell whether every file that was listed is still there."""
        return all(map(os.path.exists, self._files))

    def _find(self, code: Code, path: object, detail: str, remedy: str) -> None:
        self._findings.append(LedgerFinding(code, str(path), detail, remedy))

    def _check_lengths(self, shortened: dict[str, int]) -> None:
        """Tell of entries that this copy appended, and that are not at the ends of its segments any more."""
        for segment, missing in shortened.items():
            detail = f"{missing} entries that this copy appended are not there any more"
            self._find("segment-shortened", self._parts.layout.segment(segment), detail, _RESTORE)

    def _check_piece(self, segment: str, piece: Piece) -> None:
        before: Entry | None = None
        seen: set[str] = set()
        position = piece.first
        for number, text in enumerate(self._lines(piece), 1):
            line = _Line(piece.path, number)
            if not text.endswith(b"\n"):
                if not piece.grows:
                    self._find("torn-tail", line, "the last line is not whole", _RESTORE)
                break
            entry = self._checked(line, text[:-1])
            if entry is not None:
                self._check_place(line, entry, before, seen)
                self._check_signature(line, entry, text[:-1], (segment, position))
                seen.add(entry.id)
            before, position = entry, position + len(text)

    def _lines(self, piece: Piece) -> Iterator[bytes]:
        rest, position = b"", piece.first
        try:
            while position < piece.end:
                data = piece.read(position, min(piece.end, position + archive_file.MEMBER_BYTES))
                position += len(data)
                *lines, rest = (rest + data).split(b"\n")
                yield from (line + b"\n" for line in lines)
                if not data:
                    break
        except MalformedError as error:
            self._find("archive-damaged", error.path, error.reason, _RESTORE)
        if rest:
            yield rest

    def _checked(self, line: _Line, text: bytes) -> Entry | None:
        try:
            return entry_line.check(line.path, text)
        except MalformedError as error:
            self._find("entry-damaged", line, error.reason, _RESTORE)
            return None

    def _check_place(self, line: _Line, entry: Entry, before: Entry | None, seen: set[str]) -> None:
        """Check that an entry stands behind the one that it was appended behind."""
        if entry.id in seen:
            self._find("entry-duplicated", line, f"entry {entry.id[:16]} stands in this file before", _RESTORE)
        elif before is None:
            return
        elif entry.above != before.id:
            code: Code = "entry-out-of-order" if entry.above in seen else "entry-missing"
            detail = f"entry {entry.id[:16]} does not stand behind {str(entry.above)[:16]}, where it was appended"
            self._find(code, line, detail, _RESTORE)
        elif entry.clock <= before.clock or entry.clock - before.clock > MAX_CLOCK_STEP:
            detail = f"entry {entry.id[:16]} tells a clock of {entry.clock}, behind one of {before.clock}"
            self._find("clock-wrong", line, detail, _LOOK)

    def _check_signature(self, line: _Line, entry: Entry, text: bytes, place: tuple[str, int]) -> None:
        try:
            if self._parts.settings.signing.verify(entry, entry_line.body_of(text, entry.signature), *place):
                self._signed += 1
        except BadSignatureError as error:
            code: Code = "signature-bad" if entry.signature else "signature-missing"
            self._find(code, line, str(error), "see who wrote it, and whether the allowed signers are complete")

    def _check_joints(self, segment: str, files: list[Piece]) -> None:
        """Check that the files of a segment leave no gap, and agree where they overlap."""
        end = pieces.covered(files)
        for piece in files:
            if piece.first > end:
                detail = f"bytes {end} to {piece.first} of its segment are in no file"
                self._find("entry-missing", piece.path, detail, _RESTORE)
                return
        for first, second in pairwise(files):
            start, stop = second.first, min(first.end, second.end)
            with suppress(MalformedError):
                if start < stop and first.read(start, stop) != second.read(start, stop):
                    detail = f"it disagrees with {first.path} about segment {segment}"
                    self._find("entry-damaged", second.path, detail, _RESTORE)

    def _check_beginnings(self, held: dict[str, list[Piece]]) -> None:
        """Check that what a segment begins behind is there: the last entry of the one that it continues."""
        for segment in held:
            line = self._first_line(segment)
            with suppress(MalformedError):
                above = entry_line.decode(segment, line).above if line else None
                if above is not None and finding.by_id(self._parts, above, plain=True) is None:
                    detail = f"it begins behind entry {above[:16]}, which is not here"
                    self._find("entry-missing", self._parts.layout.segment(segment), detail, _RESTORE)

    def _first_line(self, segment: str) -> bytes:
        with self._parts.seeing(), suppress(MalformedError):
            return self._parts.copy.line_at(segment, 0) if segment in self._parts.copy.present else b""
        return b""

    def _check_relations(self) -> None:
        """Check what entries say of each other, in causal order."""
        parts = self._parts
        entries = finding.tail(parts, 0, EVERYTHING, archived=True, plain=True)
        erased = erasing.erased_ids(parts)
        clock, last = 0, None
        with suppress(CorruptionError):
            for entry in entries:
                self._entries += 1
                if entry == last:
                    detail = f"entry {entry.id[:16]} stands in two segments"
                    self._find("entry-duplicated", parts.layout.root, detail, _LOOK)
                last = entry
                where = f"entry {entry.id[:16]}"
                self._see(entry.id)
                for before in entry.prev:
                    if not self._is_seen(before) and finding.by_id(parts, before, plain=True) is None:
                        detail = f"{where} follows on {before[:16]}, which is not here"
                        self._find("reference-dangling", parts.layout.root, detail, _RESTORE)
                if entry.clock - clock > MAX_CLOCK_STEP:
                    self._find("clock-wrong", parts.layout.root, f"{where} tells a clock of {entry.clock}", _LOOK)
                clock = entry.clock
                self._check_key(entry, where)
                self._check_payload(entry, where, erased)

    def _see(self, entry_id: str) -> None:
        """Remember an entry for a while: what others follow on has mostly just been read."""
        self._recent.add(entry_id)
        if len(self._recent) > _REMEMBERED:
            self._older, self._recent = self._recent, set()

    def _is_seen(self, entry_id: str) -> bool:
        return entry_id in self._recent or entry_id in self._older

    def _check_key(self, entry: Entry, where: str) -> None:
        """Check that the entries with a key say the same; told once, of the first that does not."""
        key = entry.key
        if key is None or entry_line.fingerprint_of_key(key) not in self._shared or key in self._told_keys:
            return
        with suppress(CorruptionError):
            first, *others = finding.with_key(self._parts, key) or [entry]
            said = entry_line.content_of(first)
            if any(entry_line.content_of(other) != said for other in others if not other.is_erased):
                self._told_keys.add(key)
                detail = f"{where} has the key {key!r}, and others with it say something else"
                self._find("key-reused", self._parts.layout.root, detail, _LOOK)

    def _check_payload(self, entry: Entry, where: str, erased: set[str]) -> None:
        if entry.erasable is None:
            return
        path = self._parts.layout.payload(entry.erasable)
        try:
            data = self._parts.payloads.data(entry.erasable)
        except CorruptionError as error:
            self._find("payload-damaged", path, f"{where}: {error}", _RESTORE)
            return
        if data is not None:
            self._payloads += 1
            if entry.id in erased:
                self._find("payload-damaged", path, f"{where} was erased, and its payload is here", "erase it again")
        elif entry.id not in erased:
            self._find("payload-missing", path, f"the payload of {where} is not here, and was not erased", _RESTORE)

    def _check_archives(self, paths: set[str]) -> None:
        for path in sorted(paths):
            try:
                archive_file.check(path)
            except CorruptionError as error:
                self._find("archive-damaged", path, str(error), _RESTORE)


def verify(parts: LedgerParts) -> LedgerReport:
    """Check every line, and tell what is wrong; once more where files were joined or archived meanwhile."""
    verification = Verification(parts)
    report = verification.report()
    for _ in range(_MORE_TRIES):
        if report.ok or verification.has_all_files():
            break
        verification = Verification(parts)
        report = verification.report()
    return report
