"""What one call of the program says for all commands: which store, who makes the change, JSON or text."""

import os
from dataclasses import dataclass

from muniment import MissingAuthorError, NotAStoreError, StorageError, Store
from muniment.cli.faults import RefusedError

_GIT_PATIENCE_S = 5


@dataclass
class Session:
    """The options that every command takes, before its name or after."""

    store_path: str | None = None
    author: str | None = None
    as_json: bool = False

    def open(self) -> Store:
        """Open the store that was named, else the one that the current folder lies in."""
        if self.store_path is not None:
            return Store.open(self.store_path)
        try:
            return Store.find(os.getcwd())
        except NotAStoreError as error:
            advice = "make one with `muniment init`, or name one with --store DIR"
            message = f"{error.path}: no store in this folder nor above it; {advice}"
            raise RefusedError(NotAStoreError, message, path=error.path) from error
        except OSError as error:
            raise StorageError.of(error, "find the current folder", ".") from error

    def author_of(self, given: str | None, store: Store) -> str:
        """Give who makes a change: the one given, else MUNIMENT_AUTHOR, else git's user."""
        found = given or self.known_author(store)
        if not found:
            message = (
                "no author; pass --author 'Name <mail>', or set MUNIMENT_AUTHOR, "
                "or tell git: `git config --global user.name NAME` and `user.email MAIL`"
            )
            raise RefusedError(MissingAuthorError, message)
        return found

    def known_author(self, store: Store) -> str | None:
        """Give who makes a change that needs no author: MUNIMENT_AUTHOR, else git's user, else None."""
        return self.author or os.environ.get("MUNIMENT_AUTHOR") or _git_user(store.path)


def _git_user(folder: str) -> str | None:
    """Ask git who works in `folder`; None where git is missing or knows only half."""
    import subprocess

    command = ["git", "config", "--get-regexp", r"^user\.(name|email)$"]
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, timeout=_GIT_PATIENCE_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    known = dict(line.partition(" ")[::2] for line in answer.stdout.decode(errors="replace").splitlines())
    name, mail = known.get("user.name"), known.get("user.email")
    return f"{name} <{mail}>" if name and mail else None
