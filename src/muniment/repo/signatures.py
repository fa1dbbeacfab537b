"""Signatures on commits and tags: made by the store's signer, and told to whoever asks.

Format: docs/format/signatures.md.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from muniment.errors import AllowedSignersError, BadSignatureError, InvalidValueError
from muniment.files import disk
from muniment.files.layout import Layout
from muniment.storage.unchanged import Unchanged
from muniment.values import objects
from muniment.values.objects import Commit, Tag

if TYPE_CHECKING:
    from muniment.signing.allowed_signers import AllowedSigners, Verified
    from muniment.signing.signer import Signer

COMMIT_NAMESPACE = "muniment-commit"
TAG_NAMESPACE = "muniment-tag"

SignerSource: TypeAlias = "Signer | Callable[[], Signer | None] | None"
"""Who signs; or a function that tells, which is called when the first commit is made; or nobody."""
SignersSource: TypeAlias = (
    "AllowedSigners | str | os.PathLike[str] | Callable[[], AllowedSigners | str | os.PathLike[str] | None] | None"
)
"""Who may sign: a list, or the path of its file; or a function that gives one, asked where the store has no file of its
own; or None for that file."""


class Trust(NamedTuple):
    """Who signs for an open store, and whose signatures it takes for good."""

    signer: SignerSource = None
    allowed_signers: SignersSource = None


class GoodSignature(msgspec.Struct, frozen=True):
    """An allowed signer signed it: `principal`, as the list calls them, with the key of that fingerprint."""

    principal: str
    fingerprint: str


class UnknownSigner(msgspec.Struct, frozen=True):
    """Somebody signed just this, with a key that is not allowed to; `reason` is that of `BadSignatureError`."""

    fingerprint: str
    reason: str


class BadSignature(msgspec.Struct, frozen=True):
    """There is a signature, and it is not of this; `reason` is that of `BadSignatureError`."""

    fingerprint: str | None
    reason: str


class NoSignature(msgspec.Struct, frozen=True):
    """Nobody signed it."""


SignatureState: TypeAlias = GoodSignature | UnknownSigner | BadSignature | NoSignature

_BAD = frozenset({"malformed", "wrong-content", "wrong-namespace"})


class Signatures:
    """The signer of one open store, and whom it trusts. Both are looked for when they are first needed."""

    def __init__(self, layout: Layout, load: Callable[[str], bytes], trust: Trust) -> None:
        self._layout = layout
        self._load = load
        self._source = trust.signer
        self._signer: Signer | None = None
        self._allowed = trust.allowed_signers
        self._answers: list[AllowedSigners | str | os.PathLike[str] | None] = []
        self._read: Unchanged[AllowedSigners] = Unchanged()

    def signer(self) -> "Signer | None":
        """Give who signs what this store makes; None for nobody."""
        if self._source is not None:
            self._signer = self._source() if callable(self._source) else self._source
            self._source = None
        return self._signer

    def allowed(self) -> "AllowedSigners":
        """Give whom the store trusts: whom it was told to when it was opened, else its own file; else nobody.

        Raises:
            AllowedSignersError: A list cannot be read: mend it.
        """
        from muniment.signing.allowed_signers import AllowedSigners

        given = self._given()
        if isinstance(given, AllowedSigners):
            return given
        path = self._layout.allowed_signers if given is None else os.fspath(given)
        try:
            return self._read.get(path, AllowedSigners.read)
        except FileNotFoundError:
            if given is None:
                return AllowedSigners(())
            raise AllowedSignersError(path, 0, "no such file") from None
        except OSError as error:
            raise AllowedSignersError(path, 0, f"cannot be read: {error.strerror}") from error

    def _given(self) -> "AllowedSigners | str | os.PathLike[str] | None":
        if not callable(self._allowed):
            return self._allowed
        if disk.exists(self._layout.allowed_signers):
            return None
        if not self._answers:  # asked once: it may take its time
            self._answers.append(self._allowed())
        return self._answers[0]

    def sign(self, data: bytes, namespace: str, signer: "Signer | None" = None) -> str | None:
        """Sign the canonical bytes of a commit or a tag, by the store's signer if no other is given; None for nobody.

        Errors as for `Signer.sign`, and those of whoever finds the signer.
        """
        found = signer or self.signer()
        return None if found is None else found.sign(data, namespace)

    def verified(self, signed: Commit | Tag, data: bytes | None = None) -> "Verified":
        """Check that an allowed signer signed a commit or a tag, at a time when they might.

        `data` are its bytes, where it is not stored yet.

        Raises:
            BadSignatureError: None did; `reason` tells why.
            AllowedSignersError: The list cannot be read.
            SigningUnavailableError: A package is missing: install `muniment[sign]`.
        """
        if not signed.signature:
            raise BadSignatureError("missing", what=called(signed))
        message = objects.unsigned(self._load(signed.id) if data is None else data)
        namespace = namespace_of(signed)
        try:
            return self.allowed().verify(message, signed.signature, namespace, time=signed.time)
        except BadSignatureError as error:
            raise BadSignatureError(
                error.reason, what=called(signed), fingerprint=error.fingerprint, detail=error.detail
            ) from error

    def state(self, signed: Commit | Tag) -> SignatureState:
        """Tell how it stands with the signature of a commit or a tag."""
        try:
            found = self.verified(signed)
        except BadSignatureError as error:
            if error.reason == "missing":
                return NoSignature()
            if error.reason in _BAD or error.fingerprint is None:
                return BadSignature(error.fingerprint, error.reason)
            return UnknownSigner(error.fingerprint, error.reason)
        return GoodSignature(found.principal, found.fingerprint)


def called(signed: Commit | Tag) -> str:
    """Say what is signed, as an error names it."""
    return f"tag {signed.name}" if isinstance(signed, Tag) else f"commit {signed.id[:12]}"


def namespace_of(signed: Commit | Tag) -> str:
    """Give what a signature on it is for."""
    return TAG_NAMESPACE if isinstance(signed, Tag) else COMMIT_NAMESPACE


def checked_signer(given: object) -> SignerSource:
    """Check who is to sign.

    Raises:
        InvalidValueError: It is no `Signer`, nor a function that gives one.
    """
    if given is None or callable(given):
        return given
    from muniment.signing.signer import Signer

    if isinstance(given, Signer):
        return given
    raise InvalidValueError(f"`signer=` takes a Signer, not {type(given).__name__}")


def checked_signers(given: object) -> SignersSource:
    """Check who may sign.

    Raises:
        InvalidValueError: It is no `AllowedSigners`, no path, nor a function that gives one.
    """
    if given is None or callable(given) or isinstance(given, str | os.PathLike):
        return given
    from muniment.signing.allowed_signers import AllowedSigners

    if isinstance(given, AllowedSigners):
        return given
    raise InvalidValueError(f"`allowed_signers=` takes AllowedSigners or a path, not {type(given).__name__}")
