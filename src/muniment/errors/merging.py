"""Errors about merges, their conflicts, and operations that cannot be taken back."""

from collections.abc import Sequence
from typing import Any

from muniment.errors.root import MunimentError


class MergeError(MunimentError):
    """A merge cannot begin, go on or end."""


class MergeInProgressError(MergeError):
    """A merge into `branch`, begun by `verb`, waits for its conflicts: continue or abort it first."""

    def __init__(self, branch: str, verb: str) -> None:
        self.branch = branch
        self.verb = verb
        super().__init__(
            f"{branch}: a {verb} is not finished; settle its conflicts and continue it "
            f"(`muniment merge --continue`), or abort it (`muniment merge --abort`)"
        )


class NoMergeError(MergeError):
    """No merge is under way in this copy: there is nothing to continue, abort or settle."""

    def __init__(self) -> None:
        super().__init__("no merge is under way here; `muniment merge BRANCH` begins one")


class MergeConflictError(MergeError):
    """The sides disagree at `conflicts`, and nothing may go on before that is settled."""

    def __init__(self, conflicts: Sequence[Any], remedy: str) -> None:
        self.conflicts = tuple(conflicts)
        self.names = tuple(dict.fromkeys(conflict.name for conflict in self.conflicts))
        self.remedy = remedy
        places = ", ".join(f"{one.name} {one.pointer}".strip() for one in self.conflicts[:3])
        more = len(self.conflicts) - 3
        super().__init__(f"{places}{f' and {more} more' if more > 0 else ''}: in conflict; {remedy}")


class ConflictNotFoundError(MergeError):
    """No open conflict of document `name` is at `pointer`: list them again."""

    def __init__(self, name: str, pointer: str) -> None:
        self.name = name
        self.pointer = pointer
        super().__init__(
            f"{name}: no open conflict at {pointer or 'the whole document'}; `muniment conflicts` lists them"
        )


class PlaceChangedError(MergeError):
    """The file of `name` was edited so that a side cannot be put at `pointer`, because of `reason`: take `working`."""

    def __init__(self, name: str, pointer: str, reason: str) -> None:
        self.name = name
        self.pointer = pointer
        self.reason = reason
        super().__init__(
            f"{name}: the conflict at {pointer} cannot be settled by a side or a value: {reason}; edit the file to "
            f"what it shall be and take `working`, or abort the merge (`muniment merge --abort`)"
        )


class UnrelatedHistoriesError(MergeError):
    """`source` and `branch` have no commit in common: pass `allow_unrelated=True` to merge them all the same."""

    def __init__(self, source: str, branch: str) -> None:
        self.source = source
        self.branch = branch
        super().__init__(
            f"{source}: its history has nothing in common with {branch}'s; "
            f"check that it is the one you mean, then allow it (`--allow-unrelated`)"
        )


class UndoError(MunimentError):
    """Operation `operation` cannot be undone or redone, because of `reason`; None where there is none left to take."""

    def __init__(self, operation: str | None, reason: str) -> None:
        self.operation = operation
        self.reason = reason
        what = "" if operation is None else f"operation {operation[:12]}: "
        super().__init__(f"{what}{reason}; `muniment operations` lists what was done")
