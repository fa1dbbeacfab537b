"""Open a crash state as the next program would, and tell what is wrong with it.

Four things are asked: every acknowledged step is there; the one under way is there whole or not at all; `verify` is
clean; and the next change works, after which all of this still holds.
"""

import itertools
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from crash_model import Layout
from crash_states import State
from store_workloads import AUTHOR, SECRET, Workload

from muniment import NotAStoreError, NotFoundError, Store
from muniment.files import disk, journal, journal_note
from muniment.repo import erasures

Observation = dict[str, Any]
"""What a store shows to whoever opens it."""

_GROWTH = 1 << 14
LEFT_LOCK = "lock file"
"""The one problem that is counted apart: somebody has to remove a file before the next change."""

_NEXT = "next"
_boots = itertools.count(1)
_this_boot = journal_note.boot_id


class Problem(NamedTuple):
    """What is wrong with a state: one word for it, and what was seen."""

    kind: str
    seen: str


class Expected(NamedTuple):
    """What must be there after each step, the beginning counted as the first."""

    observations: tuple[Observation, ...]
    workload: Workload


@contextmanager
def another_machine() -> Iterator[None]:
    """Let every store that is opened be opened in a boot of its own; and sync nothing, because nothing crashes here."""
    with (
        patch.object(journal_note, "boot_id", lambda: next(_boots).to_bytes(16, "big")),
        patch.object(journal, "GROWTH", _GROWTH),
        patch.object(disk, "fsync", lambda _: None),
        patch.object(disk, "fdatasync", lambda _: None),
        patch.object(disk, "sync_file_system", lambda _: True),
    ):
        yield


def lay_out(layout: Layout, folder: Path) -> None:
    """Write a folder's files, each once however many names it has."""
    folder.mkdir(parents=True)
    paths: dict[int, str] = {}
    for path, left in layout.items():
        if left is None:
            os.mkdir(f"{folder}/{path}")
        elif left.inode in paths:
            os.link(paths[left.inode], f"{folder}/{path}")
        else:
            paths[left.inode] = f"{folder}/{path}"
            fd = os.open(paths[left.inode], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            os.write(fd, left.content)
            os.close(fd)
    _renumber(layout, folder)


def _renumber(layout: Layout, folder: Path) -> None:
    """Let what names a file by its inode name the same one here: a crash changes no inode, laying a state out does."""
    for path, left in layout.items():
        if path.endswith("/writer.json") and left is not None:
            with suppress(FileNotFoundError, ValueError):
                noted = json.loads(left.content)
                ledger = os.path.basename(os.path.dirname(path))
                state = (folder / ".muniment" / "ledgers" / ledger / f"{noted['segment']}.jsonl").stat()
                noted = {**noted, "inode": state.st_ino, "device": state.st_dev}
                (folder / path).write_text(json.dumps(noted))


def expected(layouts: Sequence[Layout], workload: Workload, place: Path) -> Expected:
    """See what each step of a workload left for the program itself, in the boot in which it ran."""
    observations = []
    with patch.object(journal_note, "boot_id", _this_boot):
        for nth, layout in enumerate(layouts):
            lay_out(layout, place / f"whole-{nth}")
            observations.append(observed(place / f"whole-{nth}"))
            shutil.rmtree(place / f"whole-{nth}")
    return Expected(tuple(observations), workload)


def problems(state: State, wanted: Expected, folder: Path) -> list[Problem]:
    """Lay a state out in a new folder, open it, and tell what is wrong; the folder is gone afterwards."""
    lay_out(state.layout, folder)
    try:
        return list(_problems(state, wanted, folder))
    except Exception as error:  # noqa: BLE001 - whatever a program meets in a state that a crash left is a problem
        return [Problem("refused", f"{type(error).__name__}: {error}")]
    finally:
        shutil.rmtree(folder)


def _problems(state: State, wanted: Expected, folder: Path) -> Iterator[Problem]:
    count, workload = state.acknowledged, wanted.workload
    if workload.gone_after is not None and count >= workload.gone_after:
        yield from (Problem("kept", path) for path in _that_say(SECRET, state.layout))
    if workload.repeat is not None:
        with Store.open(folder, author=AUTHOR) as store:
            workload.repeat(store)
    seen = observed(folder)
    if seen not in wanted.observations[count : count + 2]:
        kind = "lost" if seen in wanted.observations[:count] else "half"
        yield Problem(kind, _difference(seen, wanted.observations[count]))
    yield from unsound(folder, workload, seen)


def unsound(folder: Path, workload: Workload, seen: Observation) -> Iterator[Problem]:
    """Tell what is wrong with a store that shows this, and after the next change of it, which is made."""
    attributes = folder / ".muniment" / "ledgers" / ".gitattributes"
    if seen["ledgers"] and not attributes.read_bytes():
        yield Problem("half", f"{attributes} is empty")
    with suppress(NotAStoreError), Store.open(folder, author=AUTHOR) as store:
        yield from (Problem("verify", f"{finding}") for finding in store.verify().findings)
    _change(folder, workload)
    yield from _after_change(seen, observed(folder))


def _after_change(seen: Observation, after: Observation) -> Iterator[Problem]:
    """Tell what is wrong once the next change was made: that is there, and everything else as it was seen before."""
    if (found := after["documents"].pop(_NEXT, None)) != 1:
        yield Problem("next", f"the next commit left {found}")
    for name, entries in list(after["ledgers"].items()):
        if entries.pop().payload != _NEXT:
            yield Problem("next", f"the next entry of {name} is missing")
        if not entries:
            del after["ledgers"][name]
    if seen["branch"] is None or seen["merge"] is not None:
        return
    for part in ("branch", "documents", "working", "tags", "notes", "ledgers"):
        if after[part] != seen[part]:
            yield Problem("next", f"{part} was {seen[part]}, and is {after[part]} after the next change")


def _change(folder: Path, workload: Workload) -> None:
    """Make the next change: a commit, and an entry of each ledger; and see that `verify` finds nothing then."""
    try:
        store = Store.open(folder, author=AUTHOR)
    except NotAStoreError:
        store = Store.init(folder, author=AUTHOR)
    with store:
        if store.merge_under_way():
            store.merge_abort()
        with store.transaction(_NEXT, worktree=False) as change:
            change.write(_NEXT, 1)
        for name in _ledgers(store):
            store.ledger(name).append(_NEXT, _NEXT)
        if workload.afterwards is not None:
            workload.afterwards(store)
        if findings := store.verify().findings:
            raise AssertionError(f"after the next change: {findings}")


def _ledgers(store: Store) -> list[str]:
    return [name for name in store.ledgers() if name != erasures.LEDGER]


def _that_say(secret: str, layout: Layout) -> Iterator[str]:
    return (path for path, left in layout.items() if left is not None and secret.encode() in left.content)


def observed(folder: Path) -> Observation:
    """Give all that a store shows: history, working files, branches, tags, notes, operations, ledgers, a merge."""
    try:
        store = Store.open(folder, author=AUTHOR)
    except NotAStoreError:
        return {"branch": None, "ledgers": {}, "documents": {}}
    with store:
        branches = store.branches.list()
        log = store.log()
        return {
            "branch": store.branch,
            "branches": branches,
            "commits": {
                branch.name: [commit.id for commit in store.log(branch.name)] for branch in branches if branch.head
            },
            "documents": dict(store.at("HEAD")) if log else {},
            "past": [_of_commit(store, commit.id) for commit in log],
            "working": {name: store.read(name) for name in store.names()},
            "status": store.status(),
            "tags": [(tag.name, tag.message) for tag in store.tags.list()],
            "notes": [store.notes.list(commit.id) for commit in log if store.notes.list(commit.id)],
            "operations": [operation.id for operation in store.operations()],
            "merge": store.merge_under_way(),
            "conflicts": store.conflicts(),
            "offsets": [
                [entry.offset for entry in entries] for name in _ledgers(store) if (entries := list(store.ledger(name)))
            ],
            "ledgers": {name: entries for name in _ledgers(store) if (entries := list(store.ledger(name)))},
        }


def _of_commit(store: Store, commit_id: str) -> Observation:
    snapshot = store.at(commit_id)
    found: Observation = {}
    for name in snapshot:
        try:
            found[name] = snapshot[name]
        except NotFoundError as error:  # erased
            found[name] = type(error).__name__
    return found


def _difference(seen: Observation, wanted: Observation) -> str:
    parts = [part for part in wanted if seen.get(part) != wanted[part]]
    return "; ".join(f"{part}: {seen.get(part)!r:.200} instead of {wanted[part]!r:.200}" for part in parts)
