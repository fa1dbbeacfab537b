"""The mathematics, which a package does: the only file that imports it, and itself imported when it is needed.

Raises:
    SigningUnavailableError: On import: the package is not installed.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from muniment.errors import SigningUnavailableError
from muniment.signing.wire import Broken, natural

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key
except ImportError as error:
    raise SigningUnavailableError(str(error)) from error

Check: TypeAlias = Callable[[bytes, bytes], bool]
"""Tells whether the first, a signature, is of the second."""
PrivateKey: TypeAlias = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_CURVES: dict[str, tuple[ec.EllipticCurve, str]] = {
    "nistp256": (ec.SECP256R1(), "sha256"),
    "nistp384": (ec.SECP384R1(), "sha384"),
    "nistp521": (ec.SECP521R1(), "sha512"),
}
_UNCOMPRESSED = 4


def digest(hash_name: str, data: bytes) -> bytes:
    """Hash `data`."""
    made = hashes.Hash(_HASHES[hash_name])
    made.update(data)
    return made.finalize()


def ed25519_check(point: bytes) -> Check:
    """Load an Ed25519 key.

    Raises:
        Broken: It is none.
    """
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(point)
    except ValueError as error:
        raise Broken(str(error)) from error
    return lambda signature, data: _is_good(key.verify, signature, data)


def ecdsa_check(curve_name: str, point: bytes) -> Callable[[int, int, bytes], bool]:
    """Load a key on a NIST curve: the answer takes `r`, `s` and the data.

    Raises:
        Broken: It is none.
    """
    if curve_name not in _CURVES or point[:1] != bytes([_UNCOMPRESSED]):
        raise Broken(f"no point of a curve that is known ({curve_name})")
    curve, hash_name = _CURVES[curve_name]
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    except ValueError as error:
        raise Broken(str(error)) from error
    scheme = ec.ECDSA(_HASHES[hash_name])
    return lambda r, s, data: _is_good(key.verify, encode_dss_signature(r, s), data, scheme)


def rsa_check(exponent: int, modulus: int) -> Callable[[str, bytes, bytes], bool]:
    """Load an RSA key: the answer takes the name of the hash, the signature and the data.

    Raises:
        Broken: It is none.
    """
    try:
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise Broken(str(error)) from error
    size = (modulus.bit_length() + 7) // 8

    def check(hash_name: str, signature: bytes, data: bytes) -> bool:
        whole = signature.rjust(size, b"\0")  # some signers leave leading zeros out
        return _is_good(key.verify, whole, data, padding.PKCS1v15(), _HASHES[hash_name])

    return check


def _is_good(verify: Callable[..., None], *arguments: object) -> bool:
    with suppress(InvalidSignature, ValueError):
        verify(*arguments)
        return True
    return False


def load_private(data: bytes, passphrase: bytes | None) -> PrivateKey:
    """Load a private key of OpenSSH's own format.

    Raises:
        Broken: It cannot be read, with this passphrase.
        SigningUnavailableError: It is encrypted, and the package for that is not installed.
    """
    from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm

    try:
        key = load_ssh_private_key(data, passphrase)
    except UnsupportedAlgorithm as error:
        if "bcrypt" in str(error):
            raise SigningUnavailableError(str(error)) from error
        raise Broken(str(error)) from error
    except (ValueError, TypeError, InvalidTag, IndexError, OverflowError) as error:
        raise Broken(str(error)) from error
    if not isinstance(key, PrivateKey):
        raise Broken("keys of this type are not supported")
    return key


def signer(key: PrivateKey) -> Callable[[bytes], bytes]:
    """Give what signs: RSA over SHA-512; on a curve the answer is its two numbers."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda data: key.sign(data, padding.PKCS1v15(), _HASHES["sha512"])
    bits = key.curve.key_size
    scheme = ec.ECDSA(_HASHES[_CURVES[f"nistp{bits}"][1]])
    return lambda data: b"".join(map(natural, decode_dss_signature(key.sign(data, scheme))))
