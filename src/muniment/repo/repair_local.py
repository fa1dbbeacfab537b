"""Mend what is this copy's own, as part of a repair: journal, logs, caches, and what is checked out."""

import os
import zlib
from contextlib import suppress

from muniment.errors import MalformedError, MunimentError
from muniment.files import atomic, disk, segment
from muniment.files.journal_note import SUFFIX
from muniment.repo import creation
from muniment.repo.mending import Mending
from muniment.values import canonical
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.objects import decode_commit


def mend(mending: Mending) -> None:
    """Mend all of it; needs the store's lock."""
    _mend_removal(mending)
    _mend_gitignore(mending)
    _cut_tail(mending, mending.layout.operations)
    _mend_caches(mending)
    _mend_journal(mending)
    _mend_merge(mending)
    _mend_selection(mending)


def finish_journal(mending: Mending) -> bool:
    """Finish what a stopped program left in the journal; tells whether nothing is left. Needs the store's lock.

    It cannot be, as long as an object that it needs is damaged, or a newer program wrote it: `verify` tells that.
    """
    storage = mending.parts.storage
    with suppress(MunimentError):
        if storage.is_settled():
            return True
        storage.settle()
        mending.note("journal-finished", mending.layout.journal, "what a stopped program left is done")
        return True
    return False


def _mend_gitignore(mending: Mending) -> None:
    layout = mending.layout
    if not creation.ignores_local(layout):
        if os.path.lexists(layout.gitignore):
            mending.lost.keep(layout.gitignore)
        creation.ignore_local(layout)
        mending.note("gitignore-restored", layout.gitignore, "it did not leave out `local/`")


def _cut_tail(mending: Mending, path: str) -> None:
    if tail := segment.torn_tail(path):
        mending.lost.put(path, tail)
        segment.cut_torn_tail(path)
        mending.note("tail-cut", path, f"{len(tail)} bytes at its end were no whole line")


def _mend_caches(mending: Mending) -> None:
    """Move away what is damaged of what can be computed: whoever needs it next makes it anew."""
    layout = mending.layout
    for path, is_whole in ((layout.index, _is_index), (layout.stat_cache, _is_stat_cache)):
        with suppress(FileNotFoundError, NotADirectoryError):
            if not is_whole(disk.read_file(path)):
                mending.lost.move(path)
                mending.note("cache-set-aside", path, "it was damaged, and is made anew when it is needed")


def _is_index(data: bytes) -> bool:
    *lines, rest = data.split(b"\n")
    with suppress(MalformedError):
        for line in lines:
            decode_commit(CommitId(canonical.digest(line)), line)
        return not rest
    return False


def _is_stat_cache(data: bytes) -> bool:
    return zlib.crc32(data[4:]) == int.from_bytes(data[:4], "little")


def _mend_removal(mending: Mending) -> None:
    """Finish it; of one that cannot be read nobody knows what was to go, so that stays."""
    storage = mending.parts.storage
    try:
        storage.finish_removal()
    except MalformedError:
        mending.lost.keep(mending.layout.removal)
        storage.objects.tell_of_removal(sync=True)
        detail = "it did not say what was being removed; collect again"
        mending.note("removal-set-aside", mending.layout.removal, detail)


def _mend_journal(mending: Mending) -> None:
    """Finish it; one that is none is moved away."""
    layout = mending.layout
    try:
        mending.parts.storage.is_settled()
    except MalformedError:
        for path in (layout.journal, layout.journal + SUFFIX):
            if os.path.lexists(path):
                mending.lost.move(path)
        mending.note("journal-set-aside", layout.journal, "it was no journal")
    finish_journal(mending)


def _mend_merge(mending: Mending) -> None:
    layout = mending.layout
    try:
        mending.parts.unfinished_merge()
    except MalformedError:
        mending.lost.move(layout.merge)
        mending.note("merge-set-aside", layout.merge, "it was no merge; `status` lists what it left in working files")


def _mend_selection(mending: Mending) -> None:
    """Check out anew, by name alone, what the log says; without a word of it, the default is."""
    layout = mending.layout
    try:
        mending.parts.selected_branch()
    except MalformedError:
        branch = _last_selected(mending)
        mending.lost.move(layout.selected)
        if branch is not None:
            text = f"refs/heads/{branch}\n".encode()
            atomic.replace_file(layout.selected, text, layout.temporary)
        mending.note("selection-restored", layout.selected, f"{branch or 'the default branch'} is checked out")


def _last_selected(mending: Mending) -> BranchName | None:
    storage = mending.parts.storage
    for operation in storage.operations.newest_first():
        if operation.selected is not None:
            branch = operation.selected[1]
            return branch if storage.heads.heads(branch) else None
    return None
