"""What the verbs of a ledger tell of what they found and did."""

from typing import Literal

import msgspec

Code = Literal[
    "entry-damaged",
    "entry-missing",
    "entry-out-of-order",
    "entry-duplicated",
    "segment-shortened",
    "reference-dangling",
    "clock-wrong",
    "key-reused",
    "payload-missing",
    "payload-damaged",
    "archive-damaged",
    "torn-tail",
    "signature-missing",
    "signature-bad",
]


class LedgerFinding(msgspec.Struct, frozen=True):
    """One thing that is wrong: of what kind, in which file and line, in what way, and what to do about it."""

    code: Code
    path: str
    detail: str
    remedy: str


class LedgerReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, in numbers, and what was found; `ok` means that nothing was.

    `signed` counts the entries whose signatures are good, `set_aside` the files in `local/` that hold what stopped
    programs left half written: harmless, and never acknowledged.
    """

    findings: tuple[LedgerFinding, ...]
    entries: int
    segments: int
    archives: int
    payloads: int
    signed: int
    set_aside: int

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


class Synced(msgspec.Struct, frozen=True):
    """How many entries this copy received, and how many the other one did."""

    received: int
    sent: int


class Archive(msgspec.Struct, frozen=True):
    """What was moved into an archive: its file, how many entries, and the segments left because they may still grow."""

    path: str | None
    entries: int
    left: tuple[str, ...]
