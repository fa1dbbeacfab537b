"""Errors about a commit that was asked for."""

from muniment.errors.root import MunimentError


class NothingToCommitError(MunimentError):
    """Nothing differs from the head of `branch`; pass `allow_empty=True` to commit all the same."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        super().__init__(f"{branch}: nothing to commit; no document differs from the head")


class MissingAuthorError(MunimentError):
    """A change needs an author: pass `author=`, or open the store with one."""

    def __init__(self) -> None:
        super().__init__(
            "no author; pass author='Name <mail>', or set MUNIMENT_AUTHOR or git's user.name and user.email"
        )
