"""What `repair` tells."""

from typing import Literal

import msgspec

from muniment.repo.report import Finding, Report

MendedCode = Literal[
    "object-restored",
    "pack-restored",
    "pack-salvaged",
    "head-restored",
    "selection-restored",
    "file-restored",
    "ledger-restored",
    "ledger-set-aside",
    "tail-cut",
    "log-mended",
    "cache-set-aside",
    "journal-set-aside",
    "journal-finished",
    "removal-set-aside",
    "merge-set-aside",
    "gitignore-restored",
]


class Mended(msgspec.Struct, frozen=True):
    """One thing that was put right: in what way, where, and from what."""

    code: MendedCode
    path: str
    detail: str


class RepairReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was mended, and what `verify` found afterwards; `ok` means that nothing remains.

    `lost` is the folder to which everything went that was taken away, None where nothing was.
    """

    mended: tuple[Mended, ...]
    verified: Report
    lost: str | None = None

    @property
    def ok(self) -> bool:
        """Tell whether nothing remains to be mended."""
        return self.verified.ok

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """Give what could not be mended, each with what to do about it."""
        return self.verified.findings
