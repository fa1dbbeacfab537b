"""Errors about the host repository, and about the program `git`."""

from muniment.errors.root import MunimentError


class GitError(MunimentError):
    """Something about the host repository, or about the program `git`."""


class GitMissingError(GitError):
    """The program `git` could not be started: install it, or put it on the PATH."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"git: cannot be started: {reason}; install it, or put it on the PATH")


class GitFailedError(GitError):
    """Git refused `command`, or took too long; `reason` is what it said."""

    def __init__(self, command: str, reason: str) -> None:
        self.command = command
        self.reason = reason
        super().__init__(f"{command}: {reason}; see to the cause, then retry")


class NotInRepositoryError(GitError):
    """The store at `path` lies in no work tree of git; `reason` is what git said."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: not in a work tree of git ({reason}); make one around it with `git init`")


class ForeignHookError(GitError):
    """The hook at `path` cannot be added to, for `reason`: add `line` to it by hand. It was not touched."""

    def __init__(self, path: str, reason: str, line: str) -> None:
        self.path = path
        self.reason = reason
        self.line = line
        super().__init__(f"{path}: {reason}; it was not touched: let it run `{line}`, and fail where that fails")
