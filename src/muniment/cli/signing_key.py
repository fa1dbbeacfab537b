"""Whose key signs, and whose signatures are good, where the user's environment or git has to say so.

Nothing here is asked before there is something to sign or to check: no other command pays for it.
"""

import os
import sys
from typing import TYPE_CHECKING

import click

from muniment import KeyUnusableError
from muniment.cli.faults import RefusedError

if TYPE_CHECKING:
    from muniment import Signer

_LITERAL = ("key::", "ssh-", "ecdsa-", "sk-")


def signer(folder: str, key: str | None, *, sign: bool | None) -> "Signer | None":
    """Give who signs: the `key` named, else that of MUNIMENT_SIGNING_KEY, else, with --sign, git's; None for nobody.

    Raises:
        RefusedError: --sign was said, and there is no key.
    """
    if sign is False:
        return None
    named = key or os.environ.get("MUNIMENT_SIGNING_KEY")
    if not named and sign:
        named = _key_of_git(folder)
    if not named and not sign:
        return None
    if not named:
        message = (
            "no key to sign with; pass --signing-key PATH, or set MUNIMENT_SIGNING_KEY, "
            "or tell git: `git config --global gpg.format ssh` and `user.signingkey PATH`"
        )
        raise RefusedError(KeyUnusableError, message)
    return _load(named)


def allowed_signers(folder: str) -> str | None:
    """Give git's file of allowed signers; None where it has none."""
    from muniment.cli import git_settings

    path = git_settings.read(folder, "gpg.ssh.allowedsignersfile").get("gpg.ssh.allowedsignersfile")
    return os.path.expanduser(path) if path else None


def _load(named: str) -> "Signer":
    from muniment import Signer

    agent = os.environ.get("SSH_AUTH_SOCK")
    if named.startswith(_LITERAL) and not os.path.exists(named):
        return Signer.from_agent(named.removeprefix("key::"), agent or "")
    path = os.path.expanduser(named)
    return Signer.from_file(path, lambda: _ask(path), agent=agent)


def _ask(path: str) -> str | None:
    """Ask for a passphrase at the terminal, if there is one; None if not."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    answer: str = click.prompt(f"Passphrase of {path}", hide_input=True, err=True, default="", show_default=False)
    return answer


def _key_of_git(folder: str) -> str | None:
    from muniment.cli import git_settings

    found = git_settings.read(folder, "gpg.format", "user.signingkey")
    return found.get("user.signingkey") if found.get("gpg.format") == "ssh" else None
