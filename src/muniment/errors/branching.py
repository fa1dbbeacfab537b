"""Errors about branches that are there, or in use."""

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
