"""Put back the other files that are named by what they hold, as part of a repair: notes, policies, records."""

import os
from collections.abc import Iterable
from contextlib import suppress

from muniment.files import atomic, disk
from muniment.repo.mending import Mending
from muniment.repo.report import Finding
from muniment.values import canonical
from muniment.values.ids import is_id

_NAMED_BY_CONTENT = {"note-damaged", "merge-rules-damaged", "policy-damaged", "schema-damaged"}


def mend(mending: Mending, found: Iterable[Finding]) -> None:
    """Put back what was found damaged and another copy has; the rest stays where it is, for one that has it later."""
    for finding in found:
        if finding.code in _NAMED_BY_CONTENT:
            digest = os.path.basename(finding.path).partition(".")[0]
            if is_id(digest):
                put_back(mending, finding.path, digest)


def put_back(mending: Mending, path: str, digest: str) -> bool:
    """Put back the file of which the bytes hash to `digest`, unless it is whole; tells whether a copy had it."""
    with suppress(OSError):
        if canonical.digest(disk.read_file(path)) == digest:
            return False
    for data in mending.versions(path):
        if canonical.digest(data) == digest:
            if os.path.lexists(path):
                mending.lost.move(path)
            atomic.replace_file(path, data, mending.layout.temporary)
            mending.note("file-restored", path, "a copy has it")
            return True
    return False
