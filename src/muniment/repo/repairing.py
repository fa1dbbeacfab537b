"""Mend a store as far as it, its logs and other copies of it allow; nothing is deleted.

What is put in place was checked by its hash. What it takes the place of is moved to `local/lost` first. Each step
leaves the store no worse than it was, and is not done again where it was done: so a repair may be stopped anywhere, and
repeated.

Nobody else packs or removes objects meanwhile. The store's lock is held where heads and this copy's own files are
mended, and not while all is read.
"""

from collections.abc import Sequence

import msgspec

from muniment.repo import repair_files, repair_heads, repair_kinship, repair_ledgers, repair_local, verify
from muniment.repo.mending import Mending
from muniment.repo.parts import Parts
from muniment.repo.repair_objects import ObjectMending
from muniment.repo.repair_report import RepairReport
from muniment.repo.report import NOWHERE, RESTORE, Report
from muniment.storage.copies import Copies


def repair(parts: Parts, copies: Sequence[Copies]) -> RepairReport:
    """Mend what can be mended, and verify.

    Raises:
        CopyRefusedError: A copy is none of this store.
        LockTimeoutError: Another program packs or writes for too long: retry.
        OSError: The disk refused; what was mended stays so.
    """
    storage, timeout_s = parts.storage, parts.lock_timeout_s
    storage.check_exists()
    repair_kinship.refuse_strangers(parts, copies)
    mending = Mending(parts, copies)
    objects = ObjectMending(mending)
    with storage.packer.alone(timeout_s):
        with storage.exclusive(timeout_s, settled=False):
            repair_local.mend(mending)
        repair_ledgers.mend_own(mending)
        objects.mend_packs()
        objects.set_aside_what_packs_have()
        with storage.exclusive(timeout_s, settled=False):
            repair_heads.mend(mending, objects)
        found = verify.verify(parts, restore=objects.restore, elsewhere=mending.heads_of).findings
        objects.make_durable()
        repair_files.mend(mending, found)
        repair_ledgers.mend(mending, found)
        with storage.exclusive(timeout_s, settled=False):
            repair_local.finish_journal(mending)
    storage.objects.forget()
    verified = _after_repair(verify.verify(parts, elsewhere=mending.heads_of))
    return RepairReport(mended=tuple(mending.mended), verified=verified, lost=mending.lost.folder)


def _after_repair(report: Report) -> Report:
    """Tell of no finding that a repair would mend what one has just left."""
    replace = msgspec.structs.replace
    told = [replace(one, remedy=NOWHERE) if one.remedy == RESTORE else one for one in report.findings]
    return replace(report, findings=tuple(told))
