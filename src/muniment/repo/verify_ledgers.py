"""Check the ledgers of a store, as part of checking all of it."""

import msgspec

from muniment.errors import MalformedError
from muniment.files import disk
from muniment.repo.parts import Parts
from muniment.repo.report import Finding

_MOVE_AWAY = "run `muniment repair`, which moves it away: the entries are elsewhere, and well"


def check(parts: Parts) -> tuple[list[Finding], int]:
    """Verify each ledger that has entries; gives what was found, and how many entries there are."""
    findings: list[Finding] = []
    entries = 0
    if disk.exists(parts.layout.ledgers):
        from muniment.repo import ledgers

        for name in ledgers.names_of(parts):
            try:
                report = ledgers.open_ledger(parts, name, None, ledgers.FIELDS).verify()
            except MalformedError as error:  # of what this copy keeps of it
                findings.append(Finding("ledger-damaged", error.path, error.reason, _MOVE_AWAY))
                continue
            findings += [Finding(*msgspec.structs.astuple(finding)) for finding in report.findings]
            entries += report.entries
    return findings, entries
