"""Errors about branches: there already, in use, or brought without their history."""

from collections.abc import Sequence

from muniment.errors.content import CorruptionError
from muniment.errors.root import MunimentError


class BranchExistsError(MunimentError):
    """There is a branch `branch` already: give the new one another name, or delete it first."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        super().__init__(f"{branch}: this branch exists already; choose another name, or delete it first")


class BranchInUseError(MunimentError):
    """Branch `branch` is checked out: switch to another one first."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        super().__init__(f"{branch}: this branch is checked out; switch to another one first")


class IncompleteHistoryError(CorruptionError):
    """One of the `heads` of `branch` came without the object `missing`, so nobody can tell what it was built on.

    A cherry-pick in the host repository brings a head without the commits before it: bring those too, or drop the
    head by `reconcile(drop_incomplete=True)`; the working files keep what they hold.
    """

    def __init__(self, branch: str, heads: Sequence[str], missing: str) -> None:
        self.branch = branch
        self.heads = tuple(heads)
        self.missing = missing
        super().__init__(
            f"{branch}: object {missing[:16]} is not here, which one of its heads was built on; merge "
            f"the host branch that it is on, or drop that head with `muniment reconcile --drop-incomplete`"
        )
