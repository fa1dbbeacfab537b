"""What one call of the program says for all commands: which store, who makes the change, JSON or text."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muniment import MissingAuthorError, NotAStoreError, StorageError, Store
from muniment.cli.faults import RefusedError

if TYPE_CHECKING:
    from muniment import Signer


@dataclass
class Session:
    """The options that every command takes, before its name or after."""

    store_path: str | None = None
    author: str | None = None
    as_json: bool = False
    sign: bool | None = None
    signing_key: str | None = None

    @property
    def folder(self) -> str:
        """Where git is asked what its user wants."""
        return "." if self.store_path is None else self.store_path

    def open(self) -> Store:
        """Open the store that was named, else the one that the current folder lies in; its commits may be signed."""
        if self.store_path is not None:
            return Store.open(self.store_path, signer=self._signer, allowed_signers=self._allowed_signers)
        try:
            return Store.find(os.getcwd(), signer=self._signer, allowed_signers=self._allowed_signers)
        except NotAStoreError as error:
            advice = "make one with `muniment init`, or name one with --store DIR"
            message = f"{error.path}: no store in this folder nor above it; {advice}"
            raise RefusedError(NotAStoreError, message, path=error.path) from error
        except OSError as error:
            raise StorageError.of(error, "find the current folder", ".") from error

    def _signer(self) -> "Signer | None":
        from muniment.cli import signing_key

        return signing_key.signer(self.folder, self.signing_key, sign=self.sign)

    def _allowed_signers(self) -> str | None:
        from muniment.cli import signing_key

        return signing_key.allowed_signers(self.folder)

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
    from muniment.cli import git_settings

    known = git_settings.read(folder, "user.name", "user.email")
    name, mail = known.get("user.name"), known.get("user.email")
    return f"{name} <{mail}>" if name and mail else None
