"""What can come of a merge, of reverting and of picking a commit: a closed union, to be matched."""

from typing import TypeAlias

import msgspec

from muniment.values.conflict import Conflict
from muniment.values.objects import Commit


class UpToDate(msgspec.Struct, frozen=True):
    """There was nothing to do: the branch has it all already."""


class FastForward(msgspec.Struct, frozen=True):
    """The branch had nothing of its own, and stands at `commit`, which was there already."""

    commit: Commit


class Merged(msgspec.Struct, frozen=True):
    """The branch stands at `commit`, which was made for it; after a dry run it would be such a one."""

    commit: Commit


class Conflicted(msgspec.Struct, frozen=True):
    """The sides disagree at `conflicts`; the branch stands where it stood.

    Where its documents are checked out, the merge waits in this copy: settle the conflicts and continue it, or abort
    it.
    """

    conflicts: tuple[Conflict, ...]


MergeResult: TypeAlias = UpToDate | FastForward | Merged | Conflicted
