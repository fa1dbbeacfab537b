"""OpenSSH public keys: read from a line or a blob, named by their fingerprint, and asked whether they signed.

Source: RFC 4253, section 6.6; RFC 5656; RFC 8332; RFC 8709; OpenSSH, PROTOCOL.u2f.
"""

import base64
import binascii
from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

from muniment.errors import KeyUnusableError
from muniment.signing import wire
from muniment.signing.wire import Broken, Reader
from muniment.values import canonical

Check: TypeAlias = Callable[[bytes, bytes], bool]

_MOST = 1 << 14
_FEWEST_BITS, _MOST_BITS = 2048, 16384
_CURVE_OF = {f"ecdsa-sha2-{curve}": curve for curve in ("nistp256", "nistp384", "nistp521")}
_RSA_HASHES = {"rsa-sha2-256": "sha256", "rsa-sha2-512": "sha512"}
_SK_ED25519 = "sk-ssh-ed25519@openssh.com"
_SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
_CERTIFICATE = "-cert-v01@openssh.com"
TYPES = frozenset({"ssh-ed25519", "ssh-rsa", _SK_ED25519, _SK_ECDSA, *_CURVE_OF})
"""The types of keys whose signatures can be checked."""


class PublicKey:
    """One public key; equal to another if their blobs are. Loaded once, when it is first asked."""

    def __init__(self, blob: bytes, comment: str = "") -> None:
        self.blob = blob
        self.type = _type_of(blob)
        self.comment = comment

    @classmethod
    def of_line(cls, text: str) -> "PublicKey":
        """Read a line of a `.pub` file: type, base64, and perhaps a comment.

        Raises:
            KeyUnusableError: It is none.
        """
        kind, _, rest = text.strip().partition(" ")
        encoded, _, comment = rest.strip().partition(" ")
        if len(encoded) > _MOST:
            raise KeyUnusableError("public key", "it is too long for a public key")
        try:
            key = cls(base64.b64decode(encoded, validate=True), comment.strip())
        except (Broken, binascii.Error, ValueError) as error:
            raise KeyUnusableError("public key", f"no public key can be read: {error}") from error
        if key.type != kind:
            raise KeyUnusableError("public key", f"it is a key of type {key.type}, but says {kind[:60]!r}")
        return key

    @property
    def line(self) -> str:
        """The key as a line of text, without its comment."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    @cached_property
    def fingerprint(self) -> str:
        """The key's short name, as `ssh-keygen -l` shows it."""
        hashed = bytes.fromhex(canonical.digest(self.blob))
        return "SHA256:" + base64.b64encode(hashed).decode().rstrip("=")

    @property
    def is_certificate(self) -> bool:
        """Whether it is a certificate and no plain key."""
        return self.type.endswith(_CERTIFICATE)

    def signed(self, raw: bytes, data: bytes) -> bool:
        """Tell whether `raw`, a signature as the SSH protocols write it, is this key's, of `data`.

        Raises:
            Broken: It is no signature of this type of key, or the key is not one that can be used.
            SigningUnavailableError: The package for that is not installed.
        """
        return self._check(raw, data)

    @cached_property
    def _check(self) -> Check:
        reader = Reader(self.blob)
        reader.string()
        if self.type == "ssh-ed25519":
            return _ed25519(reader)
        if self.type == "ssh-rsa":
            return _rsa(reader)
        if self.type in _CURVE_OF:
            return _ecdsa(self.type, reader)
        if self.type in {_SK_ED25519, _SK_ECDSA}:
            return _security_key(self.type, reader)
        raise Broken(f"keys of type {self.type} are not supported")

    def __eq__(self, other: object) -> bool:
        """Compare by what makes a key."""
        return isinstance(other, PublicKey) and self.blob == other.blob

    def __hash__(self) -> int:
        """Hash by what makes a key."""
        return hash(self.blob)

    def __repr__(self) -> str:
        """Show the fingerprint."""
        return f"<PublicKey {self.type} {self.fingerprint}>"


def _type_of(blob: bytes) -> str:
    kind = Reader(blob).text()
    if not kind or " " in kind:
        raise Broken("it names no type")
    return kind


def _answer(raw: bytes, *kinds: str) -> tuple[str, Reader]:
    """Open a signature, which has to be of one of these kinds."""
    reader = Reader(raw)
    kind = reader.text()
    if kind not in kinds:
        raise Broken(f"a signature of kind {kind[:60]!r}, where {' or '.join(kinds)} belongs")
    return kind, reader


def _ed25519(reader: Reader) -> Check:
    from muniment.signing import primitives

    check = primitives.ed25519_check(reader.string())
    reader.end()

    def signed(raw: bytes, data: bytes) -> bool:
        _, answer = _answer(raw, "ssh-ed25519")
        signature = answer.string()
        answer.end()
        return check(signature, data)

    return signed


def _rsa(reader: Reader) -> Check:
    from muniment.signing import primitives

    exponent, modulus = reader.natural(), reader.natural()
    reader.end()
    if not _FEWEST_BITS <= modulus.bit_length() <= _MOST_BITS or exponent.bit_length() > modulus.bit_length():
        raise Broken(f"an RSA key of {modulus.bit_length()} bits, where {_FEWEST_BITS} to {_MOST_BITS} are safe")
    check = primitives.rsa_check(exponent, modulus)

    def signed(raw: bytes, data: bytes) -> bool:
        kind, answer = _answer(raw, *_RSA_HASHES)
        signature = answer.string()
        answer.end()
        return check(_RSA_HASHES[kind], signature, data)

    return signed


def _ecdsa(kind: str, reader: Reader) -> Check:
    from muniment.signing import primitives

    curve = reader.text()
    if curve != _CURVE_OF[kind]:
        raise Broken(f"a key of type {kind} on the curve {curve[:20]!r}")
    check = primitives.ecdsa_check(curve, reader.string())
    reader.end()

    def signed(raw: bytes, data: bytes) -> bool:
        _, answer = _answer(raw, kind)
        r, s = _pair(answer)
        answer.end()
        return check(r, s, data)

    return signed


def _pair(answer: Reader) -> tuple[int, int]:
    inner = Reader(answer.string())
    r, s = inner.natural(), inner.natural()
    inner.end()
    return r, s


def _security_key(kind: str, reader: Reader) -> Check:
    """Check what a token signed: the hashes of its application's name and of the data, flags and a counter."""
    from muniment.signing import primitives

    if kind == _SK_ED25519:
        flat, curved = primitives.ed25519_check(reader.string()), None
    else:
        flat, curved = None, primitives.ecdsa_check(reader.text(), reader.string())
    application = primitives.digest("sha256", reader.string())
    reader.end()

    def signed(raw: bytes, data: bytes) -> bool:
        _, answer = _answer(raw, kind)
        signature = answer.string()
        told = answer.take(5)  # flags, a byte; counter, a uint32
        answer.end()
        whole = application + told + primitives.digest("sha256", data)
        if flat is not None:
            return flat(signature, whole)
        r, s = _pair(Reader(wire.string(signature)))
        return curved is not None and curved(r, s, whole)

    return signed
