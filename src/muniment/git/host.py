"""The host repository of a store: the only place that starts the program `git`.

The environment is handed on as it is, because git's hooks are told by it which index is meant. For the same reason
git runs at the top of the work tree: a hook's `GIT_INDEX_FILE` may be a path from there.

Limits: git 2.28 or newer.
"""

import os
import subprocess
from typing import Self

from muniment.errors import GitFailedError, GitMissingError, NotInRepositoryError, StorageError
from muniment.files.layout import CONTROL

_PATIENCE_S = 120.0
_GIT = ("git", "--no-optional-locks", "--literal-pathspecs")
_WHERE = ("rev-parse", "--show-toplevel", "--absolute-git-dir")


class Host:
    """A work tree of git, and where in it the store is.

    `top` is the folder of the work tree, absolute. `store` is the store's folder as git names it: from the top, with
    `/` between folders, and `.` where it is the top itself.
    """

    def __init__(self, top: str, store: str) -> None:
        self.top = top
        self.store = store

    @classmethod
    def of(cls, path: str) -> Self:
        """Find the work tree that the store at `path` lies in.

        Raises:
            NotInRepositoryError: There is none.
            GitMissingError: There is no git.
        """
        path = os.path.realpath(path)
        here, there = _where("."), _where(path)
        # In the hooks of git, GIT_DIR takes any folder for the top of the work tree, but the one they are called in is.
        found = here if isinstance(here, tuple) and (isinstance(there, str) or here[1] == there[1]) else there
        if isinstance(found, str):
            raise NotInRepositoryError(path, found)
        store = os.path.relpath(path, found[0]).replace(os.sep, "/")
        if store == ".." or store.startswith("../"):
            raise NotInRepositoryError(path, f"the one at {found[0]} does not reach there")
        return cls(found[0], store)

    @property
    def control(self) -> str:
        """The store's hidden folder, as git names it."""
        return self.inside(CONTROL)

    def inside(self, path: str) -> str:
        """Give the path of something in the store's folder, as git names it."""
        return path if self.store == "." else f"{self.store}/{path}"

    def git(self, *arguments: str, stdin: bytes = b"", no: int | None = None) -> bytes | None:
        """Run git at the top of the work tree and give what it printed; None where it exits with `no`.

        Raises:
            GitFailedError: It failed otherwise.
        """
        done = _run(self.top, arguments, stdin)
        if done.returncode == no:
            return None
        if done.returncode:
            raise GitFailedError(_shown(arguments), _reason(done))
        return done.stdout

    def paths(self, *arguments: str) -> list[str]:
        """Run git and split what it printed at each NUL, as `-z` lets it print paths."""
        printed = self.git(*arguments) or b""
        return [os.fsdecode(part) for part in printed.split(b"\0")[:-1]]


def _where(folder: str) -> tuple[str, str] | str:
    """Give the top of the work tree around a folder, and its git directory; else what git says."""
    done = _run(folder, _WHERE)
    if done.returncode:
        return _reason(done)
    top, git_directory = os.fsdecode(done.stdout).splitlines()
    return os.path.normpath(top), git_directory


def _run(folder: str, arguments: tuple[str, ...], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - a list of arguments, no shell
            [*_GIT, *arguments], cwd=folder, input=stdin, capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise GitFailedError(_shown(arguments), f"no answer within {_PATIENCE_S:g} s") from None
    except OSError as error:
        if error.filename == folder:
            raise StorageError.of(error, "run git", folder) from error
        raise GitMissingError(error.strerror or str(error)) from error


def _shown(arguments: tuple[str, ...]) -> str:
    return f"git {arguments[0]}"


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return said[0].removeprefix("fatal: ") if said else f"exit code {done.returncode}"
