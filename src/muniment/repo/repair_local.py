"""Mend what is this copy's own, as part of a repair: journal, logs, caches, and what is checked out."""

import os
import zlib
from contextlib import suppress

from muniment.errors import MalformedError, MunimentError
from muniment.files import atomic, disk, segment
from muniment.files.journal_note import SUFFIX
from muniment.repo import creation
from muniment.repo.mending import Mending
from muniment.values import canonical, operation
from muniment.values.ids import CommitId
from muniment.values.names import BranchName
from muniment.values.objects import decode_commit


def mend(mending: Mending) -> None:
    """Mend all of it; needs the store's lock."""
    _mend_removal(mending)
    _mend_gitignore(mending)
    _cut_tail(mending, mending.layout.operations)
    _mend_operations(mending)
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


def _mend_operations(mending: Mending) -> None:
    """Put back each line of the log that is none, as a copy of the log has it; where none has, take it out."""
    path = mending.layout.operations
    damaged = {number for number, _ in mending.parts.storage.operations.damaged()}
    if not damaged:
        return
    found = disk.read_file(path).split(b"\n")[:-1]
    mending.lost.put(path, b"".join(found[number] + b"\n" for number in sorted(damaged)))
    lines = [None if number in damaged else line for number, line in enumerate(found)]
    restored = _put_back(lines, [version.split(b"\n")[:-1] for version in mending.versions(path)])
    data = b"".join(line + b"\n" for line in lines if line is not None)
    atomic.replace_file(path, data, mending.layout.temporary)  # who appends sees that its file has no name any more
    gone = "; what the others did cannot be undone, and is not spared by `collect`" if restored < len(damaged) else ""
    mending.note("log-mended", path, f"{len(damaged)} lines were damaged, and a copy has {restored} of them{gone}")


def _put_back(lines: list[bytes | None], versions: list[list[bytes]]) -> int:
    """Fill gaps from copies of the log that have the same line before; tells how many."""
    gaps = [number for number, line in enumerate(lines) if line is None]
    for number in gaps:
        for version in versions:
            follows = number < len(version) and (not number or version[number - 1] == lines[number - 1])
            if follows and _is_operation(version[number]):
                lines[number] = version[number]
                break
    return sum(lines[number] is not None for number in gaps)


def _is_operation(line: bytes) -> bool:
    with suppress(MalformedError):
        return bool(operation.decode(line))
    return False


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
    for done in storage.operations.newest_first():
        if done.selected is not None:
            branch = done.selected[1]
            return branch if storage.heads.heads(branch) else None
    return None
