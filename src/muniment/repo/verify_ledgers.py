"""Check the ledgers of a store, as part of checking all of it."""

import os

import msgspec

from muniment.repo.parts import Parts
from muniment.repo.report import Finding


def check(parts: Parts) -> tuple[list[Finding], int]:
    """Verify each ledger that has entries; gives what was found, and how many entries there are."""
    findings: list[Finding] = []
    entries = 0
    if os.path.isdir(parts.layout.ledgers):
        from muniment.repo import ledgers

        for name in ledgers.names_of(parts):
            report = ledgers.open_ledger(parts, name, None, ledgers.FIELDS).verify()
            findings += [Finding(*msgspec.structs.astuple(finding)) for finding in report.findings]
            entries += report.entries
    return findings, entries
