"""Changes of a store that are stopped or let fail in the middle, and what each may leave."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from disk_calls import At, intercepted
from promises import Documents, check_files, check_kept

from muniment import Store
from muniment.storage import local

OLD: Documents = {"a": 1, "folder/b": {"x": [1, 2]}, "folder/c": "c", "unused": None}


def change_one(store):
    """One document, no working file."""
    with store.transaction("one", worktree=False) as change:
        change.write("a", 2)


def change_three(store):
    """One document made, one changed, one deleted, with their working files."""
    with store.transaction("three") as change:
        change.write("new/d", {"made": True})
        change.write("a", "changed")
        change.delete("folder/c")


def change_forty(store):
    """More objects than are written one by one."""
    with store.transaction("forty", worktree=False) as change:
        for number in range(40):
            change.write(f"many/{number}", number)


def commit_files(store):
    """What was edited in the working files."""
    store.commit("files")


def roll_back(store):
    """Back to the first commit."""
    store.rollback("HEAD~1", reason="it was better")


def check_point(store):
    """A commit behind which the journal is emptied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "JOURNAL_LIMIT", 0)
        change_three(store)


def close(store):
    """No change: the journal is emptied."""
    store.close()


def edit_files(store):
    """Prepare `commit_files`."""
    store.write("a", "edited")
    store.create("new/d", 4)
    store.delete("folder/c")


def change_again(store):
    """Prepare `roll_back`."""
    change_three(store)


def leave_unfinished(store):
    """Prepare a recovery: a program stopped right behind the commit point."""
    with intercepted(At(1, stop, frozenset({"rename"}))), pytest.raises(Stopped):
        change_three(store)


def nothing(store):
    """Prepare nothing."""


class Stopped(BaseException):
    """Stops a program where no `except Exception` sees it."""


def stop(_):
    """Decide that a call stops the program."""
    raise Stopped


class Scenario(NamedTuple):
    """`work` is stopped after `prepare`; the head then holds `before` or `after`."""

    work: Callable[[Store], None]
    before: Documents
    after: Documents
    prepare: Callable[[Store], None] = nothing
    files_before: Documents | None = None
    files_after: Documents | None = None


THREE: Documents = {"a": "changed", "folder/b": {"x": [1, 2]}, "unused": None, "new/d": {"made": True}}
EDITED: Documents = {"a": "edited", "folder/b": {"x": [1, 2]}, "unused": None, "new/d": 4}
FORTY: Documents = {**OLD, **{f"many/{number}": number for number in range(40)}}

SCENARIOS = {
    "one": Scenario(change_one, OLD, {**OLD, "a": 2}, files_after=OLD),
    "three": Scenario(change_three, OLD, THREE),
    "forty": Scenario(change_forty, OLD, FORTY, files_after=OLD),
    "files": Scenario(commit_files, OLD, EDITED, edit_files, files_before=EDITED),
    "rollback": Scenario(roll_back, THREE, OLD, change_again),
    "checkpoint": Scenario(check_point, OLD, THREE),
    "close": Scenario(close, OLD, OLD),
    "recovery": Scenario(change_one, THREE, {**THREE, "a": 2}, leave_unfinished, files_after=THREE),
}


def check(root, scenario: Scenario, acknowledged: list[str], *, was_stopped: bool) -> None:
    """Check all promises after a scenario was stopped, or came to its end."""
    allowed = [scenario.before, scenario.after] if was_stopped else [scenario.after]
    found = check_kept(root, acknowledged, *allowed)
    files_after = scenario.after if scenario.files_after is None else scenario.files_after
    files_before = scenario.before if scenario.files_before is None else scenario.files_before
    check_files(root, files_after if found == scenario.after else files_before)
