"""Errors about signatures, and about the keys that make and check them."""

from typing import Literal, TypeAlias

from muniment.errors.ledger import LedgerError
from muniment.errors.root import MunimentError

BadReason: TypeAlias = Literal[
    "missing",
    "malformed",
    "wrong-content",
    "wrong-namespace",
    "unknown-signer",
    "certificate",
    "other-namespaces",
    "not-valid-then",
    "other-identity",
]

_TOLD: dict[BadReason, tuple[str, str]] = {
    "missing": ("it is not signed", "sign it with a key of the allowed signers"),
    "malformed": ("it is no SSH signature that can be read", "sign it anew"),
    "wrong-content": ("the signature is of other content", "do not trust it; sign anew what you vouch for"),
    "wrong-namespace": ("it was signed for another purpose", "sign it anew, for this one"),
    "unknown-signer": ("no allowed signer has this key", "add a line for it to the allowed signers, or use another"),
    "certificate": ("it was signed with a certificate", "sign with a plain key that has a line of its own"),
    "other-namespaces": ("this key is not allowed for that purpose", "widen `namespaces=` of its line, or use another"),
    "not-valid-then": ("this key was not valid at that time", "see `valid-after=` and `valid-before=` of its line"),
    "other-identity": ("this key is not that signer's", "ask for who signed it, or add that signer to its line"),
}


class BadSignatureError(LedgerError):
    """The signature on `what` is missing, or does not vouch for it; `reason` is a word that tells why.

    `fingerprint` is that of the key that signed, None where nobody could tell; `detail` may say more.
    """

    def __init__(
        self, reason: BadReason, *, what: str = "signature", fingerprint: str | None = None, detail: str = ""
    ) -> None:
        self.reason = reason
        self.what = what
        self.fingerprint = fingerprint
        self.detail = detail
        told, remedy = _TOLD[reason]
        more = ", ".join(part for part in (fingerprint, detail) if part)
        super().__init__(f"{what}: {told}{f' ({more})' if more else ''}; {remedy}")


class SigningError(MunimentError):
    """Something about keys, or about the programs that hold them."""


class SigningUnavailableError(SigningError):
    """A package is missing that signatures need, for `reason`: install `muniment[sign]`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"signatures: {reason}; install muniment[sign]")


class KeyUnusableError(SigningError):
    """The key at `path`, or so called, cannot be used, for `reason`, which says what to do."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class PassphraseError(SigningError):
    """The private key at `path` is encrypted, and its passphrase is not there, or `is_wrong`."""

    def __init__(self, path: str, *, is_wrong: bool) -> None:
        self.path = path
        self.is_wrong = is_wrong
        if is_wrong:
            super().__init__(f"{path}: not the passphrase of this key; try again")
        else:
            super().__init__(f"{path}: this key is encrypted; give its passphrase, or add it to ssh-agent (`ssh-add`)")


class AgentError(SigningError):
    """The ssh-agent behind `socket` did not do what it was asked for, for `reason`."""

    def __init__(self, socket: str, reason: str) -> None:
        self.socket = socket
        self.reason = reason
        super().__init__(f"{socket}: ssh-agent: {reason}; see `ssh-add -l`")


class AllowedSignersError(SigningError):
    """Line `line` (from 1; 0 for the whole) of the allowed signers in `path` cannot be read, for `reason`."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        place = f"{path}, line {line}" if line else path
        super().__init__(f"{place}: {reason}; mend it: the format is that of ssh-keygen(1), ALLOWED SIGNERS")
