"""A list of who may sign, in OpenSSH's own format, and the check of a signature against it."""

import os
from datetime import UTC, datetime
from typing import Self

import msgspec

from muniment.errors import AllowedSignersError, BadSignatureError, InvalidValueError
from muniment.errors.signing import BadReason
from muniment.files import disk
from muniment.signing import allowed_line, sshsig
from muniment.signing.allowed_line import AllowedSigner
from muniment.signing.public_key import PublicKey
from muniment.signing.sshsig import Signature
from muniment.signing.wire import Broken

_MOST_BYTES = 1 << 24


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a good signature is.

    `principal` is who was asked for, else the first of `principals`: what the line of the key says, which may be
    patterns. `key_type` is as OpenSSH writes it (`ssh-ed25519`).
    """

    principal: str
    principals: tuple[str, ...]
    fingerprint: str
    key_type: str


class AllowedSigners:
    """The keys that are trusted, each for whom and for what. Make one with `read` or `parse`; it never changes."""

    def __init__(self, signers: tuple[AllowedSigner, ...]) -> None:
        self.signers = signers
        self._lines: dict[bytes, list[AllowedSigner]] = {}
        for signer in signers:
            self._lines.setdefault(signer.key.blob, []).append(signer)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Read a file.

        Raises:
            AllowedSignersError: It cannot be read, or a line of it cannot: mend it.
        """
        place = str(path)
        try:
            data = disk.read_file(os.fspath(path), disk.READ_LINKED)
        except (OSError, ValueError, TypeError) as error:
            raise AllowedSignersError(place, 0, f"cannot be read: {error}") from error
        try:
            return cls.parse(data.decode("utf-8"), path=place)
        except UnicodeDecodeError as error:
            raise AllowedSignersError(place, data[: error.start].count(b"\n") + 1, "it is not UTF-8") from error

    @classmethod
    def parse(cls, text: str, *, path: str = "allowed signers") -> Self:
        """Read a text; `path` is what an error calls it.

        Raises:
            AllowedSignersError: A line of it cannot be read.
        """
        if len(text) > _MOST_BYTES:
            raise AllowedSignersError(path, 0, "it is too long")
        signers = []
        for number, line in enumerate(text.split("\n"), 1):
            try:
                signer = allowed_line.parse(line)
            except Broken as error:
                raise AllowedSignersError(path, number, str(error)) from error
            if signer is not None:
                signers.append(signer)
        return cls(tuple(signers))

    def verify(
        self,
        message: bytes,
        signature_text: str | None,
        namespace: str,
        *,
        time: datetime | None = None,
        identity: str | None = None,
    ) -> Verified:
        """Check that somebody of the list signed `message` for one purpose.

        `time` is when it was signed, as far as that is known, and decides whether the key was valid; else it is now.
        With an `identity` only keys of that signer are good.

        Raises:
            BadSignatureError: Nobody did; `reason` tells why.
            InvalidValueError: `namespace` is none, or `time` is without a zone.
            SigningUnavailableError: A package is missing: install `muniment[sign]`.
        """
        purpose = sshsig.namespace(namespace)
        if time is not None and time.tzinfo is None:
            raise InvalidValueError("the time of a signature needs its zone")
        if not signature_text:
            raise BadSignatureError("missing")
        signature = sshsig.decode(signature_text)
        key = self._key(signature)
        if signature.namespace != purpose:
            detail = f"{signature.namespace}, not {purpose}"
            raise BadSignatureError("wrong-namespace", fingerprint=key.fingerprint, detail=detail)
        _check(key, signature, message)
        return self._trusted(key, purpose, time or datetime.now(UTC), identity)

    def allowed(
        self, public_key: str, namespace: str, *, time: datetime | None = None, identity: str | None = None
    ) -> Verified:
        """Check that a key may sign for one purpose; `public_key` is a line of text, the rest as for `verify`.

        Raises:
            BadSignatureError: It may not; `reason` tells why.
            KeyUnusableError: It is no public key.
        """
        key = PublicKey.of_line(public_key)
        return self._trusted(key, sshsig.namespace(namespace), time or datetime.now(UTC), identity)

    def _key(self, signature: Signature) -> PublicKey:
        if lines := self._lines.get(signature.key):
            return lines[0].key  # loaded already, if it has signed before
        return sshsig.parsed(PublicKey, signature.key)

    def _trusted(self, key: PublicKey, namespace: str, time: datetime, identity: str | None) -> Verified:
        """Find a line that lets the key sign; where none does, tell how far the best of them came."""
        if key.is_certificate:
            raise BadSignatureError("certificate", fingerprint=key.fingerprint)
        refusals: list[BadReason] = ["unknown-signer"]
        lines = [line for line in self._lines.get(key.blob, ()) if not line.is_authority]
        for line in lines:
            if identity is not None and not line.is_for(identity):
                refusals.append("other-identity")
            elif not line.allows(namespace):
                refusals.append("other-namespaces")
            elif not line.is_valid(time):
                refusals.append("not-valid-then")
            else:
                return Verified(
                    principal=identity or next(iter(line.principals), line.patterns),
                    principals=line.principals,
                    fingerprint=key.fingerprint,
                    key_type=key.type,
                )
        raise BadSignatureError(max(refusals, key=_PROGRESS.index), fingerprint=key.fingerprint)

    def __repr__(self) -> str:
        """Say how many they are."""
        return f"<AllowedSigners, {len(self.signers)} keys>"


_PROGRESS: tuple[BadReason, ...] = ("unknown-signer", "other-identity", "other-namespaces", "not-valid-then")


def _check(key: PublicKey, signature: Signature, message: bytes) -> None:
    from muniment.signing import primitives

    if key.is_certificate:
        raise BadSignatureError("certificate", fingerprint=key.fingerprint)
    data = sshsig.signed_bytes(
        signature.namespace, signature.hash_name, primitives.digest(signature.hash_name, message)
    )
    try:
        is_good = key.signed(signature.raw, data)
    except Broken as error:
        raise BadSignatureError("malformed", fingerprint=key.fingerprint, detail=str(error)) from error
    if not is_good:
        raise BadSignatureError("wrong-content", fingerprint=key.fingerprint)
